/** What the requests are answered from: the relay's parts, whether they run or are only opened. */
import type { NameFacts } from '../access/name-facts.ts'
import type { Policy } from '../access/policy.ts'
import type { Delivery } from '../delivery/deliver.ts'
import type { RouteContext } from '../delivery/open.ts'
import type { Guard } from '../guard/guard.ts'
import type { Journal } from '../log/journal.ts'
import type { SignIns } from '../oauth/sign-ins.ts'
import type { Queue } from '../queue/queue.ts'
import type { Spool } from '../queue/spool.ts'
import type { DataFolder } from '../settings/folder.ts'
import type { Checks } from '../settings/parse.ts'
import type { Secrets } from '../settings/secrets.ts'
import type { Rerouting, Settings } from '../settings/settings.ts'
import type { SettingsStore } from '../settings/store.ts'
import type { Standing } from '../smtp/listener.ts'
import type { Certificates } from '../tls/certificates.ts'
import type { Renewal } from '../tls/renewal.ts'
import type { Check } from './control.ts'

/** The settings in force and their changes, wherever they are worked out. */
export type Editing = Pick<
  SettingsStore,
  'current' | 'edit' | 'applyText' | 'undo' | 'restore' | 'earlier' | 'history'
>

/** What answers about settings are made from. */
export interface SettingsParts
  extends Pick<ControlParts, 'checks' | 'policyFor' | 'reroutingOf' | 'names' | 'now'> {
  readonly store: Editing
  /** A draft whose long lists are named made whole; absent where it is. */
  readonly unpack?: (draft: unknown) => unknown
  readonly journal: Pick<Journal, 'read'>
}

export interface ControlParts {
  readonly folder: DataFolder
  readonly store: SettingsStore
  readonly checks: Checks
  readonly secrets: Secrets
  readonly spool: Spool
  readonly queue: Queue
  readonly delivery: Delivery
  readonly context: RouteContext
  readonly signIns: Pick<SignIns, 'facts' | 'begin' | 'wait' | 'cancel'>
  readonly journal: Journal
  readonly certificates: Pick<Certificates, 'current' | 'trouble'>
  readonly renewal: Pick<Renewal, 'facts' | 'renewNow' | 'look'>
  readonly guard: Pick<Guard, 'blocks' | 'view' | 'unblock'>
  readonly policy: () => Policy
  /** What other settings would decide on this machine. */
  readonly policyFor: (settings: Settings) => Policy
  /** Which queued mail the second settings send elsewhere than the first. */
  readonly reroutingOf: (before: Settings, after: Settings) => Promise<Rerouting>
  /** What the settings in force allow to stand, but is hardly meant. */
  readonly checkSettings: () => readonly Check[] | Promise<readonly Check[]>
  /** What the rows' host names stand for, and since when. */
  readonly names: () => readonly NameFacts[]
  /** Looks all of them up now; never rejects. */
  readonly lookUpNames: () => Promise<void>
  readonly standing: () => readonly Standing[]
  readonly sessions: () => number
  /** Whether it listens and delivers. */
  readonly running: () => boolean
  /** Whether a person has it take no mail for now. */
  readonly paused: () => boolean
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly now: () => number
  /** What a time of the queue is for people; the same where absent. */
  readonly toWall?: (time: number) => number
}
