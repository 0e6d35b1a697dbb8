/** Secrets, such as the password at a smart host: named in the settings, kept beside them. */

export interface Secrets {
  /** Undefined when there is none of that name, or it can't be read. */
  get(name: string): string | undefined
  set(name: string, value: string): Promise<void>
  /** False when there was none. */
  remove(name: string): Promise<boolean>
  /** In alphabetical order. */
  names(): readonly string[]
}
