/** A finding: something about the rows that is hardly meant, with the row and the change that mends it. */
import type { Settings } from '../settings/settings.ts'
import type { AccessList, Policy } from './policy.ts'
import type { Stretch } from './stretch.ts'

/** What findings are made from; the policy is that of the settings, and the map the policy's. */
export interface Findable {
  readonly settings: Settings
  readonly policy: Policy
  readonly map: readonly Stretch[]
}

/** At most so many of one kind in a list: whoever mends them finds the next ones. */
export const MOST = 100

export const FINDING_KINDS = [
  /** No listener: nobody can connect. */
  'no-listener',
  /** Listeners for old devices alone: strangers can't connect. */
  'old-devices-only',
  /** A row lets the Internet send by waiving the authentication that is required. */
  'open-relay',
  /** A row lets the Internet send, as authentication isn't required. */
  'wide-open',
  /** A router may send without logging on, and with it what it forwards. */
  'router-not-blocked',
  /** Internal mail needs a log-on too, which strangers' servers haven't. */
  'incoming-mail-stops',
  /** No row that counts: nobody can send. */
  'empty-list',
  /** A row names users, and none of them can log on. */
  'users-without-log-on',
  /** Rows of both lists name users, and none of them is in both. */
  'no-user-in-both',
  /** Addresses must log on, and no port offers them that. */
  'log-on-not-offered',
  /** "Without authentication" on a row that names users. */
  'waiver-with-users',
  /** A block row that names users: it blocks everybody all the same. */
  'block-with-users',
  /** "Without authentication" on a block row, where it does nothing. */
  'waiver-on-block',
  /** A row allows addresses that are always blocked. */
  'always-blocked',
  /** A row by a host name that stands for no address: it lets in, or blocks, nobody. */
  'name-without-address',
  /** Lines that end in LF alone are taken from everybody, and not from a device. */
  'mends-for-everybody',
  /** A row that can never decide: earlier ones take all its addresses. */
  'shadowed',
] as const

export type FindingKind = (typeof FINDING_KINDS)[number]

export interface Finding {
  readonly kind: FindingKind
  readonly list: AccessList['name'] | null
  /** Counted from 1; null where it is about no single row. */
  readonly row: number | null
  /** A sentence that says what is wrong. */
  readonly text: string
  readonly mend: Mend
}

export interface Mend {
  /** A sentence that says what is changed, and what that does to who can send. */
  readonly words: string
  readonly edits: readonly Edit[]
}

/** Rows are counted from 1; an inserted one, and a moved one, gets the number named. */
export type Edit =
  | { readonly kind: 'set'; readonly path: string; readonly value: unknown }
  | {
      readonly kind: 'insert'
      readonly list: AccessList['name']
      readonly row: number
      readonly value: object
    }
  | { readonly kind: 'remove'; readonly list: AccessList['name']; readonly row: number }
  | { readonly kind: 'move'; readonly list: AccessList['name']; readonly row: number; readonly to: number }
