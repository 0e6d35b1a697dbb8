/** The state of a next hop: whether mail goes there, and when it is tried again where it doesn't. */
import type { Reply } from '../mail/reply.ts'
import { passesByItself } from '../mail/sign-in-reason.ts'
import { waitAfter } from '../queue/schedule.ts'
import type { Failure } from './failure.ts'

/**
 * Why nothing goes there: as the failure's kind says; `sign-in` needs a person, `sign-in-service` only that it can be
 * asked again, and mail waits for either instead of being given up. `broken`: connections are taken, and end one after the other in the middle of a message.
 */
export type HopReason = 'unreachable' | 'tls' | 'log-on' | 'sign-in' | 'sign-in-service' | 'broken'

/** Times are milliseconds since the epoch. */
export type HopState =
  | { readonly kind: 'up' }
  | {
      readonly kind: 'down'
      readonly reason: HopReason
      readonly since: number
      /** Attempts that failed in a row. */
      readonly failures: number
      /** When it was last tried. */
      readonly tried: number
      /** When it is tried again. */
      readonly next: number
      readonly reply: Reply
      /** The reply's words are ours. */
      readonly own: boolean
    }

export type HopDown = HopState & { readonly kind: 'down' }

export const UP: HopState = { kind: 'up' }

export interface HopClock {
  readonly now: () => number
  /** 0 up to 1. */
  readonly random: () => number
}

/** What a failed attempt makes of it; pure. */
export function failedHop(
  state: HopState,
  failure: Failure,
  retry: readonly number[],
  now: number,
  random: number,
): HopDown {
  const down = state.kind === 'down' ? state : undefined
  const failures = (down?.failures ?? 0) + 1
  return {
    kind: 'down',
    reason: reasonOf(failure),
    since: down?.since ?? now,
    failures,
    tried: now,
    next: now + waitAfter(retry, failures, random),
    reply: failure.reply,
    own: !failure.said,
  }
}

/** Whether nothing is given up meanwhile. */
export function waitsFor({ reason }: HopDown): boolean {
  return reason === 'sign-in' || reason === 'sign-in-service'
}

function reasonOf({ kind, waits, reply: { signIn } }: Failure): HopReason {
  if (waits) return signIn !== undefined && passesByItself(signIn) ? 'sign-in-service' : 'sign-in'
  switch (kind) {
    case 'tls':
    case 'log-on':
    case 'unreachable':
      return kind
    default:
      return 'broken'
  }
}
