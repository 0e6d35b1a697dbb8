/** What the guard knows, for people: times as the machine's clock shows them. */
import type { IdsSettings } from '../settings/settings.ts'
import type { Block, Engine } from './engine.ts'
import type { Listed } from './lists.ts'
import { type Offence, type OffenceKind, offenceWords } from './offence.ts'
import type { Time } from './time.ts'

/** An offence, or several alike, told. */
export interface OffenceFacts {
  readonly kind: OffenceKind
  /** The account tried, or the recipient; absent where there is none, or there were several. */
  readonly who?: string
  readonly count: number
  /** All together. */
  readonly points: number
  /** Milliseconds since the epoch. */
  readonly first: number
  readonly last: number
}

export interface BlockFacts {
  /** An address, or an IPv6 network of 64 bits. */
  readonly address: string
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly until: number
  readonly points: number
  /** What led to it, in words: `9 wrong passwords`. */
  readonly why: string
  readonly offences: readonly OffenceFacts[]
  /** Connections turned away since. */
  readonly refused: number
  /** Accounts that may log on from there all the while, since they did before. */
  readonly known: readonly string[]
}

export interface SourceFacts {
  readonly address: string
  /** Whether it stands in one of the two lists. */
  readonly listed: Listed
  /** Points within the window, and how many are too many. */
  readonly points: number
  readonly threshold: number
  /** What it did within the window, and led to no block. */
  readonly offences: readonly OffenceFacts[]
  readonly block?: BlockFacts
  readonly known: readonly string[]
}

export function blockFacts(block: Block, engine: Engine, time: Time, ids: IdsSettings): BlockFacts {
  const { source, since, until, points, offences, refused } = block
  return {
    address: source,
    since: time.toWall(since),
    until: time.toWall(until),
    points,
    why: offenceWords(offences),
    offences: offences.map(one => offenceFacts(one, time, ids)),
    refused,
    known: engine.places.at(source, time.now()),
  }
}

export function sourceFacts(
  source: string,
  engine: Engine,
  time: Time,
  ids: IdsSettings,
  listed: Listed,
): SourceFacts {
  const now = time.now()
  const block = listed === 'never' || !ids.enabled ? undefined : engine.blockOf(source, now)
  return {
    address: source,
    listed,
    points: engine.pointsOf(source, now, ids),
    threshold: ids.threshold,
    offences: engine.offencesOf(source, now, ids.window).map(one => offenceFacts(one, time, ids)),
    ...(block && { block: blockFacts(block, engine, time, ids) }),
    known: engine.places.at(source, now),
  }
}

function offenceFacts(offence: Offence, time: Time, { points }: IdsSettings): OffenceFacts {
  const { kind, count, first, last } = offence
  return {
    ...offence,
    points: points[kind] * count,
    first: time.toWall(first),
    last: time.toWall(last),
  }
}
