/** What can be proved about settings, as window and command line get it. */
import type { DifferenceLine } from '../access/difference-lines.ts'
import type { Finding } from '../access/finding.ts'
import type { MapLine } from '../access/map-lines.ts'
import type { Relaying } from '../access/relaying.ts'
import type { Problem } from '../settings/settings.ts'

/** Which settings: those in force, an earlier file that history names, a file's text, or a draft. */
export type Source =
  | { readonly kind: 'current' }
  | { readonly kind: 'history'; readonly file: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'draft'; readonly draft?: unknown }

/** Addresses that may relay alike, as far as they reach. */
export interface AuditRange {
  readonly first: string
  readonly last: string
  readonly relay: Relaying['kind']
  /** Names, where only these accounts may; else null. */
  readonly users: readonly string[] | null
  /** Where they must log on, and no port offers it to them. */
  readonly logOn?: false
}

export interface AuditFinding extends FindingName {
  readonly text: string
  /** What mends it, a sentence that says what it does to who can send. */
  readonly mend: string
}

/** What a finding is known by while the rows stay as they are. */
export type FindingName = Pick<Finding, 'kind' | 'list' | 'row'>

export interface Audit {
  readonly openRelay: boolean
  /** The SMTP service is off: all of this holds once it is on, and nobody can send before. */
  readonly off?: true
  /** The addresses of the Internet that can relay without logging on, in words; absent where there are none. */
  readonly open?: string
  /** All addresses, IPv4 before IPv6, ascending and without a gap. */
  readonly ranges: readonly AuditRange[]
  /** How many there are, where only the first are told; so of the lines. */
  readonly rangeCount?: number
  readonly lineCount?: number
  readonly internalLineCount?: number
  /** The same in words: to addresses outside. */
  readonly lines: readonly MapLine[]
  /** And to mailboxes here. */
  readonly internalLines: readonly MapLine[]
  readonly findings: readonly AuditFinding[]
  /** The host names of rows that are switched on; absent where there are none. */
  readonly hostNames?: readonly string[]
}

export type Comparison =
  | {
      readonly ok: true
      /** Each difference of the settings. */
      readonly words: readonly string[]
      readonly senders: readonly DifferenceLine[]
      /** How many there are, where only the first are told. */
      readonly senderCount?: number
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** A case that was decided, once or more often, and would be decided otherwise. */
export interface Flip {
  readonly client: string
  readonly user?: string
  /** Absent where connecting was decided, at the greeting. */
  readonly to?: string
  /** What it comes to. */
  readonly verdict: 'accept' | 'refuse'
  /** The reply then, as a line; in words where nothing answers. */
  readonly reply: string
  readonly count: number
  /** When it was decided last, milliseconds since the epoch. */
  readonly last: number
}

export interface Replay {
  /** How many decisions were tried again. */
  readonly tried: number
  /** The newest first. */
  readonly flips: readonly Flip[]
}
