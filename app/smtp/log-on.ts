/** A log-on in a session: tried when the guard says that it is its turn. */
import { accountKey } from '../access/account.ts'
import { findAccount, isStillThere } from '../access/log-on.ts'
import type { Client } from '../access/network.ts'
import type { Guard, LogOnAttempt } from '../guard/guard.ts'
import { sourceOf } from '../guard/source.ts'
import { type Reply, reply } from '../mail/reply.ts'
import type { Settings, User } from '../settings/settings.ts'
import type { PasswordVerifier } from '../settings/verifier.ts'
import { authenticate, recognise } from './authenticate.ts'

export interface LogOnParts {
  readonly guard: Pick<Guard, 'standing' | 'turn' | 'mayRecognise' | 'recognised'>
  readonly settings: () => Pick<Settings, 'users'>
  readonly verifier: PasswordVerifier
}

/** `wrong` has a reply where it isn't the usual one. */
export type LogOnOutcome =
  | { readonly kind: 'in'; readonly user: User }
  | { readonly kind: 'wrong'; readonly reply?: Reply }
  | { readonly kind: 'busy'; readonly reply: Reply }

const BUSY = reply(454, '4.7.0', 'Too many log-ons at once - try again later')

export async function logOn(
  { guard, settings, verifier }: LogOnParts,
  client: Client,
  name: string,
  password: string,
): Promise<LogOnOutcome> {
  const attempt = attemptOf(settings().users, client, name)
  const from = sourceOf(client)
  const recognised = guard.mayRecognise(client) && recognise(settings().users, verifier, name, password, from)
  if (recognised && guard.standing(client).kind !== 'refused') {
    guard.recognised(attempt)
    return { kind: 'in', user: recognised }
  }
  const turn = await guard.turn(attempt)
  if ('reply' in turn) return { kind: 'wrong', reply: turn.reply }
  const outcome = await authenticate(settings().users, verifier, name, password, turn.isOwner, from)
  if (outcome.kind === 'busy') {
    turn.end('busy')
    return { kind: 'busy', reply: BUSY }
  }
  // While the password was checked the account may have gone.
  if (outcome.kind === 'account' && isStillThere(settings().users, outcome.user)) {
    turn.end('right')
    return { kind: 'in', user: outcome.user }
  }
  const blocked = turn.end('wrong')
  return { kind: 'wrong', ...(blocked && { reply: blocked }) }
}

function attemptOf(users: readonly User[], client: Client, name: string): LogOnAttempt {
  const named = findAccount(users, name)
  const account = accountKey(named.kind === 'unknown' ? name : named.user.name)
  return { client, account, exists: named.kind !== 'unknown' }
}
