/** Slices: work on each of many messages, a few at a time, so that nothing else waits long for it. */

/** Milliseconds until whatever else is to be done gets its turn. */
const SLICE = 5
/** Messages between two looks at the time. */
const FEW = 50

export class Slices {
  #next: NodeJS.Immediate | undefined

  /** The first of them at once, the others in turns of the event loop; what was begun before is left where it is. */
  run(ids: readonly string[], work: (few: readonly string[]) => void): void {
    this.stop()
    const go = (from: number) => {
      const end = performance.now() + SLICE
      let next = from
      do {
        work(ids.slice(next, next + FEW))
        next += FEW
      } while (next < ids.length && performance.now() < end)
      this.#next = next < ids.length ? setImmediate(() => go(next)) : undefined
    }
    go(0)
  }

  stop(): void {
    clearImmediate(this.#next)
    this.#next = undefined
  }
}

/** Does `work` with each of `all`, in their order, until it says false. */
export async function inSlices<Thing>(all: Iterable<Thing>, work: (thing: Thing) => unknown): Promise<void> {
  let end = performance.now() + SLICE
  for (const thing of all) {
    if (work(thing) === false) return
    if (performance.now() < end) continue
    await new Promise(resolve => setImmediate(resolve))
    end = performance.now() + SLICE
  }
}
