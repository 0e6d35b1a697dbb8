/** A message's content as it comes out of the spool, its checksum already found right. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'

export type Content =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'file'; readonly path: string; readonly length: number }

/** The content's bytes or a stream of them; the stream is the taker's to end. */
export function openContent(content: Content): Buffer | Readable {
  return content.kind === 'bytes' ? content.bytes : createReadStream(content.path)
}

/** Whether the file is there and has this length and CRC-32; rejects where it can't be read for another reason. */
export async function fileIntact(path: string, length: number, crc: number): Promise<boolean> {
  let [bytes, sum] = [0, 0]
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      const piece: Buffer = chunk
      bytes += piece.length
      sum = crc32(piece, sum)
    }
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
  return bytes === length && sum === crc
}

/** At most `length` bytes; none where the file is missing. */
export async function readBeginning(path: string, length: number): Promise<Buffer> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0)
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
