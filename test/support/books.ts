/** The books of a test: each recipient of each message that got its 250, and what became of it. */
import assert from 'node:assert/strict'

/** A message for one recipient. */
export interface Entry {
  readonly id: string
  readonly to: string
}

export interface Arrival extends Entry {
  /** Milliseconds since 1970. */
  readonly at: number
  /** False where whoever sent it can't know that it arrived. */
  readonly isTold: boolean
}

export interface Bounce extends Entry {
  /** When it may have been made, milliseconds since 1970. */
  readonly times: readonly number[]
}

/** A time in which a message may be sent or returned a second time, since nothing could tell that it was: a kill, a full disk. */
export interface Uncertain {
  readonly from: number
  readonly to: number
}

const keyOf = ({ id, to }: Entry) => `${id} ${to}`

export class Books {
  readonly accepted: Entry[] = []
  readonly uncertain: Uncertain[] = []

  accept(id: string, recipients: readonly string[]): void {
    for (const to of recipients) this.accepted.push({ id, to })
  }

  /** What was accepted and is in none of these. */
  missing(...found: readonly (readonly Entry[])[]): readonly Entry[] {
    const known = new Set(found.flat().map(keyOf))
    return this.accepted.filter(entry => !known.has(keyOf(entry)))
  }

  /** Throws unless accepted = delivered + queued + bounced, once each where SMTP can tell. */
  check(arrivals: readonly Arrival[], queued: readonly Entry[], bounced: readonly Bounce[]): void {
    assert.deepEqual(this.missing(arrivals, queued, bounced), [], 'accepted, and lost')
    this.#checkApart(arrivals, queued, 'delivered, and still queued')
    // A report is on the disk before it is noted that it was made: what then isn't noted is tried again.
    const final = bounced.filter(({ times }) => !times.some(at => this.#isUncertain(at)))
    this.#checkApart(arrivals, final, 'delivered, and bounced')
    this.#checkOnce(arrivals)
  }

  /** How many came again. */
  copies(arrivals: readonly Arrival[]): number {
    return arrivals.length - new Set(arrivals.map(keyOf)).size
  }

  #checkApart(some: readonly Arrival[], others: readonly Entry[], what: string): void {
    const known = new Set(others.map(keyOf))
    const both = some.filter(one => known.has(keyOf(one)) && !this.#isExcused(one))
    assert.deepEqual(both, [], what)
  }

  #checkOnce(arrivals: readonly Arrival[]): void {
    const last = new Map<string, Arrival>()
    for (const arrival of arrivals) {
      const before = last.get(keyOf(arrival))
      last.set(keyOf(arrival), arrival)
      if (before === undefined || this.#isExcused(before)) continue
      assert.fail(`${keyOf(arrival)} came twice, at ${before.at} and at ${arrival.at}, without a reason`)
    }
  }

  #isExcused({ at, isTold }: Arrival): boolean {
    return !isTold || this.#isUncertain(at)
  }

  #isUncertain(at: number): boolean {
    return this.uncertain.some(({ from, to }) => from <= at && at <= to)
  }
}
