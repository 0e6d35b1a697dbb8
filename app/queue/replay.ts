/** Replaying: the records of a spool, in their order, become the messages that aren't done. */
import { isDone, type Message, type RecipientState } from './message.ts'
import { recordLength } from './record.ts'
import type { FoundRecord } from './scan.ts'

/** A message and where it lies. */
export interface Entry {
  message: Message
  /** Number of the segment that holds its record. */
  segment: number
  bodyOffset: number
  /** Bytes of its record in the segment. */
  bytes: number
  /** Bytes and CRC-32 of its content. */
  readonly length: number
  readonly crc: number
  /** Name in the large folder, for content that doesn't lie in the segment. */
  readonly file?: string
}

/** The head of an `M` record. */
export interface MessageHead {
  readonly message: Message
  readonly length: number
  readonly crc: number
  readonly file?: string
}

/** The head of an `S` record. */
export interface StateChange {
  readonly id: string
  readonly states: readonly (readonly [number, RecipientState])[]
  readonly warned?: true
}

export type Replay = Map<string, Entry>

export function applyChange(message: Message, change: StateChange): Message {
  const states = [...message.states]
  for (const [index, state] of change.states) if (index < states.length) states[index] = state
  return { ...message, states, warned: change.warned ?? message.warned }
}

export function replayRecord(
  replay: Replay,
  segment: number,
  found: FoundRecord,
  isIntact: () => boolean,
): void {
  const id =
    found.line.kind === 'M' ? replayMessage(replay, segment, found, isIntact) : replayChange(replay, found)
  const entry = replay.get(id)
  if (entry && isDone(entry.message)) replay.delete(id)
}

/** A message that stands twice was moved: the later one counts, unless its move was cut short. */
function replayMessage(
  replay: Replay,
  segment: number,
  { line, head, bodyOffset }: FoundRecord,
  isIntact: () => boolean,
): string {
  const { message, length, crc, file } = head as MessageHead
  if (replay.has(message.id) && !isIntact()) return message.id
  const place = { segment, bodyOffset, bytes: recordLength(line) }
  replay.set(message.id, { message, ...place, length, crc, ...(file !== undefined && { file }) })
  return message.id
}

function replayChange(replay: Replay, { head }: FoundRecord): string {
  const change = head as StateChange
  const entry = replay.get(change.id)
  if (entry) entry.message = applyChange(entry.message, change)
  return change.id
}

/** The messages in order of arrival, also where some were moved behind younger ones. */
export function restored(replay: Replay): Map<string, Entry> {
  const entries = [...replay]
  const ordered = entries.every(([id], index) => index === 0 || (entries[index - 1]?.[0] ?? '') < id)
  return ordered ? replay : new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
