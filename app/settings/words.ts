/** What is wrong with settings, in words: rewrites what the schema reports. */
import type { z } from 'zod'
import { closest } from './closest.ts'
import { namesAt } from './draft.ts'
import { formatPath, type Step } from './path.ts'
import { settingsSchema } from './schema.ts'
import type { Problem } from './settings.ts'

const expectations: Readonly<Record<string, string>> = {
  string: 'text in double quotes',
  boolean: 'true or false without quotes',
  array: 'a list in square brackets',
  object: 'an object in braces',
  record: 'an object in braces',
  number: 'a number without quotes',
}

/** The schema's `error` option: the sentence for an issue that has none of its own. Never repeats a value. */
export function sentence(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return `Add ${quote(String(issue.path?.at(-1) ?? ''))} here: it is missing.`
  if (issue.code === 'invalid_type')
    return `Write ${expectations[issue.expected] ?? issue.expected} here, not ${kindOf(issue.input)}.`
  if (issue.code === 'invalid_value') return choice(issue.values.map(String), issue.input)
  return 'Write another value here.'
}

function choice(values: readonly string[], given: unknown): string {
  const meant = typeof given === 'string' ? closest(given, values) : undefined
  const list = values.map(quote)
  const last = list.length > 1 ? ` or ${list.at(-1)}` : ''
  const all = `${list.slice(0, Math.max(1, list.length - 1)).join(', ')}${last}`
  return meant === undefined ? `Write ${all} here.` : `Write ${all} here; did you mean ${quote(meant)}?`
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  const kinds: Readonly<Record<string, string>> = {
    string: 'text',
    boolean: 'true or false',
    object: 'an object',
  }
  return kinds[typeof value] ?? `a ${typeof value}`
}

/** The problems in an issue: one, or one for each unknown name, or those of the list in "auto" or a list. */
export function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  const steps = issue.path.map(step => (typeof step === 'number' ? step : String(step)))
  const deeper =
    issue.code === 'invalid_union' ? issue.errors.flat().filter(({ path }) => path.length > 0) : []
  if (deeper.length > 0)
    return deeper.flatMap(inner => problemsOf({ ...inner, path: [...issue.path, ...inner.path] }))
  if (issue.code !== 'unrecognized_keys') return [{ path: formatPath(steps), text: issue.message }]
  return issue.keys.map(key => ({ path: formatPath([...steps, key]), text: unknownName(steps, key) }))
}

export function unknownName(parent: readonly Step[], key: string): string {
  const meant = closest(key, namesAt(settingsSchema, parent))
  const remove = `Remove ${quote(key)}: there is no such setting here`
  return meant === undefined ? `${remove}.` : `${remove}; did you mean ${quote(meant)}?`
}

/** A problem as a line: its path, unless it is one of the whole file, and its sentence. */
export function problemLine({ path, text }: Problem): string {
  return path === '' ? text : `${path}: ${text}`
}

function quote(text: string): string {
  return JSON.stringify(text)
}
