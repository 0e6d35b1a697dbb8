/** A command that was used wrongly: its message says how it is used rightly, and the exit status is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
