/** Ways in words: where two destinations lead, told apart where only how mail gets there differs. */
import type { Login, Route, RouteEncryption } from '../settings/settings.ts'
import { type Destination, describeDestination } from './route.ts'

export interface ToldApart {
  readonly before: string
  readonly after: string
}

/** The same words for both where the mail goes the same way. */
export function tellApart(before: Destination, after: Destination): ToldApart {
  const [was, is] = [describeDestination(before), describeDestination(after)]
  if (was !== is || before.kind !== 'next-hop' || after.kind !== 'next-hop') return { before: was, after: is }
  const [old, next] = [before.way.route, after.way.route]
  if (transportOf(old) === transportOf(next)) return { before: was, after: is }
  const [oldWords, nextWords] = [wordsOf(old), wordsOf(next)]
  const differ = oldWords.flatMap((words, at) => (words === nextWords[at] ? [] : [at]))
  const told = (words: readonly string[]) => [was, ...differ.map(at => words[at])].join(', ')
  // Of another secret, say, or another authority, there is nothing to be seen.
  return { before: told(oldWords), after: differ.length > 0 ? told(nextWords) : `${is}, set up otherwise` }
}

/** All that decides how mail gets there; not whose mail goes that way, nor how much at a time. */
function transportOf(route: Route): string {
  const { to: _to, senders: _senders, users: _users, limits: _limits, sendAs, ...transport } = route
  return JSON.stringify({ ...transport, sendAs: sendAs ?? null })
}

/** One for each aspect, always in this order. */
function wordsOf({ port = 25, encryption, login, plaintextLogin, trust, sendAs }: Route): readonly string[] {
  return [
    `port ${port}`,
    encryptions[encryption],
    loginWords(login),
    plaintextLogin === 'never' ? 'password only over TLS' : 'password in a local network without TLS too',
    trust === undefined ? "with the system's authorities" : 'with an authority of its own',
    sendAs ? `as ${sendAs}` : 'as the sender itself',
  ]
}

const encryptions: Readonly<Record<RouteEncryption, string>> = {
  none: 'without encryption',
  'starttls-if-offered': 'STARTTLS if offered',
  'starttls-required': 'STARTTLS required',
  tls: 'TLS from the first byte',
}

function loginWords(login: Login | undefined): string {
  if (!login) return 'without logging on'
  return `logged on as ${login.user} ${login.method === 'password' ? 'with a password' : 'with OAuth2'}`
}
