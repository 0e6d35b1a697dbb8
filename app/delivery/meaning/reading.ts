/** A reading: a reply as the table looks at it, bounded, in one case and on one line; linear in the reply's length. */
import type { Reply } from '../../mail/reply.ts'
import type { SignInReason } from '../../mail/sign-in-reason.ts'
import type { Entry, Stage } from './entry.ts'

export interface Reading {
  readonly code: number
  /** Empty where the speaker gave none. */
  readonly status: string
  /** Lower case, with single spaces, a space at either end. */
  readonly text: string
  readonly stage?: Stage
  readonly signIn?: SignInReason
}

/** Characters of a reply that are looked at: what it means stands at its beginning. */
const LONGEST = 2000

export function readingOf({ code, status, text, signIn }: Reply, stage?: Stage): Reading {
  const words = text
    .slice(0, LONGEST)
    .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
    .replace(/[\u2018\u2019]/g, "'")
    .toLowerCase()
  return {
    code,
    status: status.slice(0, 16),
    text: ` ${words} `,
    ...(stage && { stage }),
    ...(signIn && { signIn }),
  }
}

export function matches(entry: Entry, reading: Reading): boolean {
  const { codes, status, says, stage, signIn } = entry
  if (signIn !== reading.signIn) return false
  if (codes && !codes.includes(reading.code)) return false
  if (stage && reading.stage !== undefined && reading.stage !== stage) return false
  if (status && !status.some(pattern => isStatus(pattern, reading.status))) return false
  return !says || says.some(parts => holds(reading.text, parts))
}

function holds(text: string, parts: string | readonly string[]): boolean {
  return typeof parts === 'string' ? text.includes(parts) : parts.every(part => text.includes(part))
}

function isStatus(pattern: string, status: string): boolean {
  if (pattern === status) return true
  const [kind = '', subject = '', detail = ''] = pattern.split('.')
  const [ownKind = '', ownSubject = '', ownDetail = ''] = status.split('.')
  if (subject !== ownSubject || (kind !== '*' && kind !== ownKind) || ownDetail === '') return false
  const [least = '', most = least] = detail.split('-')
  return detail === '*' || (Number(ownDetail) >= Number(least) && Number(ownDetail) <= Number(most))
}

/** Words of ours around a next hop's reply; what follows them is the reply itself. */
const WRAPPINGS: readonly (readonly [string, Stage])[] = [
  [' log on (', 'log-on'],
  [' log on at the moment (', 'log-on'],
  [' takes mail only after a log-on (', 'message'],
  [' offers no tls (', 'greeting'],
  [' answered ', 'greeting'],
]

const BEGINNING = /^([45]\d\d) (?:([45]\.\d{1,3}\.\d{1,3}) )?/

/** The reply inside of a reply of ours that tells of one; undefined where there is none. */
export function innerOf(reading: Reading): Reading | undefined {
  for (const [words, stage] of WRAPPINGS) {
    const at = reading.text.indexOf(words)
    const rest = at < 0 ? '' : reading.text.slice(at + words.length)
    const found = BEGINNING.exec(rest)
    if (found) {
      const text = ` ${rest.slice(found[0].length)}`
      return { code: Number(found[1]), status: found[2] ?? '', text, stage }
    }
  }
  return undefined
}
