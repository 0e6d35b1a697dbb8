/** Failures of a log-on with a token: refused by the next hop, or none to be had from the provider. */

import { formatReply, type Reply, reply } from '../mail/reply.ts'
import type { SignInReason } from '../mail/sign-in-reason.ts'
import { SignInFault } from '../oauth/fault.ts'
import { readAnswer } from './answers.ts'
import { Failure, failureOf, type LibraryError } from './failure.ts'
import { hostPort, type NextHop } from './next-hop.ts'

/** The next hop refused the token for good; another one may do. */
export class TokenRefused extends Failure {
  /** In words, without a full stop. */
  readonly why: string

  constructor(why: string, waits: boolean) {
    super(waits ? notTaken(`${why}: sign in again`) : reply(454, '4.7.0', why), 'log-on', false, waits)
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

/** There is no token: mail waits, however long, for a person or for another try. */
export function noToken(error: unknown, secret: string): unknown {
  if (!(error instanceof SignInFault)) return error
  const { reason, message } = error
  const text = `${message}${adviceOn(reason, `postern secret login ${secret}`)}`
  return new Failure({ ...reply(454, '4.7.0', text), signIn: reason }, 'log-on', false, true)
}

function adviceOn(reason: SignInReason, command: string): string {
  switch (reason) {
    case 'never':
      return `: sign in at the mail sender in the window, or with  ${command}`
    case 'ended':
      return `: sign in again in the window, or with  ${command}`
    case 'forbidden':
      return `: have an administrator there permit it, or sign in again in the window, or with  ${command}`
    default:
      return ''
  }
}

function notTaken(text: string): Reply {
  return { ...reply(454, '4.7.0', text), signIn: 'not-taken' }
}
