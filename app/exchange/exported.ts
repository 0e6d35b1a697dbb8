/** What an export made: files and what to know of them, or why it can't be. */
import type { Problem } from '../settings/settings.ts'

export type Exported =
  | {
      readonly ok: true
      readonly files: readonly { readonly name: string; readonly text: string }[]
      /** Sentences. */
      readonly notes: readonly string[]
    }
  /** What the other server can't express, each with its path. */
  | { readonly ok: false; readonly problems: readonly Problem[] }
