/** A key and its certificate in a file each, put there together: between those two a power cut may come. */
import { rm } from 'node:fs/promises'
import { replaceFile } from '../settings/replace.ts'
import { readIfThere } from './files.ts'

export interface Files {
  readonly keyFile: string
  readonly certFile: string
}

/** PEM. */
export interface Pair {
  readonly key: string
  readonly cert: string
}

/** Rejects with the system's error. */
export async function putPair(files: Files, pair: Pair): Promise<void> {
  await replaceFile(madeFile(files), JSON.stringify(pair))
  await putBoth(files, pair)
}

/** Both as they are, also where a cut left one of them out; rejects with `CertificateUnusable`. */
export async function readPair(
  files: Files,
): Promise<{ readonly key: Buffer | undefined; readonly cert: Buffer | undefined }> {
  const [key, cert] = await Promise.all([readIfThere(files.keyFile), readIfThere(files.certFile)])
  const made = key === undefined || cert === undefined ? await readMade(files) : undefined
  if (!made) return { key, cert }
  await putBoth(files, made)
  return { key: Buffer.from(made.key), cert: Buffer.from(made.cert) }
}

async function putBoth(files: Files, { key, cert }: Pair): Promise<void> {
  await replaceFile(files.keyFile, key)
  await replaceFile(files.certFile, cert)
  await rm(madeFile(files), { force: true })
}

/** Both in one file, until each stands in its own. */
function madeFile({ certFile }: Files): string {
  return `${certFile}.made`
}

async function readMade(files: Files): Promise<Pair | undefined> {
  const text = await readIfThere(madeFile(files))
  try {
    const { key, cert } = JSON.parse(text?.toString() ?? '{}')
    return typeof key === 'string' && typeof cert === 'string' ? { key, cert } : undefined
  } catch {
    return undefined
  }
}
