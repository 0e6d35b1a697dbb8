/** A step of `npm test`, and what came of it. */

export interface Outcome {
  readonly ok: boolean
  /** Facts for the step's line, as in `123 tests`. */
  readonly note: string
  /** Shown in full when the step failed. */
  readonly output: string
}

export interface Step {
  readonly name: string
  /** Names of the steps that must have run before this one can. */
  readonly needs: readonly string[]
  run(): Promise<Outcome>
}

export function passed(note: string): Outcome {
  return { ok: true, note, output: '' }
}

export function failed(note: string, output: string): Outcome {
  return { ok: false, note, output }
}
