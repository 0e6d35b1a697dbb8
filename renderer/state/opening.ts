/** A change that would open the relay, and waits for the sentence that says so. */

/** What stands in the dialog that asks for the sentence. */
export interface Opening {
  /** As ranges. */
  readonly addresses: readonly string[]
  /** How many there are, where only the first are told. */
  readonly addressCount?: number
  /** Tries again with what was typed; false where it was refused. */
  go(sentence: string): Promise<boolean>
}
