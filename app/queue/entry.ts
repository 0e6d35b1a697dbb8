/** An entry: a message in the spool and where it lies; what a start finds on disk is read when it is asked for. */
import type { FoundText } from './found.ts'
import { isDone, type Message, type RecipientState } from './message.ts'

/** Where a message's record lies. */
export interface Place {
  /** Number of the segment that holds it. */
  readonly segment: number
  readonly bodyOffset: number
  /** All bytes of the record. */
  readonly bytes: number
}

/** The head of an `M` record. */
export interface MessageHead {
  readonly message: Message
  /** Bytes and CRC-32 of its content. */
  readonly length: number
  readonly crc: number
  /** Name in the large folder, for content that doesn't lie in the segment. */
  readonly file?: string
}

/** The head of an `S` record. */
export interface StateChange {
  readonly id: string
  readonly states: readonly (readonly [number, RecipientState])[]
  readonly warned?: true
}

/** What JSON has of these: within a string the quotes would stand behind a backslash. */
const FILE = '"file":"'
const PENDING = /"kind":"(?:waiting|held)"/
const FINAL = /"kind":"(?:delivered|failed|removed)"/

export class Entry {
  #place: Place
  #head: MessageHead | undefined
  /** The head as it was found, and those of the changes behind it; absent once they are read. */
  #found: FoundText | undefined
  #changes: FoundText[] | undefined
  /** Whether it has content that doesn't lie in the segment. */
  readonly #hasFile: boolean

  private constructor(place: Place, hasFile: boolean, head?: MessageHead, found?: FoundText) {
    this.#place = place
    this.#hasFile = hasFile
    this.#head = head
    this.#found = found
  }

  static of(head: MessageHead, place: Place): Entry {
    return new Entry(place, head.file !== undefined, head)
  }

  /** `text`: of the head of an `M` record, and where that is kept. */
  static found(text: string, found: FoundText, place: Place): Entry {
    return new Entry(place, text.includes(FILE), undefined, found)
  }

  get place(): Place {
    return this.#place
  }

  /** Its record stands there too by now, and that one counts. */
  moved(place: Place): void {
    this.#place = place
  }

  get message(): Message {
    return this.#read().message
  }

  /** Bytes of its content. */
  get length(): number {
    return this.#read().length
  }

  /** CRC-32 of its content. */
  get crc(): number {
    return this.#read().crc
  }

  /** Name in the large folder, for content that doesn't lie in the segment. */
  get file(): string | undefined {
    return this.#hasFile ? this.#read().file : undefined
  }

  change(change: StateChange): void {
    const head = this.#read()
    this.#head = { ...head, message: applyChange(head.message, change) }
  }

  /** A change that was found behind it: of the head of an `S` record. */
  changeFound(found: FoundText): void {
    this.#changes ??= []
    this.#changes.push(found)
  }

  /** Whether nothing is left to do for it. `text`: of the head that was found last, which mostly says enough. */
  isDoneBy(text: string): boolean {
    if (this.#changes ? !FINAL.test(text) : PENDING.test(text)) return false
    return isDone(this.message)
  }

  #read(): MessageHead {
    this.#head ??= JSON.parse(String(this.#found)) as MessageHead
    this.#found = undefined
    const changes = this.#changes ?? []
    this.#changes = undefined
    for (const found of changes) this.change(JSON.parse(String(found)))
    return this.#head
  }
}

export function applyChange(message: Message, change: StateChange): Message {
  const states = [...message.states]
  for (const [index, state] of change.states) if (index < states.length) states[index] = state
  return { ...message, states, warned: change.warned ?? message.warned }
}
