/** The relay killed at any moment while mail flows through it: nothing it acknowledged is lost. */
import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SmtpClient } from '../support/client.ts'
import { type Random, randomOf } from '../support/disk-crash.ts'
import type { Ending } from '../support/ending.ts'
import { type Installation, installAsIs, portOf } from '../support/installation.ts'
import { officeSettings } from '../support/relay-on-folder.ts'
import { startSink } from '../support/sink.ts'
import { waitFor } from '../support/wait.ts'

const KILLS = 22
const CLIENTS = 6
/** A message may come twice when a kill came so soon after it was sent, milliseconds. */
const IN_FLIGHT = 1000
/** What a relay had sent when it was killed may be read so much later, milliseconds. */
const LATE = 300

type Way = 'elsewhere' | 'local' | 'held'

interface Mail {
  readonly id: string
  readonly way: Way
  readonly content: string
}

/** What the clients know. */
interface Sent {
  readonly mails: Map<string, Mail>
  readonly acknowledged: Set<string>
}

const domains: Readonly<Record<Way, string>> = {
  elsewhere: 'elsewhere.example',
  local: 'local.example',
  held: 'held.example',
}

function compose(id: string, random: Random): Mail {
  const way = random() < 0.1 ? 'held' : random() < 0.1 ? 'local' : 'elsewhere'
  const lines = random() < 0.05 ? 3000 : Math.floor(random() * 60)
  const body = Array.from({ length: lines }, (_, line) => `${id} line ${line} of this message\r\n`)
  return { id, way, content: `Subject: ${id}\r\n\r\n${body.join('')}end of ${id}\r\n` }
}

/** Where the relay listens; undefined while it doesn't run. */
interface Target {
  port: number | undefined
  over: boolean
}

async function client(t: Ending, number: number, target: Target, sent: Sent, random: Random): Promise<void> {
  for (let count = 0; !target.over; ) {
    const { port } = target
    if (port === undefined) {
      await sleep(5)
      continue
    }
    try {
      const smtp = await SmtpClient.open(t, { host: '127.0.0.1', port })
      await smtp.ask('EHLO client.example')
      while (!target.over) await send(smtp, compose(`c${number}m${count++}`, random), sent)
      smtp.reset()
    } catch (error) {
      // The relay was killed: on with the next one.
      if (error instanceof assert.AssertionError) throw error
    }
  }
}

async function send(smtp: SmtpClient, mail: Mail, { mails, acknowledged }: Sent): Promise<void> {
  const { id, way, content } = mail
  mails.set(id, mail)
  const to = way === 'local' ? 'fred' : id
  smtp.send(`MAIL FROM:<${id}@local.example>\r\nRCPT TO:<${to}@${domains[way]}>\r\nDATA\r\n`)
  const replies = [await smtp.reply(), await smtp.reply(), await smtp.reply()]
  assert.deepEqual(
    replies.map(reply => reply.slice(0, 3)),
    ['250', '250', '354'],
    replies.join('\n'),
  )
  smtp.send(`${content}.\r\n`)
  const reply = await smtp.reply()
  assert.match(reply, /^250 /)
  acknowledged.add(id)
}

interface Arrival {
  readonly id: string
  readonly time: number
  readonly content: string
}

/** A next hop that takes everything, and what came. */
async function startNextHop(t: Ending): Promise<{ readonly address: string; readonly arrivals: Arrival[] }> {
  const arrivals: Arrival[] = []
  const { address } = await startSink(t, {
    reply: ({ stage, transaction }) => {
      if (stage !== 'content') return undefined
      const content = transaction.content.toString()
      arrivals.push({ id: idOf(content), time: Date.now(), content })
      return undefined
    },
  })
  return { address, arrivals }
}

function idOf(content: string): string {
  return /^Subject: (\w+)\r?$/m.exec(content)?.[1] ?? ''
}

interface Queued {
  readonly id: string
  readonly envelope: { readonly reversePath: string }
  readonly states: readonly { readonly kind: string; readonly by?: string }[]
}

const sender = ({ envelope }: Queued) => envelope.reversePath.split('@')[0] ?? ''

async function listQueue(installation: Installation): Promise<Queued[]> {
  return (await installation.facts('queue', 'list', '--limit', '100000')) as Queued[]
}

/** A person holds one message and removes another; their clients' ids. */
async function meddle(installation: Installation): Promise<{ held: string; removed: string }> {
  const [held, removed] = (await listQueue(installation)).filter(({ states }) => states[0]?.kind === 'held')
  assert.ok(held && removed)
  await installation.run(['queue', 'hold', held.id])
  await installation.run(['queue', 'remove', removed.id])
  return { held: sender(held), removed: sender(removed) }
}

/** Nothing may come twice, unless a kill came between, so soon after the first that it wasn't noted. */
function checkCopies(arrivals: readonly Arrival[], kills: readonly number[]): number {
  const last = new Map<string, number>()
  const [first = 0] = kills
  let copies = 0
  for (const { id, time } of arrivals) {
    const before = last.get(id)
    last.set(id, time)
    if (before === undefined) continue
    copies++
    const excused = kills.some(kill => kill <= time && kill - IN_FLIGHT < before && before < kill + LATE)
    assert.ok(
      excused,
      `${id} came twice, ${before - first} and ${time - first} ms after the first of the kills at ${kills.map(kill => kill - first).join()}`,
    )
  }
  return copies
}

/** What was acknowledged is where it belongs, with all of its content. */
async function checkAll(
  installation: Installation,
  { mails, acknowledged }: Sent,
  arrivals: readonly Arrival[],
  removed: string,
): Promise<void> {
  const arrived = new Map(arrivals.map(({ id, content }) => [id, content]))
  // A mailbox has the line ends of its machine.
  const letters = (await installation.mailbox('fred')).map(letter => letter.replace(/\r?\n/g, '\r\n'))
  const mailbox = new Map(letters.map(content => [idOf(content), content]))
  const queued = new Map((await listQueue(installation)).map(one => [sender(one), one.states[0]?.kind]))
  assert.equal(queued.has(removed), false, 'what a person removed is back')
  for (const id of acknowledged) {
    const { way, content } = mails.get(id) ?? assert.fail()
    if (id === removed) continue
    if (way === 'held') assert.equal(queued.get(id), 'held', `${id} was held and is lost`)
    else {
      const found = (way === 'local' ? mailbox : arrived).get(id)
      assert.ok(found !== undefined, `${id} was acknowledged and is lost (${way})`)
      assert.ok(found.endsWith(content), `${id} isn't what was sent`)
    }
  }
}

async function makeInstallation(t: Ending, nextHop: string): Promise<Installation> {
  const installation = await installAsIs(t)
  await mkdir(installation.folder, { recursive: true, mode: 0o700 })
  const delivery = {
    routes: [
      { to: [domains.held], via: 'hold' },
      { to: ['*'], via: 'smart-host', hosts: [nextHop], encryption: 'none' },
    ],
  }
  await writeFile(join(installation.folder, 'settings.json'), JSON.stringify(officeSettings(delivery)))
  return installation
}

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))

test(`killed ${KILLS} times, the relay loses nothing it acknowledged (SEED=${SEED})`, async t => {
  const random = randomOf(SEED)
  const { address, arrivals } = await startNextHop(t)
  const installation = await makeInstallation(t, address)
  const sent: Sent = { mails: new Map(), acknowledged: new Set() }
  const target: Target = { port: undefined, over: false }
  const clients = Promise.all(
    Array.from({ length: CLIENTS }, (_, number) => client(t, number, target, sent, randomOf(SEED + number))),
  )
  const kills: number[] = []
  let meddled: { held: string; removed: string } | undefined
  while (kills.length < KILLS) {
    const relay = await installation.serve()
    target.port = portOf(relay)
    await sleep(20 + random() * 380)
    if (kills.length === KILLS / 2) meddled = await meddle(installation)
    kills.push(Date.now())
    await relay.kill()
    target.port = undefined
  }
  target.over = true
  await clients

  const relay = await installation.serve()
  const missing = () => {
    const arrived = new Set(arrivals.map(({ id }) => id))
    return [...sent.acknowledged].filter(id => sent.mails.get(id)?.way === 'elsewhere' && !arrived.has(id))
  }
  await waitFor('all to arrive', () => (missing().length === 0 ? true : undefined), 20_000).catch(() => {})
  await waitFor('an idle queue', async () =>
    (await listQueue(installation)).every(({ states }) => states[0]?.kind === 'held') ? true : undefined,
  )
  const { held, removed } = meddled ?? assert.fail()
  await checkAll(installation, sent, arrivals, removed)
  const byHand = (await listQueue(installation)).find(one => sender(one) === held)
  assert.equal(byHand?.states[0]?.by, 'person')
  const copies = checkCopies(arrivals, kills)
  assert.deepEqual(await readdir(join(installation.folder, 'spool', 'damaged')), [])
  t.diagnostic(`${sent.acknowledged.size} acknowledged, ${sent.mails.size} sent, ${copies} came twice`)
  assert.equal((await relay.end()).code, 0)
})
