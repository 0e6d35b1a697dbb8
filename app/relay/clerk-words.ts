/** What the relay and its clerk say to each other across the thread. */

import type { Machine } from '../access/machine.ts'
import type { NameFacts } from '../access/name-facts.ts'
import type { Span } from '../access/network.ts'
import type { CompiledLists } from '../access/policy.ts'
import type { LongList } from '../control/pieces.ts'
import type { Event } from '../log/event.ts'
import type {
  Applied,
  Changer,
  Consent,
  HistoryEntry,
  Problem,
  Rerouting,
  Route,
  Settings,
} from '../settings/settings.ts'

/** What is known of this machine now. */
export interface Place {
  readonly machine: Machine
  readonly names: readonly NameFacts[]
  /** Their names. */
  readonly secrets: readonly string[]
}

/** Settings that the clerk keeps, without their long lists. */
export interface Handed {
  /** What they are called. */
  readonly kept: string
  readonly text: string
  readonly raw: unknown
  readonly settings: Settings
  /** Rows of the long lists. */
  readonly long: readonly { readonly list: LongList; readonly count: number }[]
}

export type HandedRead =
  | { readonly ok: true; readonly handed: Handed }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export interface HandedChange {
  readonly applied: Applied
  readonly handed?: Handed
  readonly by?: Changer
  readonly consent?: Consent
}

export interface Compiled {
  readonly lists: CompiledLists
  /** The host names in the rows. */
  readonly names: readonly string[]
  /** As `openRelay` has them. */
  readonly open: readonly Span[] | undefined
}

/** What the clerk does. */
export interface Work {
  /** Takes settings for those in force. */
  hold(text: string): void
  read(text: string, form: 'as it is' | 'our own'): HandedRead
  inForce(kept: string): void
  /** Rows of settings or of an import, as JSON. */
  rows(of: string, list: LongList, from: number, count: number): string
  alike(one: string, other: string): boolean
  words(before: string, after: string): string
  compile(kept: string, place: Place): Compiled
  guard(next: string, before: string, by: Changer, place: Place): Applied | undefined
  /** Answers a request of `Control` or `Drafts` that changes nothing. */
  answer(name: string, args: readonly unknown[], place: Place): unknown
  /** Works a request out that changes settings. */
  change(name: string, args: readonly unknown[], place: Place): HandedChange
}

/** What the clerk asks the relay. */
export interface Asked {
  earlier(file: string): string | undefined
  history(): readonly HistoryEntry[]
  decisions(): readonly Event[]
  rerouting(before: readonly Route[], after: readonly Route[]): Rerouting
  setSecret(name: string, value: string): void
}

type Names<Table> = Extract<keyof Table, string>
type Call<Table> = { readonly id: number; readonly name: Names<Table>; readonly args: readonly unknown[] }
type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly sentence: string }

export type ToClerk = { readonly call: Call<Work> } | { readonly answer: Answer }
export type FromClerk = { readonly call: Call<Asked> } | { readonly answer: Answer }
