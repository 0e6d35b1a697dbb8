/** A message's content as it comes out of the spool, its checksum already found right. */
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'

export type Content =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'file'; readonly path: string; readonly length: number }

/** The content's bytes or a stream of them; the stream is the taker's to end. */
export function openContent(content: Content): Buffer | Readable {
  return content.kind === 'bytes' ? content.bytes : createReadStream(content.path)
}

/** Whether the file has this length and CRC-32; read in pieces. */
export async function fileIntact(path: string, length: number, crc: number): Promise<boolean> {
  let [bytes, sum] = [0, 0]
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      const piece: Buffer = chunk
      bytes += piece.length
      sum = crc32(piece, sum)
    }
  } catch {
    return false
  }
  return bytes === length && sum === crc
}
