/** The shelf: the segments there are, oldest first, and how much of what they hold is still wanted. */
import { unlink } from 'node:fs/promises'
import type { Segment } from './segment.ts'

/** A message's record in a segment. */
export interface Part {
  /** The segment's number. */
  readonly segment: number
  readonly bytes: number
}

export class Shelf {
  readonly #segments: Map<number, Segment>
  readonly #slackBytes: number
  /** How many wanted messages each segment holds. */
  readonly #living = new Map<number, number>()
  #livingBytes = 0

  /** `segments`: in order of their numbers; `slackBytes`: by so much the dead may outweigh the living. */
  constructor(segments: Iterable<Segment>, slackBytes: number) {
    this.#slackBytes = slackBytes
    this.#segments = new Map([...segments].map(segment => [segment.number, segment]))
  }

  /** The newest of all. */
  add(segment: Segment): void {
    this.#segments.set(segment.number, segment)
  }

  get(number: number): Segment | undefined {
    return this.#segments.get(number)
  }

  /** A wanted message was written, or is wanted no longer. */
  count({ segment, bytes }: Part, change: 1 | -1): void {
    this.#living.set(segment, (this.#living.get(segment) ?? 0) + change)
    this.#livingBytes += change * bytes
  }

  isEmpty({ number }: Segment): boolean {
    return (this.#living.get(number) ?? 0) === 0
  }

  /** The oldest segment, unless it is `active`, when it is empty or its living messages are worth moving. */
  reclaimable(active: Segment): Segment | undefined {
    const oldest: Segment | undefined = this.#segments.values().next().value
    if (!oldest || oldest === active) return undefined
    if (this.isEmpty(oldest)) return oldest
    let bytes = 0
    for (const { size } of this.#segments.values()) bytes += size
    return bytes > 2 * this.#livingBytes + this.#slackBytes ? oldest : undefined
  }

  /** Deletes its file. */
  async remove({ number, file, path }: Segment): Promise<void> {
    this.#segments.delete(number)
    this.#living.delete(number)
    await file.close()
    await unlink(path)
  }

  async close(): Promise<void> {
    for (const { file } of this.#segments.values()) await file.close()
  }
}
