/** Answers: what a next hop said to each recipient of a transaction. */
import { parseReply, type Reply, reply } from '../mail/reply.ts'

/** The next hop's answer for each of the recipients, in their order, and whether it promised DSNs itself. */
export interface Answers {
  readonly replies: readonly Reply[]
  readonly dsn: boolean
}

/** Characters of a reply's text that are kept: it goes into the spool, the log and reports. */
const LONGEST = 1000

const GARBLED = reply(451, '4.5.0', 'the next hop gave an answer that makes no sense in SMTP')
export const UNWRITABLE = reply(553, '5.1.3', 'this version sends no addresses that hold "<" or ">"')

/** Whether it isn't the next hop that said so. */
export function isOwn(answer: Reply): boolean {
  return answer === GARBLED || answer === UNWRITABLE
}

/** Whether it says no, as the library tells of somebody who wasn't taken: what makes no sense says neither yes nor no. */
export function isRefusal(refused: unknown): boolean {
  return !isOwn(readRefusal(of(refused, 'response')))
}

/**
 * An answer as the library may see it, which goes by the first digit: what has no code (RFC 5321 section 4.2) is no yes,
 * and lines that contradict each other (section 4.2.1: all have the same code) are neither yes nor no.
 */
export function sensible(raw: string): string {
  return /^[23](?!\d\d(?!\d))/.test(raw) || CONTRADICTING.test(raw) ? `?${raw}` : raw
}

const CONTRADICTING = /^(\d)\d\d-[\s\S]*\n(?!\1)\d{3}(?:[ -]|\n|$)/

/** Undefined where it is no reply at all. */
export function readAnswer(raw: unknown): Reply | undefined {
  const answer = typeof raw === 'string' ? parseReply(raw) : undefined
  if (!answer || answer.text.length <= LONGEST) return answer
  return { ...answer, text: `${answer.text.slice(0, LONGEST)}…` }
}

/** For where something was refused: what is no refusal (RFC 5321 section 4.2.1) then only postpones. */
export function readRefusal(raw: unknown): Reply {
  const answer = readAnswer(raw)
  return answer && answer.code >= 400 ? answer : GARBLED
}

/** Refused recipients, as the library tells of them, get their own refusal, all others `rest`. */
export function answersOf(
  recipients: readonly string[],
  refused: readonly unknown[],
  rest: Reply,
): readonly Reply[] {
  if (refused.length === 0) return recipients.map(() => rest)
  const refusals = new Map(
    refused.map(refusal => [of(refusal, 'recipient'), readRefusal(of(refusal, 'response'))]),
  )
  return recipients.map(recipient => refusals.get(recipient) ?? rest)
}

function of(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? Reflect.get(object, name) : undefined
}
