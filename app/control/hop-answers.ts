/** Answers about next hops: which are down while mail waits for them, in words, and in the queue. */
import type { HopReport } from '../delivery/to-hops.ts'
import { formatReply } from '../mail/reply.ts'
import type { Message } from '../queue/message.ts'
import type { HopFacts, Warning } from './control.ts'

/** Those that are down, or silent in the middle of a message; the one that most messages wait for first. */
export function hopFacts(reports: readonly HopReport[]): readonly HopFacts[] {
  const facts = reports.flatMap(({ name, state, silent, waiting }): readonly HopFacts[] => {
    if (state.kind === 'up') {
      if (!silent) return []
      const { to, since, until } = silent
      const why = `Postern waits for its answer to ${to}, as long as RFC 5321 asks`
      return [{ name, reason: 'silent', since, next: until, why, waiting }]
    }
    const { reason, since, next, reply, own } = state
    return [{ name, reason, since, next, why: own ? aboutIt(reply.text, name) : formatReply(reply), waiting }]
  })
  return facts.sort((one, other) => other.waiting - one.waiting)
}

/** Our own words name it, and stand behind its name. */
function aboutIt(words: string, name: string): string {
  const parts = words.split(' ')
  return parts.map(part => (part.replace(/[,;:.]$/, '') === name ? part.replace(name, 'it') : part)).join(' ')
}

/** A server that is away for so long needs nobody yet, milliseconds. */
const PATIENCE = 15 * 60 * 1000

/** These come back by themselves, mostly soon. */
const maybeBack: readonly HopFacts['reason'][] = ['unreachable', 'silent', 'sign-in-service']

/** Of the one that most messages wait for, of those that a person is to look at; a sign-in has a warning of its own. */
export function hopWarning(hops: readonly HopFacts[], now: number): Warning | false {
  const [first, ...others] = hops.filter(
    ({ reason, since }) => reason !== 'sign-in' && (!maybeBack.includes(reason) || now - since >= PATIENCE),
  )
  if (!first) return false
  const more = others.length === 0 ? '' : ` Mail waits for ${listed(others.map(({ name }) => name))} too.`
  const since = clockTime(first.since, now)
  return {
    kind: 'hop-down',
    text: `${first.name} ${failings[first.reason]} since ${since}, and mail waits for it: ${first.why}.${more}`,
    about: [first, ...others].map(({ name }) => subjectOf(name)),
  }
}

/** Names that are told one by one. */
const NAMED = 3

function listed(names: readonly string[]): string {
  const last = names.length > NAMED ? `${names.length - NAMED} more` : names.at(-1)
  const first = names.slice(0, names.length > NAMED ? NAMED : -1)
  return first.length === 0 ? `${last}` : `${first.join(', ')} and ${last}`
}

/** Whom it is about where strangers' domains are away. */
export const STRANGERS = 'mail exchangers'

/** A server of ours is told of by itself; of strangers' domains, which always some of are away, all together. */
function subjectOf(name: string): string {
  return /:\d+$/.test(name) ? name : STRANGERS
}

/** `smtp.example:587 does not answer since 10:42; next try in 4 min; 312 messages wait`. */
export function hopWords({ name, reason, since, next, waiting }: HopFacts, now: number): string {
  const messages = waiting === 1 ? '1 message waits' : `${waiting} messages wait`
  return `${name} ${failings[reason]} since ${clockTime(since, now)}; next try ${inWords(next - now)}; ${messages}`
}

const failings: Readonly<Record<HopFacts['reason'], string>> = {
  unreachable: 'does not answer',
  tls: 'makes no safe connection',
  'log-on': 'does not let us log on',
  'sign-in': 'waits for a sign-in',
  'sign-in-service': 'waits for the sign-in service',
  broken: 'breaks off every message',
  silent: 'has said nothing in the middle of a message',
}

/** The time alone where it is less than a day ago. */
function clockTime(time: number, now: number): string {
  const at = new Date(time)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`
  if (now - time < 24 * 60 * 60 * 1000) return clock
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`
}

function inWords(wait: number): string {
  const seconds = Math.ceil(wait / 1000)
  if (seconds <= 0) return 'now'
  if (seconds < 90) return `in ${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `in ${minutes} min` : `in ${Math.round(minutes / 60)} h`
}

/** Messages as a person sees them: what waits for a next hop is tried when that one is. */
export function withHops(
  times: ReadonlyMap<string, number>,
  toWall: (time: number) => number,
): (message: Message) => Message {
  return message => {
    const states = message.states.map(state => {
      if (state.kind !== 'waiting') return state
      const { hop = '', next } = state
      return { ...state, next: times.get(hop) ?? toWall(next) }
    })
    return { ...message, received: toWall(message.received), states }
  }
}
