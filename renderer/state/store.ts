/** The one store of the window: starts from a snapshot, follows what it is told, keeps the draft. */
import type { Bridge, Told } from '../../main/bridge.ts'
import { inWindowWords } from '../words/problem-words.ts'
import {
  allChanges,
  carriedOver,
  closed,
  type Draft,
  draftOf,
  editedSince,
  redone,
  undone,
  withSetting,
} from './draft.ts'
import type { FirstForm } from './first-form.ts'
import type { Opening } from './opening.ts'
import type { Path } from './paths.ts'
import { formatPlace, type Place, parsePlace } from './place.ts'
import type { Event, SettingsDraft } from './settings.ts'
import { eventsKept, type Message, type Ready, type State } from './state.ts'

/** Milliseconds: events come in bursts, and the screen needs them no faster. */
const eventsEvery = 250
/** Milliseconds after the last edit until the relay is asked about the draft. */
const reviewAfter = 120

export class Store {
  readonly #bridge: Bridge
  readonly #listeners = new Set<() => void>()
  #state: State
  #told: Event[] = []
  #eventTimer: ReturnType<typeof setTimeout> | undefined
  #reviewTimer: ReturnType<typeof setTimeout> | undefined
  #turn = 0
  #reviewing = false
  #reviewAgain = false
  /** What is being applied; edits meanwhile go on from it. */
  #sent: Draft | undefined

  constructor(bridge: Bridge, place: Place) {
    this.#bridge = bridge
    const nothing = { message: undefined, opening: undefined, firstRun: undefined }
    this.#state = { connection: { kind: 'loading' }, place, ...nothing }
  }

  readonly get = (): State => this.#state

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Asks for the snapshot, then follows. */
  async start(): Promise<() => void> {
    const end = this.#bridge.onTold(told => this.#take(told))
    await this.load()
    const { connection } = this.#state
    if (connection.kind === 'ready' && connection.setup.state === 'never') this.go({ page: 'first-run' })
    return end
  }

  async load(): Promise<void> {
    try {
      const { settings, revision, history: _, ...told } = await this.#bridge.ask('snapshot')
      const base = settingsOf(settings)
      const draft = this.#afterApplying(base) ?? draftOf(base)
      const fresh = {
        base,
        revision,
        draft,
        problems: [],
        spared: '',
        reviewed: [],
        senders: [],
        senderCount: 0,
        opens: [],
        applying: this.#sent !== undefined,
      }
      // What was told while the snapshot was under way stands in it already.
      const known = new Set(told.events.map(event => JSON.stringify(event)))
      this.#told = this.#told.filter(event => !known.has(JSON.stringify(event)))
      this.#set({ connection: { kind: 'ready', ...told, ...fresh } })
    } catch (error) {
      this.#set({ connection: { kind: 'failed', text: sentenceOf(error) } })
    }
  }

  readonly go = (place: Place): void => {
    const { place: before, message } = this.#state
    // What an action came to is told where it was done; what went wrong stays until it is closed.
    const isElsewhere = place.page !== before.page || place.tab !== before.tab
    this.#set({ place, ...(isElsewhere && message?.tone !== 'bad' && { message: undefined }) })
    if (isElsewhere) this.leaveField()
  }

  readonly say = (message: Message | undefined): void => {
    this.#set({ message })
  }

  readonly askToOpen = (opening: Opening | undefined): void => {
    this.#set({ opening })
  }

  readonly keepFirstRun = (firstRun: FirstForm | undefined): void => {
    this.#set({ firstRun })
  }

  /** `goesOn`: typing in one field is one step of undo. */
  readonly edit = (path: Path, value: unknown, goesOn = false): void => {
    this.change(draft => withSetting(draft, path, value, goesOn))
  }

  readonly change = (edit: (draft: Draft) => Draft): void => {
    const { connection } = this.#state
    if (connection.kind !== 'ready') return
    const draft = edit(connection.draft)
    if (draft === connection.draft) return
    this.#set({ connection: { ...connection, draft }, message: undefined })
    this.#reviewSoon()
  }

  /** An entry was added: what it lacks is no problem before its field is left. */
  readonly spare = (path: string): void => this.#patch(() => ({ spared: path }))
  readonly leaveField = (): void => {
    const { connection } = this.#state
    if (connection.kind !== 'ready' || (connection.draft.open === '' && connection.spared === '')) return
    this.#patch(({ draft }) => ({ draft: closed(draft), spared: '' }))
  }

  readonly undo = (): void => this.change(undone)
  readonly redo = (): void => this.change(redone)

  readonly discard = (): void => {
    this.#turn++
    this.#patch(({ base }) => ({
      draft: draftOf(base),
      problems: [],
      reviewed: [],
      senders: [],
      senderCount: 0,
      opens: [],
    }))
    this.say({ tone: 'plain', text: 'The changes are discarded.' })
  }

  /** Applying begins, or has ended. */
  readonly applies = (sent: Draft | undefined): void => {
    this.#sent = sent
    this.#patch(() => ({ applying: sent !== undefined }))
  }

  /** What was edited since applying began, on top of what is in force now; undefined for nothing. */
  #afterApplying(fresh: SettingsDraft): Draft | undefined {
    const { connection } = this.#state
    const sent = this.#sent
    if (connection.kind !== 'ready' || !sent) return undefined
    const late = editedSince(sent, connection.draft, fresh)
    this.#sent = draftOf(fresh)
    if (late) this.#reviewSoon()
    return late
  }

  /** Only for who changes the relay by more than settings; `store` keeps the window's side of it. */
  readonly patch = (patch: Partial<Ready>): void => this.#patch(() => patch)

  #take(told: Told): void {
    switch (told.kind) {
      case 'event':
        this.#told.push(told.event)
        this.#eventTimer ??= setTimeout(() => this.#takeEvents(), eventsEvery)
        return
      case 'status':
        this.#patch(() => ({ status: told.status }))
        return
      case 'settings':
        this.#takeSettings(settingsOf(told.settings), told.revision, told.users)
        return
      case 'open-page': {
        const place = parsePlace(told.page)
        if (place) this.go(place)
      }
    }
  }

  #takeEvents(): void {
    this.#eventTimer = undefined
    const told = this.#told.slice(-eventsKept)
    this.#told = []
    this.#patch(({ events }) => ({
      events: [...events.slice(told.length - eventsKept), ...told].slice(-eventsKept),
    }))
  }

  #takeSettings(fresh: SettingsDraft, revision: string, users: Ready['users']): void {
    const { connection } = this.#state
    if (connection.kind !== 'ready') return
    const { base, draft, applying } = connection
    const isEdited = !applying && allChanges(base, draft).length > 0
    const late = this.#afterApplying(fresh)
    this.#patch(() => ({
      base: fresh,
      revision,
      users,
      draft: isEdited ? carriedOver(draft, base, fresh) : (late ?? draftOf(fresh)),
      ...(isEdited ? {} : { problems: [], reviewed: [], senders: [], senderCount: 0, opens: [] }),
    }))
    if (!isEdited) return
    this.say({
      tone: 'plain',
      text: 'The settings were changed elsewhere; your changes were kept on top of them.',
    })
    this.#reviewSoon()
  }

  #reviewSoon(): void {
    clearTimeout(this.#reviewTimer)
    this.#reviewTimer = setTimeout(() => void this.review(), reviewAfter)
  }

  /** Asks the relay what the draft would be; an answer that a later edit overtook is dropped. */
  async review(): Promise<void> {
    clearTimeout(this.#reviewTimer)
    const { connection } = this.#state
    if (connection.kind !== 'ready') return
    // One at a time: of a long list a review takes a while, and only the last draft's counts.
    if (this.#reviewing) {
      this.#reviewAgain = true
      return
    }
    this.#reviewing = true
    const turn = ++this.#turn
    try {
      const {
        problems,
        words,
        senders,
        senderCount = senders.length,
        openRelay,
      } = await this.#bridge.ask('review', connection.draft.settings)
      const opens = openRelay ?? []
      if (turn === this.#turn)
        this.#patch(() => ({
          problems: inWindowWords(problems),
          reviewed: words,
          senders,
          senderCount,
          opens,
        }))
    } catch (error) {
      if (turn === this.#turn) this.say({ tone: 'bad', text: sentenceOf(error) })
    } finally {
      this.#reviewing = false
    }
    if (!this.#reviewAgain) return
    this.#reviewAgain = false
    await this.review()
  }

  #patch(patch: (ready: Ready) => Partial<Ready>): void {
    const { connection } = this.#state
    if (connection.kind === 'ready') this.#set({ connection: { ...connection, ...patch(connection) } })
  }

  #set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }
}

export function firstPlace(hash: string): Place {
  return parsePlace(hash) ?? { page: 'status' }
}

export function placeText(place: Place): string {
  return formatPlace(place)
}

export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text === '' ? 'Something went wrong: try again, and look at the Log page if it happens again.' : text
}

/** The relay gives settings that its own parser filled in, so their shape is known. */
function settingsOf(settings: unknown): SettingsDraft {
  return settings as SettingsDraft
}
