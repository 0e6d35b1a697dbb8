/** The one parser of settings: for the file, the window and the command line alike, all problems at once. */
import { addressingProblems, type CheckAddress } from './addressing.ts'
import { type CheckFrom, contradictions } from './contradictions.ts'
import { fillDefaults, salvage } from './draft.ts'
import { finish } from './finish.ts'
import { findHostile } from './hostile.ts'
import { readJson } from './json.ts'
import { isObject } from './path.ts'
import { settingsSchema } from './schema.ts'
import type { Parsed, Problem, Settings } from './settings.ts'
import { formatSize } from './units.ts'
import { problemsOf, sentence } from './words.ts'

/** What the settings can't know themselves. */
export interface Checks {
  readonly from: CheckFrom
  readonly address: CheckAddress
  /** What was parsed before, by what it was parsed from: where the same is asked about again and again. */
  readonly known?: WeakMap<object, Parsed<Settings>>
}

export type ParsedText =
  | { readonly ok: true; readonly raw: unknown; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Characters of a settings file. */
export const maxText = 32 * 1024 ** 2

/** Rows of an access list that it is worth making code for: until then that takes longer than it saves. */
const LONG_LIST = 1000

/** Problems listed; the rest is counted. */
const maxProblems = 500

export function parseSettings(raw: unknown, checks: Checks): Parsed<Settings> {
  const known = isObject(raw) ? checks.known?.get(raw) : undefined
  const parsed = known ?? parseAnew(raw, checks)
  if (isObject(raw)) checks.known?.set(raw, parsed)
  return parsed
}

function parseAnew(raw: unknown, checks: Checks): Parsed<Settings> {
  const hostile = findHostile(raw)
  if (hostile.kind === 'endless') return { ok: false, problems: [hostile.problem] }
  const parsed = settingsSchema.safeParse(raw, { error: sentence, jitless: !isLong(raw) })
  const draft = parsed.success ? parsed.data : salvage(settingsSchema, raw)
  const problems = [
    ...hostile.problems,
    ...(parsed.error?.issues ?? []).flatMap(problemsOf),
    ...(draft ? [...addressingProblems(draft, checks.address), ...contradictions(draft, checks.from)] : []),
  ]
  if (!parsed.success || problems.length > 0) return { ok: false, problems: tidy(problems) }
  return { ok: true, value: finish(parsed.data) }
}

export function parseSettingsText(text: string, checks: Checks): ParsedText {
  if (text.length > maxText) return refused(`Make the file smaller than ${formatSize(maxText)}.`)
  const json = readJson(text)
  if (!json.ok) return { ok: false, problems: [json.problem] }
  const parsed = parseSettings(json.value, checks)
  const problems = [...json.duplicates, ...(parsed.ok ? [] : parsed.problems)]
  if (!parsed.ok || problems.length > 0) return { ok: false, problems: tidy(problems) }
  return { ok: true, raw: json.value, settings: parsed.value }
}

function isLong(raw: unknown): boolean {
  const rows = isObject(raw) && isObject(raw['smtp']) ? raw['smtp']['access'] : undefined
  return Array.isArray(rows) && rows.length >= LONG_LIST
}

/** Settings as they stand in the file, with every default written out. */
export function withDefaults(raw: unknown): unknown {
  return fillDefaults(settingsSchema, raw)
}

function refused(text: string): ParsedText {
  return { ok: false, problems: [{ path: '', text }] }
}

/** Without repetitions; a name that can't be used is named once. */
function tidy(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>()
  const different = problems.filter(({ path, text }) => {
    const key = path.endsWith('__proto__') ? path : `${path}\n${text}`
    return !seen.has(key) && seen.add(key)
  })
  const more = different.length - maxProblems
  if (more <= 0) return different
  return [
    ...different.slice(0, maxProblems),
    { path: '', text: `Mend these first: there are ${more} problems more.` },
  ]
}
