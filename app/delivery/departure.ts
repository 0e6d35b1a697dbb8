/** The departure: a message's content as it leaves, with another sender and signed where the settings say so. */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { headerLength } from '../mail/fields.ts'
import { reply } from '../mail/reply.ts'
import { withSender } from '../mail/sender.ts'
import { type Content, openContent, readBeginning } from '../queue/content.ts'
import { Failure } from './failure.ts'
import type { Body, Signer } from './signer.ts'

export interface Departure {
  /** Canonical: instead of the message's own sender. */
  readonly sendAs?: string | undefined
  /** Absent where nothing is signed. */
  readonly signer?: Signer | undefined
}

export interface Leaving {
  /** Bytes. */
  readonly size: number
  readonly content: Buffer | Readable
}

/** Bytes of a header section that is changed or signed; a longer one is in no mail that somebody wrote. */
const LONGEST_HEADER = 1024 * 1024

/**
 * `size`: of `content`, bytes. What isn't to be changed isn't looked at. Of content in a file only the header is in
 * memory; signing reads it once more. Rejects with a `Failure`.
 */
export async function leaving(content: Content, size: number, departure: Departure): Promise<Leaving> {
  if (departure.sendAs === undefined && !departure.signer) return { size, content: openContent(content) }
  const beginning =
    content.kind === 'bytes' ? content.bytes : await readBeginning(content.path, LONGEST_HEADER)
  const length = headerLength(beginning) ?? (beginning.length === size ? size : undefined)
  if (length === undefined || length > LONGEST_HEADER) throw new Failure(TOO_LONG, 'refused')
  const given = beginning.subarray(0, length)
  const header = await departing(given, content, departure)
  if (header === given) return { size, content: openContent(content) }
  return { size: header.length + size - length, content: exchanged(header, length, content) }
}

const TOO_LONG = reply(
  554,
  '5.6.0',
  'the header of the message is longer than 1 MB, so that its sender can be neither changed nor signed',
)

async function departing(given: Buffer, content: Content, { sendAs, signer }: Departure): Promise<Buffer> {
  const header = sendAs === undefined ? given : withSender(given, sendAs)
  const keys = signer?.keysFor(header) ?? []
  if (!signer || keys.length === 0) return header
  return Buffer.concat([await signer.signatures(keys, header, bodyOf(content, given.length)), header])
}

/** Behind the empty line. */
function bodyOf(content: Content, header: number): Body {
  const start = header + EMPTY_LINE
  return content.kind === 'bytes'
    ? [content.bytes.subarray(start)]
    : createReadStream(content.path, { start })
}

const EMPTY_LINE = 2

/** The content with another header in place of its first bytes. */
function exchanged(header: Buffer, length: number, content: Content): Buffer | Readable {
  if (content.kind === 'bytes') return Buffer.concat([header, content.bytes.subarray(length)])
  const { path } = content
  return Readable.from(
    (async function* () {
      yield header
      yield* createReadStream(path, { start: length })
    })(),
    { objectMode: false },
  )
}
