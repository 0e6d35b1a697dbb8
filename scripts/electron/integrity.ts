/** The integrity of a file that was fetched, as npm writes it: `sha512-` and the hash in base64. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** Rejects with a sentence where the file is another than expected. */
export async function checkIntegrity(file: string, expected: string): Promise<void> {
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  const found = `sha512-${hash.digest('base64')}`
  if (found !== expected)
    throw new Error(
      `${file} isn't the file that was expected and is not used: it has ${found}, not ${expected}.`,
    )
}
