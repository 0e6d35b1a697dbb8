/** How the store reads settings and tells them apart: by itself, or elsewhere where they are too long for that. */
import { describeChange, same } from './change.ts'
import { formatSettings } from './file.ts'
import { type Checks, parseSettingsText } from './parse.ts'
import type { Problem, Settings } from './settings.ts'

/** Settings that were read. */
export interface Current {
  /** As parsed from the file, defaults not filled in. */
  readonly raw: unknown
  readonly settings: Settings
  /** The file, exactly. */
  readonly text: string
  /** Where they are kept elsewhere too, the name of them there; then `raw` is without its long lists. */
  readonly kept?: string
}

export type ReadSettings =
  | { readonly ok: true; readonly current: Current }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export interface Reader {
  /** The text stays as it is, or is written in our own form. */
  read(text: string, form?: 'as it is' | 'our own'): Promise<ReadSettings>
  /** Whether nothing differs but the way it is written. */
  alike(one: Current, other: Current): Promise<boolean>
  /** What the change did, for history and log. */
  words(before: Current, after: Current): Promise<string>
  /** Hears of what is put in force. */
  inForce?(current: Current): void
}

export function readerOf(checks: Checks): Reader {
  return {
    async read(text, form = 'as it is') {
      const parsed = parseSettingsText(text, checks)
      if (!parsed.ok) return parsed
      const { raw, settings } = parsed
      return { ok: true, current: { raw, settings, text: form === 'our own' ? formatSettings(raw) : text } }
    },
    alike: async (one, other) => same(one.raw, other.raw),
    words: async (before, after) => describeChange(before.raw, after.raw),
  }
}
