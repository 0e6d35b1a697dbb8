/** The first snapshot, asked for while the page still loads; what is told meanwhile waits until the page has it. */

export class FirstSnapshot<Answer, Told> {
  #answer: Promise<Answer> | undefined
  #listener: ((told: Told) => void) | undefined
  /** Undefined once the page has the snapshot. */
  #waiting: Told[] | undefined = []

  constructor(answer: Promise<Answer>) {
    this.#answer = answer
    // Whoever takes it hears of it.
    answer.catch(() => undefined)
  }

  /** Once; undefined from then on. */
  take(): Promise<Answer> | undefined {
    const answer = this.#answer
    this.#answer = undefined
    // Not before whoever waits for the answer has taken it in.
    void answer?.catch(() => undefined).then(() => setTimeout(() => this.#release()))
    return answer
  }

  tell(batch: readonly Told[]): void {
    if (this.#waiting) this.#waiting.push(...batch)
    else for (const told of batch) this.#listener?.(told)
  }

  listen(listener: (told: Told) => void): () => void {
    this.#listener = listener
    return () => {
      if (this.#listener === listener) this.#listener = undefined
    }
  }

  #release(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    this.tell(waiting)
  }
}
