/** What a draft changes, each change in words: compared place by place with the settings in force. */
import { rowWords } from '../access/rows.ts'
import { choiceLabel, findOption, optionOf } from '../words/options.ts'
import { enumerate } from '../words/plain.ts'
import { alike, formatPath, isRecord, type Path } from './paths.ts'
import { Places } from './places.ts'
import type { AccessRow, SettingsDraft } from './settings.ts'

export interface Change {
  /** As `formatPath` writes it. */
  readonly path: string
  readonly words: string
}

export function changesOf(base: SettingsDraft, draft: SettingsDraft): readonly Change[] {
  return changesAt([], base, draft)
}

function changesAt(path: Path, before: unknown, after: unknown): readonly Change[] {
  if (alike(before, after)) return []
  if (isWhole(path)) return [change(path, `${nameOf(path)}: ${show(path, before)} → ${show(path, after)}`)]
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(path, before, after)
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap(key => changesAt([...path, key], before[key], after[key]))
  }
  if (before === undefined) return [change(path, `${nameOf(path)}: added ${show(path, after)}`)]
  if (after === undefined) return [change(path, `${nameOf(path)}: removed ${show(path, before)}`)]
  return [change(path, `${nameOf(path)}: ${show(path, before)} → ${show(path, after)}`)]
}

const wholeLists = new Set<unknown>([
  'addresses',
  'forwardTo',
  'to',
  'hosts',
  'retry',
  'dnsServers',
  'localDomains',
  'localNetworks',
  'routers',
])

/** Lists of words are told as one; lists of rows, users and senders entry by entry. */
function isWhole(path: Path): boolean {
  const last = path.at(-1)
  if (path.length === 2 && path[0] === 'aliases') return true
  return wholeLists.has(last) || (path.length > 1 && last === 'users')
}

/** Above so many entries that came or went they are counted, not told one by one. */
const mostTold = 1000

/** Entries that stand in both lists are passed over; of the rest each is edited, added or removed. */
function listChanges(path: Path, before: readonly unknown[], after: readonly unknown[]): readonly Change[] {
  const { fresh, left, isMoved } = pairsOf(before, after)
  if (fresh.length > mostTold || left.length > mostTold) return [counted(path, fresh.length, left.length)]
  const come = fresh.filter(index => {
    const at = left.findIndex(old => alike(before[old], after[index]))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  return [
    ...come
      .slice(0, left.length)
      .flatMap((index, at) => changesAt([...path, index], before[left[at] ?? -1], after[index])),
    ...come
      .slice(left.length)
      .map(index =>
        change([...path, index], `${nameOf(path)}: added ${showEntry(path, after[index], index)}`),
      ),
    ...left
      .slice(come.length)
      .map(index => change(path, `${nameOf(path)}: removed ${showEntry(path, before[index], index)}`)),
    ...(isMoved ? [change(path, `${nameOf(path)}: put in another order`)] : []),
  ]
}

interface Pairs {
  /** Entries of `after` that `before` hasn't as the very same, ascending. */
  readonly fresh: number[]
  /** Those of `before` that `after` hasn't, ascending. */
  readonly left: number[]
  /** Whether those that both have stand in another order. */
  readonly isMoved: boolean
}

/** Lists may be long, and most edits are at one place: what is the very same at both ends is passed over at once. */
function pairsOf(before: readonly unknown[], after: readonly unknown[]): Pairs {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let end = 0
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  const places = new Places(before)
  const taken = new Uint8Array(before.length)
  const fresh: number[] = []
  let [next, isMoved] = [start, false]
  for (let index = start; index < after.length - end; index++) {
    const place = places.find(after[index], next)
    // One that was put in twice is there once.
    if (place === undefined || place < start || place >= before.length - end || taken[place]) {
      fresh.push(index)
      continue
    }
    taken[place] = 1
    if (place < next - 1) isMoved = true
    next = place + 1
  }
  const left: number[] = []
  for (let index = start; index < before.length - end; index++) if (!taken[index]) left.push(index)
  return { fresh, left, isMoved }
}

/** Of a long list that was put in or taken out, one sentence. */
function counted(path: Path, come: number, gone: number): Change {
  const words = [...(come > 0 ? [`${come} added`] : []), ...(gone > 0 ? [`${gone} removed`] : [])]
  return change(path, `${nameOf(path)}: ${words.join(', ')}`)
}

function change(path: Path, words: string): Change {
  return { path: formatPath(path), words }
}

/** `IP Access Restrictions, row 2, Allow Unauth`. */
function nameOf(path: Path): string {
  const parts = path.flatMap((step, at) => {
    const here = path.slice(0, at + 1)
    if (typeof step === 'number') return [`${entryName(path[at - 1])} ${step + 1}`]
    if (at === 1 && (path[0] === 'aliases' || path[0] === 'catchAll')) return [step]
    const option = findOption(here)
    return option ? [option.label] : at === path.length - 1 ? [optionOf(here).label] : []
  })
  return parts.join(', ')
}

function entryName(list: unknown): string {
  if (list === 'listeners') return 'binding'
  if (list === 'routes') return 'sender'
  return list === 'users' ? 'user' : 'row'
}

function showEntry(path: Path, value: unknown, index: number): string {
  const name = `${entryName(path.at(-1))} ${index + 1}`
  if (path.at(-1) === 'access' || path.at(-1) === 'globalAccess')
    return `${name} (${rowWords(value as AccessRow)})`
  if (!isRecord(value)) return String(value)
  if (typeof value['name'] === 'string') return value['name'] || 'a user without a name'
  if (Array.isArray(value['to'])) return `${name} (for ${value['to'].join(', ') || 'no domain yet'})`
  return `${name} (${value['address']}, port ${value['port']})`
}

function show(path: Path, value: unknown): string {
  if (path.at(-1) === 'password') return value === undefined ? 'none' : 'set'
  if (value === 'auto') return 'found by itself'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (Array.isArray(value)) return value.length === 0 ? emptyList(path) : enumerate(value.map(String))
  if (isRecord(value))
    return path.at(-1) === 'login' ? `as ${value['user'] || 'nobody yet'}` : 'something else'
  return choiceLabel(path, value) ?? (value === '' || value === undefined ? 'nothing' : String(value))
}

function emptyList(path: Path): string {
  return path.at(-1) === 'users' ? 'every user' : 'none'
}
