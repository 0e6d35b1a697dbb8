/** The file that keeps the guard's blocks and places; its times are the machine's clock's. */
import { isObject } from '../settings/path.ts'
import { readPlainText } from '../settings/plain-file.ts'
import { replaceFile } from '../settings/replace.ts'
import { errorCode } from '../settings/system-error.ts'
import type { Block, Engine } from './engine.ts'
import { OFFENCE_KINDS, type Offence, type OffenceKind } from './offence.ts'
import type { Place } from './places.ts'
import { readSource } from './source.ts'
import type { Time } from './time.ts'

interface State {
  readonly blocks: readonly Block[]
  readonly places: readonly Place[]
}

/** Bytes; a file that is larger is none of ours. */
const LARGEST = 128 * 1024 ** 2

/** Nothing where there is no file; rejects where it can't be understood. Entries that are none of ours are left out. */
export async function readState(file: string, time: Time): Promise<State> {
  const text = await readPlainText(file).catch(error => {
    if (errorCode(error) === 'ENOENT') return '{}'
    throw error
  })
  const raw: unknown = JSON.parse(text.length > LARGEST ? '' : text)
  if (!isObject(raw)) throw new Error('it holds no object')
  const written = numberOf(raw['written'])
  // A clock that was set back since shows no time that has passed.
  const passed = Math.max(0, time.wall() - written)
  const at = (wall: unknown) => time.now() - passed - (written - Math.min(written, numberOf(wall)))
  return {
    blocks: listOf(raw['blocks']).flatMap(one => readBlock(one, at, time.now() - passed)),
    places: listOf(raw['places']).flatMap(one => readPlace(one, at)),
  }
}

/** Whole or not at all; rejects with the system's error. */
export function writeState(file: string, engine: Engine, time: Time): Promise<void> {
  const now = time.now()
  const blocks = engine.blocks(now).map(({ offences, since, until, ...block }) => ({
    ...block,
    since: time.toWall(since),
    // How long it still lasts counts, not what a clock shows that may be set.
    left: Math.round(until - now),
    offences: offences.map(one => ({ ...one, first: time.toWall(one.first), last: time.toWall(one.last) })),
  }))
  const places = engine.places.all(now).map(one => ({ ...one, last: time.toWall(one.last) }))
  return replaceFile(file, `${JSON.stringify({ written: time.wall(), blocks, places }, undefined, 1)}\n`)
}

type At = (wall: unknown) => number

function readBlock(raw: unknown, at: At, written: number): readonly Block[] {
  if (!isObject(raw)) return []
  const source = sourceIn(raw['source'])
  const [left, points, refused] = [raw['left'], raw['points'], raw['refused']].map(numberOf)
  if (source === undefined || left === undefined) return []
  const offences = listOf(raw['offences']).flatMap(one => readOffence(one, at))
  const facts = { points: points ?? 0, offences, refused: refused ?? 0 }
  return [{ source, since: at(raw['since']), until: written + left, ...facts }]
}

function readOffence(raw: unknown, at: At): readonly Offence[] {
  if (!isObject(raw) || !isKind(raw['kind'])) return []
  const { kind, who } = raw
  const [count, first, last] = [numberOf(raw['count']), at(raw['first']), at(raw['last'])]
  return [{ kind: kind as OffenceKind, ...(typeof who === 'string' && { who }), count, first, last }]
}

function readPlace(raw: unknown, at: At): readonly Place[] {
  if (!isObject(raw) || typeof raw['account'] !== 'string') return []
  const source = sourceIn(raw['source'])
  return source === undefined ? [] : [{ account: raw['account'], source, last: at(raw['last']) }]
}

function sourceIn(raw: unknown): string | undefined {
  return typeof raw === 'string' ? readSource(raw) : undefined
}

function isKind(raw: unknown): raw is OffenceKind {
  return OFFENCE_KINDS.some(kind => kind === raw)
}

function listOf(raw: unknown): readonly unknown[] {
  return Array.isArray(raw) ? raw : []
}

function numberOf(raw: unknown): number {
  return typeof raw === 'number' && Number.isFinite(raw) && raw >= 0 ? raw : 0
}
