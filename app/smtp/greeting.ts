/** The greeting: when it goes out, so that clients that talk before it give themselves away. */

export class Greeting {
  #timer: NodeJS.Timeout | undefined

  /**
   * The library waits 100 ms here; every honest client would pay for it. Ours waits so many milliseconds, for 0 until
   * what has come already is read, and for undefined not at all.
   */
  begin(delay: number | undefined, greet: () => void): void {
    if (delay === undefined) greet()
    else if (delay > 0) this.#timer = setTimeout(greet, delay).unref()
    else setImmediate(() => setImmediate(greet))
  }

  /** The connection is gone. */
  close(): void {
    clearTimeout(this.#timer)
  }
}
