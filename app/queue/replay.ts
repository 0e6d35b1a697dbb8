/** Replaying: the records of a spool, in their order, become the messages that aren't done. */
import { Entry, type MessageHead, type Place, type StateChange } from './entry.ts'
import { FoundTexts } from './found.ts'
import { recordLength } from './record.ts'
import type { FoundRecord } from './scan.ts'

export class Replay {
  readonly #entries = new Map<string, Entry>()
  readonly #texts = new FoundTexts()

  /** A record of the segment with this number, in its order. */
  take(segment: number, found: FoundRecord, isIntact: () => boolean): void {
    const id = idIn(found)
    const text = found.bytes.toString()
    const known = this.#entries.get(id)
    if (found.line.kind === 'S') known?.changeFound(this.#texts.keep(found.bytes))
    // A message that stands twice was moved: the later one counts, unless its move was cut short.
    else if (!known || isIntact())
      this.#entries.set(id, Entry.found(text, this.#texts.keep(found.bytes), placeOf(segment, found)))
    if (this.#entries.get(id)?.isDoneBy(text)) this.#entries.delete(id)
  }

  /** The messages in order of arrival, also where some were moved behind younger ones. */
  restored(): Map<string, Entry> {
    let [last, ordered] = ['', true]
    for (const id of this.#entries.keys()) {
      ordered &&= last < id
      last = id
    }
    return ordered ? this.#entries : new Map([...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}

function placeOf(segment: number, { line, bodyOffset }: FoundRecord): Place {
  return { segment, bodyOffset, bytes: recordLength(line) }
}

/** How the heads begin that this spool writes. */
const BEGINNINGS = { M: '{"message":{"id":"', S: '{"id":"' }
const QUOTE = 0x22

/** Whose record it is; for that the head itself needn't be read. */
function idIn(found: FoundRecord): string {
  const { line, bytes } = found
  const start = BEGINNINGS[line.kind].length
  const end = bytes.indexOf(QUOTE, start)
  if (end > start && bytes.toString('latin1', 0, start) === BEGINNINGS[line.kind])
    return bytes.toString('latin1', start, end)
  return line.kind === 'M' ? (found.head as MessageHead).message.id : (found.head as StateChange).id
}
