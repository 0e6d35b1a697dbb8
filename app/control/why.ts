/** Why a client was refused: what happened, by which list, row or setting, what to do, and what mends it at once. */
import type { Decision } from '../access/decision.ts'
import type { Edit } from '../access/finding.ts'
import type { Event } from '../log/event.ts'

/** The events of which "why?" can be asked. */
export const REFUSALS = [
  'recipient-refused',
  'message-refused',
  'connection-refused',
  'session-refused',
  'logon-failed',
  'tls-failed',
  'blocked',
] as const

/** An event that tells of a refusal. */
export type Refusal = Extract<Event, { readonly kind: (typeof REFUSALS)[number] }>

export function isRefusal(event: Event): event is Refusal {
  return REFUSALS.some(kind => kind === event.kind)
}

/** Turned away at the door, or in the middle of a session. */
export type DoorKind =
  | 'old-devices-only'
  | 'old-devices-full'
  | 'old-devices-full-for-one'
  | 'full'
  | 'full-for-one'
  | 'full-for-network'
  | 'gave-way'
  | 'talked-early'
  | 'session-timeout'
  | 'command-timeout'
  | 'too-many-errors'
  | 'too-many-commands'
  | 'no-mail-program'

/** Each has words of its own; those of `other` are for lines of the log that an earlier version wrote. */
export type WhyKind =
  | 'access-list'
  | 'always-blocked'
  | 'blocked'
  | DoorKind
  | 'bare-lf-command'
  | 'bare-lf'
  | 'bare-cr'
  | 'nul'
  | 'loop'
  | 'too-large'
  | 'disk'
  | 'lost'
  | 'data-timeout'
  | 'too-slow'
  | 'stopping'
  | 'account-gone'
  | 'wrong-password'
  | 'for-another'
  | 'wrong-passwords'
  | 'log-on-later'
  | 'tls'
  | 'recipient'
  | 'other'

export interface Why {
  readonly kind: WhyKind
  /** What happened. */
  readonly means: string
  /** By which list, row or setting. */
  readonly cause: string
  readonly todo: string
  /** The setting that it goes by, as problems name it. */
  readonly path?: string
  readonly mends: readonly WhyMend[]
  /** By the settings in force now, where rows of a list decide. */
  readonly decision?: Decision
}

/** What mends it by one click; `words` say what it does. */
export type WhyMend =
  | { readonly kind: 'edit'; readonly words: string; readonly edits: readonly Edit[] }
  | { readonly kind: 'unblock'; readonly words: string; readonly address: string }

/** The words for one, before it is known which kind it was. */
export type WhyWords = Pick<Why, 'means' | 'cause' | 'todo' | 'path' | 'decision'> & {
  readonly mends?: readonly WhyMend[]
}
