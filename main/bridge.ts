/** The bridge: what the window may ask of the main process, and what it is told; types only. */
import type { Case, Decision } from '../app/access/decision.ts'
import type { DifferenceLine } from '../app/access/difference-lines.ts'
import type { Applied, Control, FindingName, HistoryEntry, Status } from '../app/control/control.ts'
import type { LongList } from '../app/control/pieces.ts'
import type { SetupAnswers } from '../app/control/setup-answers.ts'
import type { Event } from '../app/log/event.ts'
import type { Problem } from '../app/settings/settings.ts'

/** What a draft would be: problems at their paths, the change in words, and who can send by it more or less. */
export interface Review {
  readonly problems: readonly Problem[]
  readonly words: readonly string[]
  readonly senders: readonly DifferenceLine[]
  /** The addresses to which it would open the relay, as ranges: then Apply needs the sentence. */
  readonly openRelay?: readonly string[]
  /** How many senders there are, where only the first are told. */
  readonly senderCount?: number
}
export type Mended =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly Problem[] }
export type { Pieces } from '../app/control/pieces.ts'
/** Everything a new window starts from. `settings`: as in the file with defaults filled in, long lists as `Pieces`; `revision` changes with each applied change. */
export interface Snapshot {
  readonly status: Status
  readonly settings: unknown
  readonly revision: string
  readonly users: Awaited<ReturnType<Control['listUsers']>>
  readonly secrets: readonly string[]
  readonly events: readonly Event[]
  readonly history: readonly HistoryEntry[]
  readonly machine: {
    readonly localNetworks: readonly string[]
    readonly routers: readonly string[]
    readonly hostname: string
  }
  /** How far the first questions are answered. */
  readonly setup: Awaited<ReturnType<SetupAnswers['setup']>>
  /** What is to be typed before the relay is opened to the Internet. */
  readonly openRelaySentence: string
  readonly app: {
    readonly version: string
    readonly platform: string
    readonly secretsKept: 'keychain' | 'key file'
    readonly autostart: boolean
  }
}
export interface WindowRequests extends SetupAnswers {
  snapshot(): Promise<Snapshot>
  /** `draft` is its JSON, in which a long list stands as `Pieces` of those that the window was given; or the draft itself. */
  review(draft: unknown): Promise<Review>
  /**
   * Refused with a problem when `revision` isn't the one in force, and with the ranges when it opens the relay and
   * `sentence` isn't the snapshot's. `passwords`: new ones of users in the draft, by their names.
   */
  applyDraft(
    draft: unknown,
    revision: string,
    passwords?: Readonly<Record<string, string>>,
    sentence?: string,
  ): Promise<Applied>
  explainDraft(draft: unknown, asked: Case): Promise<Decision>
  /** Of what is edited and not applied, for the next window; null for nothing. In memory only. */
  /** Some rows of a long list, as JSON: of settings by their revision, or of an import. At most 1,000. */
  longList(of: string, list: LongList, from: number, count: number): Promise<string>
  keepDraft(draft: unknown): Promise<void>
  keptDraft(): Promise<unknown>
  /** The draft without a finding that an audit of it named. */
  mendDraft(draft: unknown, finding: FindingName): Promise<Mended>
  restore(file: string, sentence?: string): Promise<Applied>
  /** Brings the newest earlier file back. */
  takeBack(sentence?: string): Promise<Applied>
  /** Opens the page of a sign-in that this window began in the system's browser. */
  openSignInPage(id: string): Promise<void>
  pause(paused: boolean): Promise<void>
  setAutostart(on: boolean): Promise<void>
  /** Into the clipboard; at most 10,000 characters. */
  copyText(text: string): Promise<void>
}
export type Requests = WindowRequests & Omit<Control, 'importSettings' | 'importList' | 'setSettings'>
export type Told =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'status'; readonly status: Status }
  | {
      readonly kind: 'settings'
      readonly settings: unknown
      readonly revision: string
      readonly users: Snapshot['users']
    }
  | { readonly kind: 'open-page'; readonly page: string }
export interface Bridge {
  ask<Name extends keyof Requests>(
    name: Name,
    ...args: Parameters<Requests[Name]>
  ): ReturnType<Requests[Name]>
  onTold(listener: (told: Told) => void): () => void
}
declare global {
  interface Window {
    readonly postern: Bridge
  }
}
