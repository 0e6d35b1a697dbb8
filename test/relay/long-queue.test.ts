/** A long queue: the relay is soon ready, and what a person does with all of it keeps no session waiting. */
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { QueueCounts } from '../../app/control/control.ts'
import { makeFolder } from '../support/folder.ts'
import { installAsIs } from '../support/installation.ts'
import { fillQueue, watchTurns } from '../support/long-queue.ts'
import { postern, runProcess } from '../support/process.ts'
import { officeSettings, type RunningRelay, startRelay } from '../support/relay-on-folder.ts'
import { waitFor } from '../support/wait.ts'

const HELD = { kind: 'held', attempts: 1, by: 'person', why: 'held by hand' } as const
/** Nobody listens there. */
const HOP = '127.0.0.1:1'
const SETTINGS = officeSettings({
  routes: [{ to: ['*'], via: 'smart-host', encryption: 'none', hosts: [HOP] }],
  retry: ['1h'],
})

function waitingFor(hop: string) {
  const reply = { code: 451, status: '4.4.1', text: `${hop} can't be reached: connection refused` }
  return { kind: 'waiting', attempts: 0, next: Date.now() + 3_600_000, reply, hop } as const
}

/** Seconds, as the test's name says: 1.2 of the processor's on a small server, whose speed goes up and down by half. */
const MOST_SECONDS = 2

test('with a hundred thousand messages the command is ready within two seconds', async t => {
  const folder = await makeFolder(t)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'settings.json'), JSON.stringify(SETTINGS))
  await fillQueue(folder, 100_000, waitingFor(HOP))
  const postern = await installAsIs(t, folder)
  const starts: number[] = []
  for (let count = 0; count < 3; count++) {
    const start = performance.now()
    const relay = await postern.serve()
    const seconds = (performance.now() - start) / 1000
    starts.push(await cpuOf(relay.pid))
    t.diagnostic(`${seconds.toFixed(2)} s by the clock, ${starts.at(-1)?.toFixed(2)} s of CPU`)
    await relay.end()
  }
  const least = Math.min(...starts)
  assert.ok(least < MOST_SECONDS, `${least} s of CPU until it was ready`)
})

/** Seconds of CPU, from Linux's /proc in hundredths; other work on the machine makes it no more. */
async function cpuOf(pid: number): Promise<number> {
  const [, times = ''] = (await readFile(`/proc/${pid}/stat`, 'latin1')).split(') ')
  const [user = 0, system = 0] = times.split(' ').slice(11, 13).map(Number)
  return (user + system) / 100
}

/** Of the events only their number is kept here. */
function counting(relay: RunningRelay): () => number {
  let told = 0
  relay.relay.subscribe(() => {
    told++
    relay.events.length = 0
  })
  return () => told
}

/** Until all that is going on has come to rest, by the log, with these counts. */
async function settled(relay: RunningRelay, told: () => number, counts: QueueCounts): Promise<void> {
  const rest = async () => {
    const before = told()
    const { queue } = await relay.control.status()
    await new Promise(resolve => setTimeout(resolve, 300))
    return (told() === before && isDeepStrictEqual(queue, counts)) || undefined
  }
  await waitFor('the queue at rest', rest, 60_000)
}

/** Bytes in use once all that isn't is gone. */
function memory(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  // What lay outside the heap goes with the second.
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function rss(): number {
  return Math.round(process.memoryUsage.rss() / 1024 ** 2)
}

const COUNT = 20_000
/** Milliseconds until other sessions get their turn: 9 on a busy server. */
const MOST_OF_A_LIST = 50
/** 60 to 100 on a busy server, nearly all of it for the memory to be cleared. */
const MOST_AT_ONCE = 250
/** Bytes that each message may have more: its last reply, its place in the line of its next hop, and its time. */
const MOST_MORE = 1500

test('operations on all of a long queue and lists of it leave sessions their turns, and no memory behind', async t => {
  const folder = await makeFolder(t)
  await fillQueue(folder, COUNT, HELD)
  const relay = await startRelay(t, folder, SETTINGS)
  const told = counting(relay)
  await settled(relay, told, { messages: COUNT, waiting: 0, held: COUNT })
  let before = 0
  const turns = watchTurns()
  t.after(() => turns.stop())
  const says: string[] = []
  for (const words of [
    'list --json --limit 100000',
    'release --all',
    'retry',
    'hold --all',
    'release --all',
  ]) {
    const cpu = process.cpuUsage()
    const start = performance.now()
    const { code, stdout } = await runProcess(t, postern('queue', ...words.split(' ')), {
      env: { POSTERN_DATA: folder },
      timeout: 120_000,
    })
    const { user, system } = process.cpuUsage(cpu)
    assert.equal(code, 0)
    // What the list printed stays with the test.
    if (words.startsWith('list')) {
      assert.ok(turns.longest() < MOST_OF_A_LIST, `${turns.longest()} ms at once for a list`)
      before = memory()
    }
    says.push(words.startsWith('list') ? `${JSON.parse(stdout).length}` : stdout.trim())
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    t.diagnostic(
      `${words}: ${seconds} s, ${((user + system) / 1e6).toFixed(1)} s of CPU, ${Math.round(turns.longest())} ms at once, ${rss()} MiB`,
    )
  }
  assert.deepEqual(says, [
    `${COUNT}`,
    `Released ${COUNT} messages.`,
    `Will now try ${COUNT} messages.`,
    `Held ${COUNT} messages.`,
    `Released ${COUNT} messages.`,
  ])
  assert.ok(turns.longest() < MOST_AT_ONCE, `${turns.longest()} ms at once`)
  turns.stop()
  await settled(relay, told, { messages: COUNT, waiting: COUNT, held: 0 })
  const more = (memory() - before) / COUNT
  t.diagnostic(`${Math.round(more)} bytes more for each message, ${rss()} MiB`)
  assert.ok(more < MOST_MORE, `${more} bytes more for each message`)
})
