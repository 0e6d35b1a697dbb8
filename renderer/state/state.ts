/** What the window knows: the relay's side as told, and the draft on top of it. */
import type { Snapshot } from '../../main/bridge.ts'
import type { Draft } from './draft.ts'
import type { FirstForm } from './first-form.ts'
import type { Opening } from './opening.ts'
import type { Place } from './place.ts'
import type { Event, Problem, SenderChange, SettingsDraft, Status } from './settings.ts'

export interface Message {
  readonly tone: 'good' | 'bad' | 'plain'
  readonly text: string
  /** Offered beside the text. */
  readonly undo?: true
}

export interface Ready {
  readonly kind: 'ready'
  readonly status: Status
  /** As in force. */
  readonly base: SettingsDraft
  readonly revision: string
  readonly draft: Draft
  readonly problems: readonly Problem[]
  /** The path of a new entry that nobody has left yet, whose problems wait so long; empty where there is none. */
  readonly spared: string
  /** The change in the relay's own words, as History will have it. */
  readonly reviewed: readonly string[]
  /** Who can send by it more or less. */
  readonly senders: readonly SenderChange[]
  /** How many there are: of very many only the first are told. */
  readonly senderCount: number
  /** Whom the draft would let send as strangers: ranges, addresses and host names; empty where it opens nothing. */
  readonly opens: readonly string[]
  readonly applying: boolean
  readonly users: Snapshot['users']
  readonly secrets: readonly string[]
  /** The newest last. */
  readonly events: readonly Event[]
  readonly machine: Snapshot['machine']
  readonly app: Snapshot['app']
  readonly setup: Snapshot['setup']
  readonly openRelaySentence: string
}

export type Connection =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly text: string }
  | Ready

export interface State {
  readonly connection: Connection
  readonly place: Place
  readonly message: Message | undefined
  /** A change that waits for the sentence. */
  readonly opening: Opening | undefined
  /** The first questions as far as they are answered; undefined before anybody began. */
  readonly firstRun: FirstForm | undefined
}

export const eventsKept = 2000
