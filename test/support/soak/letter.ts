/** The letters of a soak: made by chance, and known again wherever they arrive. */
import { createHash } from 'node:crypto'
import type { Random } from '../disk-crash.ts'
import { pick } from '../moody-hop.ts'

export interface Letter {
  readonly id: string
  /** With CR LF, dots doubled, and the dot at the end. */
  readonly wire: string
  /** Of what follows the header. */
  readonly digest: string
}

/** Bytes; most are small. */
const sizes = [1000, 1000, 2000, 2000, 5000, 20_000, 60_000, 300_000, 2_000_000]

const lines = ['the quick brown fox', '.', '..', '.hidden', '', 'From here on', '\t tab ', 'x'.repeat(900)]

export function makeLetter(id: string, from: string, random: Random): Letter {
  const piece = Array.from({ length: 20 }, () => pick(lines, random)).join('\r\n')
  const times = Math.max(1, Math.round(pick(sizes, random) / piece.length))
  const body = `${`${piece}\r\n`.repeat(times)}${id}\r\n`
  const head = `From: <${from}>\r\nSubject: ${id}\r\nDate: Mon, 1 Jan 2024 12:00:00 +0000\r\n`
  const stuffed = `${head}\r\n${body}`.replace(/^\./gm, '..')
  return { id, wire: `${stuffed}.`, digest: digestOf(body) }
}

/** The id and the digest of what arrived, with either line end; undefined for what is no letter of ours. */
export function readLetter(content: string): Omit<Letter, 'wire'> | undefined {
  const end = /\r?\n\r?\n/.exec(content)
  if (!end) return undefined
  const id = /^Subject: (g\d+m\d+)\r?$/m.exec(content.slice(0, end.index))?.[1]
  return id === undefined ? undefined : { id, digest: digestOf(content.slice(end.index + end[0].length)) }
}

function digestOf(body: string): string {
  return createHash('sha256').update(body.replaceAll('\r\n', '\n')).digest('hex')
}
