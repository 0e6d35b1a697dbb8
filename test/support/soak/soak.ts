/** A soak: a relay under good and bad clients, changing settings and failing hops, and what is left when all is well again. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Random, randomOf } from '../disk-crash.ts'
import type { Ending } from '../ending.ts'
import { moods, pick, putInMood } from '../moody-hop.ts'
import { waitFor } from '../wait.ts'
import { badClient } from './bad-clients.ts'
import { changeSettings, restore } from './changes.ts'
import { goodClient } from './good-clients.ts'
import { makeLetter } from './letter.ts'
import { domains, type Stage, setStage, withClient } from './stage.ts'
import { type Counts, differences } from './vitals.ts'

export interface Plan {
  /** Milliseconds that clients come. */
  readonly duration: number
  readonly seed: number
  readonly goodClients: number
  readonly badClients: number
  /** Milliseconds on average between two changes, and between two moods of next hops. */
  readonly pause: number
}

/** At `at` milliseconds from the beginning. */
export interface Sample {
  readonly at: number
  readonly bytes: number
}

export interface Findings {
  readonly stage: Stage
  /** Once a second. */
  readonly resident: readonly Sample[]
  /** After a collection of garbage. */
  readonly kept: readonly Sample[]
  /** What is open afterwards and wasn't at the beginning, or the other way round. */
  readonly descriptors: readonly string[]
  readonly resources: readonly string[]
  /** What the books say, where they don't balance. */
  readonly imbalance: string | undefined
}

/** Milliseconds for everything to leave when all is well again. */
const DRAIN = 120_000
/** Milliseconds after which idle connections to next hops, and whatever else waits, must be closed. */
const REST = 60_000

export async function soak(t: Ending, plan: Plan): Promise<Findings> {
  const stage = await setStage(t)
  await greetAll(stage)
  const before = await atRest(stage)
  const start = performance.now()
  const parts = [
    ...each(plan.goodClients, number => goodClient(number + 1, stage, randomOf(plan.seed + number + 1))),
    ...each(plan.badClients, number => badClient(stage, randomOf(plan.seed + number + 1001))),
    changeSettings(stage, plan.pause, randomOf(plan.seed + 2001)),
    changeMoods(stage, plan.pause, randomOf(plan.seed + 2002)),
    collectAll(stage),
  ]
  const resident = sample(stage, start, 1000, () => stage.vitals.resident())
  const kept = sample(stage, start, Math.max(2000, plan.duration / 60), () => bytesKept(stage))
  // A part that fails ends the soak at once.
  const over = new AbortController()
  await Promise.race([sleep(plan.duration, undefined, { signal: over.signal }), Promise.all(parts)])
  over.abort()
  stage.isOver = true
  await Promise.all(parts)
  await drain(stage)
  const after = await atRest(stage, before)
  return {
    stage,
    resident: await resident,
    kept: await kept,
    descriptors: differences(before.descriptors, after.descriptors),
    resources: differences(before.resources, after.resources),
    imbalance: imbalanceOf(stage),
  }
}

function each(count: number, make: (number: number) => Promise<void>): readonly Promise<void>[] {
  return Array.from({ length: count }, (_, number) => make(number))
}

/** A letter to everywhere, so that whatever opens once is open at the beginning. */
async function greetAll(stage: Stage): Promise<void> {
  const letter = makeLetter('g0m0', 'fred@example.com', randomOf(0))
  const to = [...domains.map(domain => `g0m0@${domain}`), 'support@example.com']
  stage.ledger.send(letter)
  for (const tls of [false, true])
    await withClient(
      stage,
      '127.0.1.2',
      async client => {
        const begin = ['MAIL FROM:<fred@example.com>', ...to.map(one => `RCPT TO:<${one}>`), 'DATA']
        await client.say(...begin)
        const reply = await client.ask(letter.wire)
        if (!reply.startsWith('250')) throw new Error(`The first letter is refused: ${reply}`)
      },
      tls,
    )
  await waitFor('the first letters', () =>
    stage.hops.every(hop => hop.taken.length === 2) ? true : undefined,
  )
  await stage.collect()
  // The books of the soak begin after it.
  stage.ledger.arrivals.length = 0
}

interface Rest {
  readonly descriptors: Counts
  readonly resources: Counts
}

/** What the relay holds without a session and without mail; waits for what it was before, as long as `REST`. */
async function atRest({ vitals, hops }: Stage, before?: Rest): Promise<Rest> {
  await waitFor(
    'the relay to close its connections',
    () => (hops.every(hop => hop.sockets.size === 0) ? true : undefined),
    REST,
  )
  const end = performance.now() + REST
  for (let last: Rest | undefined; ; await sleep(500)) {
    const now = { descriptors: await vitals.descriptors(), resources: (await vitals.kept()).resources }
    if (isSame(now, before ?? last) || performance.now() > end) return now
    last = now
  }
}

function isSame(one: Rest, other: Rest | undefined): boolean {
  if (!other) return false
  const { descriptors, resources } = other
  return (
    differences(descriptors, one.descriptors).length === 0 &&
    differences(resources, one.resources).length === 0
  )
}

async function bytesKept({ vitals }: Stage): Promise<number> {
  return (await vitals.kept()).used
}

async function sample(
  stage: Stage,
  start: number,
  every: number,
  measure: () => Promise<number>,
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (let turn = 1; !stage.isOver; turn++) {
    await sleep(Math.max(0, start + turn * every - performance.now()))
    if (!stage.isOver) samples.push({ at: performance.now() - start, bytes: await measure() })
  }
  return samples
}

async function changeMoods(stage: Stage, pause: number, random: Random): Promise<void> {
  while (!stage.isOver) {
    const mood = random() < 0.4 ? 'well' : pick(moods, random)
    stage.count(`hops: ${mood}`)
    await putInMood(pick(stage.hops, random), mood, random, random() < 0.5)
    await sleep(random() * 2 * pause)
  }
}

async function collectAll(stage: Stage): Promise<void> {
  for (; !stage.isOver; await sleep(200)) await stage.collect()
}

/** All is well again, and everything goes out. */
async function drain(stage: Stage): Promise<void> {
  for (const hop of stage.hops) await putInMood(hop, 'well', randomOf(0), true)
  await restore(stage)
  const everything = { ids: [], all: true } as const
  for (const end = performance.now() + DRAIN; ; await sleep(500)) {
    const left = await stage.ask(async control => {
      await control.releaseMessages(everything)
      await control.retryMessages(everything)
      const { queue, sessions } = await control.status()
      return { queue: queue.messages, sessions }
    })
    await stage.collect()
    if (left.queue === 0 && left.sessions === 0) return
    if (performance.now() < end) continue
    stage.problems.push(`${left.queue} messages and ${left.sessions} sessions are still there`)
    return
  }
}

function imbalanceOf({ ledger: { books, arrivals, bounced } }: Stage): string | undefined {
  try {
    books.check(arrivals, [], bounced)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
