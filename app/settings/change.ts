/** What a change of settings did, in words for history and log; never a password. */
import { formatPath, isObject, type Step } from './path.ts'

interface Difference {
  readonly path: readonly Step[]
  readonly before: unknown
  readonly after: unknown
}

const named = 3
const longest = 60

/** As in `smtp.authentication: "allowed" → "required"`; three differences are named, the rest counted. */
export function describeChange(before: unknown, after: unknown): string {
  const all = differences([], before, after)
  if (all.length === 0) return 'nothing changed'
  const words = all.slice(0, named).map(describe).join('; ')
  return all.length > named ? `${words} and ${all.length - named} more` : words
}

function differences(path: readonly Step[], before: unknown, after: unknown): readonly Difference[] {
  if (isObject(before) && isObject(after)) return objectDifferences(path, before, after)
  if (Array.isArray(before) && Array.isArray(after)) return listDifferences(path, before, after)
  return Object.is(before, after) ? [] : [{ path, before, after }]
}

function objectDifferences(
  path: readonly Step[],
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly Difference[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap(key => differences([...path, key], own(before, key), own(after, key)))
}

/** Entries alike at both ends are passed over, so that one row put in at the top reads as one row put in. */
function listDifferences(
  path: readonly Step[],
  before: readonly unknown[],
  after: readonly unknown[],
): readonly Difference[] {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && same(before[start], after[start])) start++
  let end = 0
  while (end < shorter - start && same(before.at(-1 - end), after.at(-1 - end))) end++
  const [old, fresh] = [before.slice(start, before.length - end), after.slice(start, after.length - end)]
  const longer = Math.max(old.length, fresh.length)
  return Array.from({ length: longer }, (_, index) => index).flatMap(index =>
    differences([...path, start + index], old[index], fresh[index]),
  )
}

/** Whether two settings are alike, whatever the order of their names. */
export function same(one: unknown, other: unknown): boolean {
  return differences([], one, other).length === 0
}

function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function describe({ path, before, after }: Difference): string {
  const where = path.length === 0 ? 'the whole file' : formatPath(path)
  if (path.some(isSecret))
    return `${where}: ${after === undefined ? 'removed' : before === undefined ? 'set' : 'changed'}`
  if (before === undefined) return `${where}: added ${show(after)}`
  if (after === undefined) return `${where}: removed ${show(before)}`
  return `${where}: ${show(before)} → ${show(after)}`
}

function show(value: unknown): string {
  const text =
    JSON.stringify(value, (key, inner) => (isSecret(key) || isHash(inner) ? '…' : inner)) ?? 'nothing'
  return text.length > longest ? `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : text
}

function isSecret(key: Step): boolean {
  return /password|passwd|passphrase/i.test(String(key))
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('scrypt$')
}

/** Every difference in a line of its own, as `describeChange` words it. */
export function changeLines(before: unknown, after: unknown): readonly string[] {
  return differences([], before, after).map(describe)
}
