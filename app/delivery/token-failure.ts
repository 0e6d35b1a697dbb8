/** Failures of a log-on with a token: refused by the next hop, or none to be had from the provider. */

import { formatReply, type Reply, reply } from '../mail/reply.ts'
import { SignInFault } from '../oauth/fault.ts'
import { readAnswer } from './answers.ts'
import { Failure, failureOf, type LibraryError } from './failure.ts'
import { hostPort, type NextHop } from './next-hop.ts'

/** The next hop refused the token for good; another one may do. */
export class TokenRefused extends Failure {
  /** In words, without a full stop. */
  readonly why: string

  constructor(why: string, waits: boolean) {
    super(reply(454, '4.7.0', waits ? `${why}: sign in again` : why), 'log-on', false, waits)
    this.why = why
  }

  /** Once it is sure that the token wasn't only too old: mail waits for a person. */
  get waiting(): TokenRefused {
    return new TokenRefused(this.why, true)
  }
}

/** What an error of the library at the log-on means. */
export function tokenFailure(error: LibraryError, hop: NextHop, user: string): Failure {
  const name = hostPort(hop.host, hop.port)
  const answer = readAnswer(error.response)
  if (error.code === undefined) return new Failure(reply(454, '4.7.0', `${name}: ${error.message}`), 'log-on')
  if (error.code !== 'EAUTH' || !answer) return failureOf(error, hop, 'opening')
  if (answer.code < 500) return new Failure(reply(454, '4.7.0', laterWords(name, user, answer)), 'log-on')
  // The library puts the reply behind what we said.
  const challenge = error.message.slice(0, -`: ${error.response}`.length)
  const more = challenge === '' ? '' : `; ${challenge}`
  return new TokenRefused(`${name} doesn't take the token of ${user} (${formatReply(answer)}${more})`, false)
}

function laterWords(name: string, user: string, answer: Reply): string {
  return `${name} can't let ${user} log on at the moment (${formatReply(answer)})`
}

/** There is no token: mail waits for a person, or for another try. */
export function noToken(error: unknown, secret: string): unknown {
  if (!(error instanceof SignInFault)) return error
  const { kind, message } = error
  if (kind === 'passing') return new Failure(reply(454, '4.7.0', message), 'log-on')
  const words = `${message}: sign in again in the window, or with  postern secret login ${secret}`
  return new Failure(reply(454, '4.7.0', words), 'log-on', false, true)
}
