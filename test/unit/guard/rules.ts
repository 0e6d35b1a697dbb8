/** The rules that the guard's tests share: the defaults. */
import { parseSettings } from '../../../app/settings/parse.ts'
import type { IdsSettings } from '../../../app/settings/settings.ts'
import { checks } from '../settings/checks.ts'

export function idsWith(changes: object = {}): IdsSettings {
  const parsed = parseSettings({ schema: 1, smtp: { ids: changes } }, checks)
  if (!parsed.ok) throw new Error(parsed.problems.map(({ text }) => text).join(' '))
  return parsed.value.smtp.ids
}

/** Numbers from 0 to below 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
