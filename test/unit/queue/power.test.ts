/** Power cuts: the spool's own calls are recorded, and every disk that they may leave behind is opened again. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type TestContext, test } from 'node:test'
import { DamagedContent, Spool } from '../../../app/queue/spool.ts'
import { crash, type Random, randomOf } from '../../support/disk-crash.ts'
import { type DiskRecording, recordDisk } from '../../support/disk-recording.ts'
import { makeFolder } from '../../support/folder.ts'
import {
  commit,
  delivered,
  held,
  messageOf,
  openSpool,
  readContent,
  states,
  tiny,
} from '../../support/spool.ts'

/** What was asked of the spool and promised by it, with the recording's times. */
interface Life {
  readonly content: Buffer
  readonly asked: number
  acknowledged?: number
  refused?: number
  heldAt?: number
  finished?: number
}

interface History {
  /** Syncs failed now and then: what was refused may be there when the power fails before it is cut off. */
  readonly faulty: boolean
  readonly lives: Map<string, Life>
  closed?: number
}

const pick = (random: Random, from: number, below: number) => from + Math.floor(random() * (below - from))

async function live(
  spool: Spool,
  recording: DiskRecording,
  random: Random,
  faulty: boolean,
): Promise<History> {
  recording.fails = ({ kind }, path) => faulty && kind === 'sync' && path.endsWith('.spool') && random() < 0.1
  const lives = new Map<string, Life>()
  const running: Promise<void>[] = []
  for (let step = 0; step < 60; step++) {
    const known = [...lives].filter(
      ([, life]) => life.acknowledged !== undefined && life.finished === undefined,
    )
    const [id, life] = known[pick(random, 0, known.length)] ?? []
    const what = random()
    if (what < 0.5 || id === undefined || !life) {
      running.push(take(spool, recording, lives, `m${String(step).padStart(3, '0')}`, random))
    } else if (what < 0.6) {
      life.heldAt ??= recording.mark()
      spool.update(id, states(held))
    } else {
      life.finished = recording.mark()
      spool.update(id, states(delivered))
    }
    if (random() < 0.5) await Promise.race(running)
    if (random() < 0.1) await Promise.all(running)
  }
  await Promise.all(running)
  const history: History = { lives, faulty }
  recording.fails = () => false
  await spool.close()
  history.closed = recording.mark()
  return history
}

async function take(
  spool: Spool,
  recording: DiskRecording,
  lives: Map<string, Life>,
  id: string,
  random: Random,
): Promise<void> {
  const length = random() < 0.15 ? pick(random, 65_537, 70_000) : pick(random, 0, 900)
  const life: Life = { content: Buffer.alloc(length, `${id} `), asked: recording.mark() }
  lives.set(id, life)
  try {
    await commit(spool, messageOf(id, length), life.content)
    life.acknowledged = recording.mark()
  } catch {
    life.refused = recording.mark()
  }
}

/** What a power cut at `time` leaves. */
async function cutPower(
  t: TestContext,
  from: string,
  recording: DiskRecording,
  time: number,
  random: Random,
): Promise<string> {
  const folder = await makeFolder(t)
  await mkdir(join(folder, 'large'))
  for (const [path, bytes] of crash(recording.calls, time, random).files)
    await writeFile(join(folder, relative(from, path)), bytes)
  return folder
}

/** Opens a folder as it was left at `time`, and checks that every promise is kept. */
async function check(
  t: TestContext,
  folder: string,
  { lives, closed, faulty }: History,
  time: number,
): Promise<void> {
  const { spool, reports, close } = await openSpool(t, folder, tiny)
  const word = `at ${time}: ${reports.join(' ')}`
  // A commit that was acknowledged brought everything before it to the disk.
  const isSafe = (at: number) =>
    (at < time && closed !== undefined && closed < time) ||
    [...lives.values()].some(life => life.asked > at && (life.acknowledged ?? time) < time)
  for (const [
    id,
    { content, asked, acknowledged = time, finished = Infinity, refused = time, heldAt = Infinity },
  ] of lives) {
    const there = spool.get(id)
    if (acknowledged < time && finished >= time)
      assert.ok(there, `${id} was acknowledged and is gone ${word}`)
    if (asked >= time) assert.equal(there, undefined, `${id} is there before its time ${word}`)
    if (refused < time && !faulty) assert.equal(there, undefined, `${id} was refused and is there ${word}`)
    if (there && (acknowledged < time || !(await isDamaged(spool, id))))
      assert.ok((await readContent(spool, id)).equals(content), `content of ${id} ${word}`)
    if (isSafe(finished)) assert.equal(there, undefined, `${id} was finished and is there ${word}`)
    if (there && isSafe(heldAt)) assert.equal(there.states[0]?.kind, 'held', `${id} ${word}`)
  }
  const found = [...spool.messages()]
  await close()
  const again = await openSpool(t, folder, tiny)
  assert.deepEqual([...again.spool.messages()], found, word)
  await again.close()
}

function isDamaged(spool: Spool, id: string): Promise<boolean> {
  return spool.content(id).then(
    () => false,
    error => error instanceof DamagedContent,
  )
}

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))

for (const faulty of [false, true]) {
  test(`nothing acknowledged is lost in a power cut${faulty ? ' after failed syncs' : ''} (SEED=${SEED})`, async t => {
    for (let round = 0; round < 6; round++) {
      await t.test(`round ${round}`, async t => {
        const random = randomOf(SEED + round)
        const from = await makeFolder(t)
        const recording = await recordDisk(t, from)
        const spool = await Spool.open(from, () => {}, tiny)
        const history = await live(spool, recording, random, faulty)
        const end = recording.mark()
        // Every moment of the first round, from its beginning to its end; of the others some.
        const step = () => (round === 0 ? 1 : pick(random, 1, 40))
        for (let time = round === 0 ? 0 : pick(random, 0, 20); time < end; time += step())
          await check(t, await cutPower(t, from, recording, time, random), history, time)
        for (let again = 0; again < 5; again++)
          await check(t, await cutPower(t, from, recording, end, random), history, end)
        await check(t, from, { ...history, faulty: false }, end)
      })
    }
  })
}
