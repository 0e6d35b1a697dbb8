/** An entry of the table of replies: which ones it is for, and what they mean for a person. */
import type { SignInReason } from '../../mail/sign-in-reason.ts'
import type { SourceName } from './sources.ts'

/**
 * What a person can do about a reply, and where:
 * - `wait`: nothing, it is tried again;
 * - `retry`: have it tried now;
 * - `sign-in-now`, `sign-in-again`: the button at the mail sender that a person signs in with;
 * - `sign-in-settings`, `sign-in-address`: as which registration, and where, a person signs in;
 * - `sign-in`, `servers`, `encryption`, `trust`, `sender-rewriting`: that part of the mail sender;
 * - `dkim`: signing for the domain; `mail-senders`: the list of mail senders; `local-mail`: the local domains;
 * - `users`: the accounts; `limits`: sizes and counts of what is taken in; `hostname`: our own name;
 * - `connections`: how many connections are made at once;
 * - `doctor`: examine this machine, its DNS and its routes;
 * - `tell-provider`, `tell-recipient`: copy a text for whoever runs the other server.
 */
export type MendKind =
  | 'wait'
  | 'retry'
  | 'sign-in'
  | 'sign-in-now'
  | 'sign-in-again'
  | 'sign-in-settings'
  | 'sign-in-address'
  | 'servers'
  | 'encryption'
  | 'trust'
  | 'sender-rewriting'
  | 'dkim'
  | 'mail-senders'
  | 'local-mail'
  | 'users'
  | 'limits'
  | 'hostname'
  | 'connections'
  | 'doctor'
  | 'tell-provider'
  | 'tell-recipient'

/** Where in the dialogue with the next hop it was said. */
export type Stage = 'greeting' | 'log-on' | 'message'

export interface Entry {
  /** Unique: letters, digits and hyphens. */
  readonly name: string
  /** Reply codes; any where absent. */
  readonly codes?: readonly number[]
  /** Enhanced status codes, as `5.7.30`, `*.2.2` for either class, `4.7.500-699` for a range; any where absent. */
  readonly status?: readonly string[]
  /** One of them must be in the reply's text, each with all of its parts; in lower case. */
  readonly says?: readonly (string | readonly string[])[]
  /** Any, and any that isn't known, where absent. */
  readonly stage?: Stage
  /** It is for the replies of ours of this kind, whatever they say, and for no others. */
  readonly signIn?: SignInReason
  /** One plain sentence. */
  readonly means: string
  readonly cause: string
  readonly todo: string
  /** The best first; never empty. */
  readonly mends: readonly [MendKind, ...MendKind[]]
  readonly source: SourceName
}
