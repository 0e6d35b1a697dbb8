/** A failure: why a next hop couldn't be reached or took no message, as a reply and in words for a person. */
import { formatReply, type Reply, reply } from '../mail/reply.ts'
import { isOwn, readAnswer, readRefusal } from './answers.ts'
import { hostPort, type NextHop } from './next-hop.ts'

/**
 * - `unreachable`, `tls`, `log-on`: no message can go there now, so the next host is tried;
 * - `unsent`: the connection had ended before the next hop said a word to this message;
 * - `broken`: the connection ended in the middle of a message;
 * - `refused`: the message wasn't taken, others may be.
 */
export type FailureKind = 'unreachable' | 'tls' | 'log-on' | 'unsent' | 'broken' | 'refused'

export class Failure extends Error {
  readonly reply: Reply
  readonly kind: FailureKind
  /** Whether the reply is the next hop's own; else its words are ours. */
  readonly said: boolean
  /** Until it is mended mail waits, however long: by a person, or by a sign-in service that can be asked again. */
  readonly waits: boolean

  constructor(answer: Reply, kind: FailureKind, said = false, waits = false) {
    super(formatReply(answer))
    this.reply = answer
    this.kind = kind
    this.said = said
    this.waits = waits
  }
}

/** An error of the library, or of the system. */
export interface LibraryError {
  readonly message: string
  readonly code?: string | number | undefined
  readonly command?: string | undefined
  readonly response?: string | undefined
}

type Hop = Pick<NextHop, 'host' | 'port' | 'login'>
type Phase = 'opening' | 'sending'

/** What an error of the library means; unknown ones are transient. */
export function failureOf(error: LibraryError, hop: Hop, phase: Phase): Failure {
  const name = hostPort(hop.host, hop.port)
  if (error.code === 'EAUTH')
    return new Failure(reply(454, '4.7.0', logOnWords(name, hop, readAnswer(error.response))), 'log-on')
  if (error.code === 'EENVELOPE' || error.code === 'EMESSAGE') return refusal(error, name)
  if (error.code === 'ECONNECTION' && error.command === 'API') return unsent(name)
  return connectionFailure(name, error, phase)
}

/** TLS that came to nothing, and why in a few words. */
export function tlsFailure(name: string, why: string): Failure {
  return new Failure(reply(454, '4.7.5', `no safe TLS connection to ${name} (${why})`), 'tls')
}

export function unsent(name: string): Failure {
  return new Failure(reply(451, '4.4.2', `the connection to ${name} had been closed`), 'unsent')
}

function refusal(error: LibraryError, name: string): Failure {
  if (error.response === undefined) return ownRefusal(error)
  const answer = readRefusal(error.response)
  // RFC 4954 section 6: it says so of every message, until somebody mends the route.
  if (answer.code === 530 && error.command === 'MAIL FROM')
    return new Failure(reply(454, '4.7.0', noLogOnWords(name, answer)), 'refused')
  return new Failure(answer, 'refused', !isOwn(answer))
}

function ownRefusal({ message }: LibraryError): Failure {
  const answer = /size larger/i.test(message)
    ? reply(552, '5.3.4', 'the message is larger than the next hop takes')
    : reply(554, '5.3.0', message)
  return new Failure(answer, 'refused')
}

function connectionFailure(name: string, error: LibraryError, phase: Phase): Failure {
  const text = error.message
  const kind = phase === 'opening' ? 'unreachable' : 'broken'
  const failed = (status: string, words: string) => new Failure(reply(451, status, words), kind)
  const answer = readAnswer(error.response)
  if (error.code === 'ETLS' && error.command === 'STARTTLS')
    return new Failure(reply(454, '4.7.5', noTlsWords(name, answer)), 'tls')
  if (answer) return failed('4.4.1', `${name} answered ${formatReply(answer)}`)
  switch (error.code) {
    case 'ECONNREFUSED':
      return failed('4.4.1', `${name} refused the connection: check that its mail service runs, and the port`)
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return failed('4.4.1', `${name} can't be reached: check the network between here and there`)
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return failed('4.4.3', `the name of ${name} isn't found: check it, and this machine's DNS`)
    case 'ETIMEDOUT':
      return failed('4.4.1', `${name} didn't answer in time`)
    case 'EPROTOCOL':
      return failed('4.5.0', `${name} doesn't speak SMTP as it should: check the host and the port`)
  }
  if (phase === 'opening' && (error.code === 'ETLS' || TLS_WORDS.test(text)))
    return new Failure(reply(454, '4.7.5', tlsWords(name, text)), 'tls')
  return failed('4.4.2', `the connection to ${name} broke off (${text})`)
}

const TLS_WORDS = /certificate|self-signed|altname|CERT_|wrong version number|SSL|TLS/i

function logOnWords(name: string, hop: Hop, answer: Reply | undefined): string {
  const user = hop.login?.user ?? 'us'
  if (answer && answer.code < 500)
    return `${name} can't let ${user} log on at the moment (${formatReply(answer)})`
  const said = answer ? ` (${formatReply(answer)})` : ''
  return `${name} didn't let ${user} log on${said}: check the user name, and set the password again`
}

function noLogOnWords(name: string, answer: Reply): string {
  return `${name} takes mail only after a log-on (${formatReply(answer)}): give the route a login`
}

function noTlsWords(name: string, answer: Reply | undefined): string {
  const said = answer ? ` (${formatReply(answer)})` : ''
  return `${name} offers no TLS${said}, and the route doesn't send without it: check the port, or the route's encryption`
}

function tlsWords(name: string, text: string): string {
  const why = reasonOf(text)
  if (why === 'wrong version number')
    return `${name} doesn't begin with TLS: check the port, or set the route's encryption to starttls-required`
  return `no safe TLS connection to ${name} (${why}): check its certificate, or trust it in the route`
}

/** OpenSSL puts numbers, functions and files around its reason, with colons between. */
function reasonOf(text: string): string {
  return /:SSL routines:[^:]*:([^:]+)/.exec(text)?.[1] ?? text.replace(/\s+/g, ' ')
}
