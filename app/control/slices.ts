/** Work in slices: through a hundred thousand things without keeping the mail waiting. */

/** Milliseconds until whatever else is to be done gets its turn. */
const SLICE = 5

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
