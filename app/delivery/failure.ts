/** A failure: why a next hop couldn't be reached or took no message, as a reply and in words for a person. */
import { formatReply, parseReply, type Reply, reply } from '../mail/reply.ts'
import { hostPort, type NextHop } from './next-hop.ts'

/**
 * - `unreachable`, `tls`, `log-on`: no message can go there now, so the next host is tried;
 * - `unsent`: the connection had ended before the message was begun;
 * - `broken`: the connection ended in the middle of a message;
 * - `refused`: the next hop said no to this message.
 */
export type FailureKind = 'unreachable' | 'tls' | 'log-on' | 'unsent' | 'broken' | 'refused'

export class Failure extends Error {
  readonly reply: Reply
  readonly kind: FailureKind

  constructor(answer: Reply, kind: FailureKind) {
    super(formatReply(answer))
    this.reply = answer
    this.kind = kind
  }
}

interface LibraryError {
  readonly message: string
  readonly code?: string | number | undefined
  readonly command?: string | undefined
  readonly response?: string | undefined
}

type Hop = Pick<NextHop, 'host' | 'port' | 'login'>

/** What an error of the library means; unknown ones are transient. */
export function failureOf(error: LibraryError, hop: Hop, phase: 'opening' | 'sending'): Failure {
  const name = hostPort(hop.host, hop.port)
  const answer = error.response === undefined ? undefined : parseReply(error.response)
  if (error.code === 'EAUTH') return new Failure(reply(454, '4.7.0', logOnWords(name, hop, answer)), 'log-on')
  if (error.code === 'EENVELOPE' || error.code === 'EMESSAGE') return refusal(error, answer)
  if (error.code === 'ECONNECTION' && error.command === 'API') return new Failure(BROKE_OFF, 'unsent')
  return connectionFailure(name, error, answer, phase)
}

const BROKE_OFF = reply(451, '4.4.2', 'the connection had been closed')

function refusal(error: LibraryError, answer: Reply | undefined): Failure {
  if (answer) return new Failure(answer, 'refused')
  const tooLarge = /size larger/i.test(error.message)
  return new Failure(
    tooLarge
      ? reply(552, '5.3.4', 'the message is larger than the next hop takes')
      : reply(554, '5.3.0', error.message),
    'refused',
  )
}

function connectionFailure(
  name: string,
  error: LibraryError,
  answer: Reply | undefined,
  phase: 'opening' | 'sending',
): Failure {
  const text = error.message
  const kind = phase === 'opening' ? 'unreachable' : 'broken'
  const failed = (status: string, words: string) => new Failure(reply(451, status, words), kind)
  if (answer) return failed('4.4.1', `${name} answered ${formatReply(answer)}`)
  if (/ECONNREFUSED/.test(text))
    return failed('4.4.1', `${name} refused the connection: check that its mail service runs, and the port`)
  if (/EHOSTUNREACH|ENETUNREACH/.test(text))
    return failed('4.4.1', `${name} can't be reached: check the network between here and there`)
  if (error.code === 'EDNS')
    return failed('4.4.3', `the name of ${name} isn't found: check it, and this machine's DNS`)
  if (error.code === 'ETIMEDOUT') return failed('4.4.1', `${name} didn't answer in time`)
  if (phase === 'opening' && (error.code === 'ETLS' || TLS_WORDS.test(text)))
    return new Failure(reply(454, '4.7.5', tlsWords(name, text)), 'tls')
  return failed('4.4.2', `the connection to ${name} broke off (${text})`)
}

const TLS_WORDS = /certificate|self-signed|altname|CERT_|wrong version number|SSL|TLS/i

function logOnWords(name: string, hop: Hop, answer: Reply | undefined): string {
  const said = answer ? ` (${formatReply(answer)})` : ''
  return `${name} didn't let ${hop.login?.user ?? 'us'} log on${said}: check the user name, and set the password again`
}

function tlsWords(name: string, text: string): string {
  return `no safe TLS connection to ${name} (${text}): check its certificate, or trust it in the route`
}
