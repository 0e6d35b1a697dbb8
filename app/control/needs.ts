/** Needs: what of the warnings is told of once while it stands. */
import type { Warning } from './control.ts'

export type Needs = ReadonlySet<string>

export function needsOf(warnings: readonly Warning[]): Needs {
  return new Set(warnings.flatMap(namesOf))
}

/** Whether it tells of something that wasn't known. Who paused it knows. */
export function isNews(warning: Warning, known: Needs): boolean {
  return warning.kind !== 'paused' && namesOf(warning).some(name => !known.has(name))
}

export function namesOf({ kind, about = [''] }: Warning): readonly string[] {
  return about.map(what => `${kind} ${what}`)
}
