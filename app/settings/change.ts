/** What a change of settings did, in words for history and log; never a password. */
import { isDeepStrictEqual } from 'node:util'
import { entryKey, entryWords } from './entry-words.ts'
import { readJson } from './json.ts'
import { formatPath, isObject, type Step } from './path.ts'

interface Difference {
  readonly path: readonly Step[]
  /** Of what entry, where the path alone doesn't tell a person: an account's name. */
  readonly of?: string
  readonly before: unknown
  readonly after: unknown
}

const named = 3
const longest = 60

/** As in `smtp.authentication: "allowed" → "required"`; three differences are named, the rest counted. */
export function describeChange(before: unknown, after: unknown): string {
  const all = differences([], before, after)
  if (all.length === 0) return same(before, after) ? 'nothing changed' : 'the order of entries'
  const words = all.slice(0, named).map(describe).join('; ')
  return all.length > named ? `${words} and ${all.length - named} more` : words
}

/** The same of two files' texts. */
export function describeTextChange(before: string, after: string): string {
  const [old, fresh] = [readJson(before), readJson(after)]
  return describeChange(old.ok ? old.value : undefined, fresh.ok ? fresh.value : undefined)
}

function differences(path: readonly Step[], before: unknown, after: unknown): readonly Difference[] {
  if (Array.isArray(before) && Array.isArray(after))
    return namedDifferences(path, before, after) ?? listDifferences(path, before, after)
  if (isObject(before) && isObject(after) && entryKey(before) === entryKey(after))
    return objectDifferences(path, before, after)
  return same(before, after) ? [] : [{ path, before, after }]
}

function objectDifferences(
  path: readonly Step[],
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly Difference[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap(key => differences([...path, key], own(before, key), own(after, key)))
}

/** Entries that have names are told by them, wherever they stand; undefined where one has none or two have the same. */
function namedDifferences(
  path: readonly Step[],
  before: readonly unknown[],
  after: readonly unknown[],
): readonly Difference[] | undefined {
  const [old, fresh] = [byName(before), byName(after)]
  if (!old || !fresh) return undefined
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap(name => {
    const [from, to] = [old.get(name), fresh.get(name)]
    if (from === undefined || to === undefined) return [{ path, before: from, after: to }]
    const inside = differences([...path, after.indexOf(to)], from, to)
    return inside.map(difference => ({ of: name, ...difference }))
  })
}

function byName(list: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const named = list.flatMap(entry =>
    isObject(entry) && typeof entry['name'] === 'string' ? [[entry['name'], entry] as const] : [],
  )
  const map = new Map(named)
  return map.size === list.length ? map : undefined
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
  return isDeepStrictEqual(one, other)
}

function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function describe({ path, of, before, after }: Difference): string {
  const place = path.length === 0 ? 'the whole file' : formatPath(path)
  const where = of === undefined ? place : `${place} (${of})`
  if (path.some(isSecret))
    return `${where}: ${after === undefined ? 'removed' : before === undefined ? 'set' : 'changed'}`
  if (before === undefined) return `${where}: added ${show(after)}`
  if (after === undefined) return `${where}: removed ${show(before)}`
  return `${where}: ${show(before)} → ${show(after)}`
}

function show(value: unknown): string {
  const words = (Array.isArray(value) ? listWords(value) : entryWords(value)) ?? json(value)
  const text = words.replace(/\p{Cc}+/gu, ' ')
  return text.length > longest ? `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : text
}

/** Undefined unless all of it are entries that have words. */
function listWords(list: readonly unknown[]): string | undefined {
  const words = list.flatMap(entry => entryWords(entry) ?? [])
  return list.length > 0 && words.length === list.length ? words.join(', ') : undefined
}

function json(value: unknown): string {
  return JSON.stringify(value, (key, inner) => (isSecret(key) || isHash(inner) ? '…' : inner)) ?? 'nothing'
}

function isSecret(key: Step): boolean {
  return /password|passwd|passphrase/i.test(String(key))
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('scrypt$')
}

/** The first so many lines of `changeLines`, and how many there are. */
export function firstChanges(before: unknown, after: unknown, most: number) {
  const all = differences([], before, after)
  return { words: all.slice(0, most).map(describe), count: all.length }
}

/** Every difference in a line of its own, as `describeChange` words it. */
export function changeLines(before: unknown, after: unknown): readonly string[] {
  return differences([], before, after).map(describe)
}
