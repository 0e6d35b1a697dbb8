/** Slices: work on each of many messages, a few at a time, so that nothing else waits long for it. */

/** Messages at a time: some milliseconds. */
const AT_ONCE = 500

export class Slices {
  #next: NodeJS.Immediate | undefined

  /** The first of them at once, the others in turns of the event loop; what was begun before is left where it is. */
  run(ids: readonly string[], work: (slice: readonly string[]) => void): void {
    this.stop()
    work(ids.slice(0, AT_ONCE))
    const rest = (from: number) => {
      if (from >= ids.length) return
      this.#next = setImmediate(() => {
        work(ids.slice(from, from + AT_ONCE))
        rest(from + AT_ONCE)
      })
    }
    rest(AT_ONCE)
  }

  stop(): void {
    clearImmediate(this.#next)
    this.#next = undefined
  }
}
