/** Faults of every kind, in random order from a printed seed, while mail flows: the books balance at the end. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Arrival, Books, type Bounce, type Entry } from '../support/books.ts'
import { makeCertificate } from '../support/certificate.ts'
import { SmtpClient } from '../support/client.ts'
import { type Random, randomOf } from '../support/disk-crash.ts'
import { type DnsServer, startDns, type Zone } from '../support/dns-server.ts'
import type { Ending } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { type Installation, installAsIs, portOf } from '../support/installation.ts'
import { moods, pick, putInMood } from '../support/moody-hop.ts'
import { type NextHop, startNextHop, type Taken } from '../support/next-hop.ts'
import { type Process, postern, startProcess } from '../support/process.ts'
import { officeSettings } from '../support/relay-on-folder.ts'
import { makeClock, type SetClock } from '../support/set-clock.ts'
import { makeSmallDisk, type SmallDisk } from '../support/small-disk.ts'
import { waitFor } from '../support/wait.ts'

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
const STEPS = Number(process.env['STEPS'] ?? 60)
const CLIENTS = 3
/** What was sent so short before a fault may not be noted yet, milliseconds. */
const IN_FLIGHT = 1500
const DAY = 86_400
/** Bytes of the disk that holds the spool. */
const DISK = 24 * 2 ** 20

const run = promisify(execFile)
/** The third by its mail exchanger, which the DNS names. */
const domains = ['plain.example', 'secure.example', 'direct.example', 'tls.example'] as const
/** Which hops have TLS, and which from the start. */
const withTls: ReadonlySet<number> = new Set([1, 3])
const IMPLICIT = 3

const zone: Zone = {
  'direct.example': { MX: ['10 mx.direct.example'] },
  'mx.direct.example': { A: ['127.0.0.1'] },
}

/** Everything that can go wrong, and what has. */
interface Stage {
  readonly installation: Installation
  readonly clock: SetClock
  readonly disk: SmallDisk
  readonly hops: readonly NextHop[]
  readonly dns: DnsServer
  readonly certificates: readonly { readonly key: string; readonly cert: string }[]
  readonly books: Books
  readonly random: Random
  readonly log: string[]
  readonly env: NodeJS.ProcessEnv
  relay: Process | undefined
  over: boolean
}

function settingsOf([plain, secure, direct, tls]: readonly NextHop[], dns: DnsServer): object {
  const hop = (to: string, next: NextHop | undefined, encryption: string) => ({
    to: [to],
    via: 'smart-host',
    hosts: [`localhost:${next?.port}`],
    encryption,
  })
  const routes = [
    hop(domains[0], plain, 'none'),
    hop(domains[1], secure, 'starttls-required'),
    { to: [domains[2]], via: 'mx', port: direct?.port, encryption: 'none' },
    hop(domains[3], tls, 'tls'),
  ]
  const times = { retry: ['1s'], giveUpAfter: '30d', warnAfter: '20d' }
  return officeSettings({ routes, dnsServers: [dns.address], ...times })
}

async function setStage(t: Ending, random: Random): Promise<Stage> {
  const disk = await makeSmallDisk(t, DISK)
  const installation = await installAsIs(t, join(disk.folder, 'data'))
  const [good, bad] = [
    await makeCertificate(await makeFolder(t)),
    await makeCertificate(await makeFolder(t), { names: 'DNS:somebody.else.example' }),
  ]
  const scripts = [{}, { tls: good }, {}, { tls: { ...good, implicit: true } }]
  const hops = await Promise.all(scripts.map(script => startNextHop(t, script)))
  const dns = await startDns(t, zone)
  await mkdir(installation.folder, { recursive: true, mode: 0o700 })
  await writeFile(join(installation.folder, 'settings.json'), JSON.stringify(settingsOf(hops, dns)))
  const clock = await makeClock(t)
  return {
    ...{
      installation,
      clock,
      disk,
      hops,
      dns,
      random,
      certificates: [good, bad],
      books: new Books(),
      log: [],
    },
    env: { ...installation.env, ...clock.env, NODE_EXTRA_CA_CERTS: good.caFile },
    relay: undefined,
    over: false,
  }
}

async function serve(t: Ending, stage: Stage): Promise<void> {
  const relay = await startProcess(t, postern('serve'), { env: stage.env })
  await relay.waitFor(/^ready$/m)
  stage.relay = relay
}

/** Sends as long as the stage is on; an answer that doesn't come is nobody's promise. */
async function client(t: Ending, number: number, stage: Stage, random: Random): Promise<void> {
  for (let count = 0; !stage.over; ) {
    const { relay } = stage
    if (!relay) {
      await sleep(10)
      continue
    }
    try {
      const smtp = await SmtpClient.open(t, { host: '127.0.0.1', port: portOf(relay) })
      await smtp.ask('EHLO client.example')
      while (!stage.over && (await send(smtp, `c${number}m${count++}`, stage, random)))
        await sleep(20 + random() * 60)
      smtp.reset()
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
      // The relay was killed, or has no room for a session now.
      await sleep(20)
    }
  }
}

/** False where the session is of no more use. */
async function send(smtp: SmtpClient, id: string, { books }: Stage, random: Random): Promise<boolean> {
  const to = domains.filter(() => random() < 0.6).map(domain => `${id}@${domain}`)
  if (to.length === 0) to.push(`${id}@${domains[0]}`)
  const replies = [await smtp.ask('MAIL FROM:<fred@local.example>')]
  for (const one of to) replies.push(await smtp.ask(`RCPT TO:<${one}>`))
  replies.push(await smtp.ask('DATA'))
  if (!replies.every(reply => /^[23]/.test(reply))) {
    assert.match(
      replies.find(reply => !/^[23]/.test(reply)) ?? '',
      /^4/,
      `refused for good: ${replies.join('; ')}`,
    )
    return !replies.some(reply => reply.startsWith('421')) && /^250/.test(await smtp.ask('RSET'))
  }
  const body = 'a line of the message\r\n'.repeat(random() < 0.25 ? 4000 : 20)
  smtp.send(`Subject: ${id}\r\n\r\n${body}.\r\n`)
  const reply = await smtp.reply()
  if (reply.startsWith('250')) books.accept(id, to)
  else assert.match(reply, /^4/, 'a fault of ours is never for good')
  return !reply.startsWith('421')
}

/** What happens in one step; it says what it did. */
type Fault = (t: Ending, stage: Stage) => Promise<string>

const changeMood: Fault = async (_t, { hops, certificates, random }) => {
  const which = Math.floor(random() * hops.length)
  const hop = hops[which] ?? assert.fail()
  const mood = pick(moods, random)
  const cut = random() < 0.5
  const isWrong = withTls.has(which) && random() < 0.25
  showCertificate(hop, which, certificates[isWrong ? 1 : 0])
  await putInMood(hop, mood, random, cut)
  return `hop ${which} ${mood}${cut ? ' at once' : ''}${isWrong ? ', with a wrong certificate' : ''}`
}

function showCertificate(
  hop: NextHop,
  which: number,
  certificate: Stage['certificates'][number] | undefined,
) {
  if (!withTls.has(which) || !certificate) return
  hop.script = { ...hop.script, tls: { ...certificate, implicit: which === IMPLICIT } }
}

/** It is silent until its client gives up, fails, talks nonsense, or answers truly. */
const changeDns: Fault = async (_t, { dns, random }) => {
  const manner = pick(
    ['silence', 'silence', 'SERVFAIL', 'REFUSED', 'lame', 'rubbish', undefined] as const,
    random,
  )
  const name = pick(Object.keys(zone), random)
  await dns.setZone(manner ? { ...zone, [name]: manner } : zone)
  return `the DNS answers for ${name} with ${manner ?? 'the truth'}`
}

const fillDisk: Fault = async (_t, { disk }) => {
  await disk.fill()
  return 'the disk is full'
}

const readOnly: Fault = async (_t, { disk, installation }) => {
  await disk.makeReadOnly(join(installation.folder, 'spool'))
  return 'the spool is read-only'
}

const mendDisk: Fault = async (_t, { disk }) => {
  await disk.free()
  await disk.makeWritable()
  return 'the disk is whole'
}

/** Nothing can be opened for a moment: as with 2,000 files open of 2,000. */
const noFiles: Fault = async (_t, { relay, random }) => {
  const limit = (files: string) => run('prlimit', ['--pid', `${relay?.pid}`, `--nofile=${files}:`])
  const open = (await readdir(`/proc/${relay?.pid}/fd`)).length
  await limit(`${open + Math.floor(random() * 4)}`)
  await sleep(100 + random() * 400)
  await limit('2000')
  return 'no file could be opened'
}

const jumpClock: Fault = async (_t, { clock, random }) => {
  const seconds = pick([DAY, -DAY, 3600, -3600], random)
  clock.jump(seconds)
  return `the clock jumped by ${seconds / 3600} h`
}

const sleepAndWake: Fault = async (_t, { clock, relay, random }) => {
  relay?.signal('SIGSTOP')
  await sleep(200 + random() * 500)
  const hours = Math.floor(random() * 10)
  clock.jump(hours * 3600)
  relay?.signal('SIGCONT')
  return `it slept for ${hours} h`
}

const killAndStart: Fault = async (t, stage) => {
  const { relay, books } = stage
  stage.relay = undefined
  const at = Date.now()
  await relay?.kill()
  books.uncertain.push({ from: at - IN_FLIGHT, to: Date.now() })
  await mendDisk(t, stage)
  await serve(t, stage)
  return 'killed, and started'
}

const stopAndStart: Fault = async (t, stage) => {
  const { relay, disk, books } = stage
  stage.relay = undefined
  const at = Date.now()
  const ended = await relay?.end(25_000)
  if (!disk.isWhole && ended?.code === 1) {
    assert.match(ended.stderr, /^postern: What was sent last can't be noted, so that it may be sent again: /m)
    books.uncertain.push({ from: at - IN_FLIGHT, to: Date.now() })
  } else assert.equal(ended?.code, 0, ended?.stderr)
  await mendDisk(t, stage)
  await serve(t, stage)
  return 'stopped, and started'
}

const retry: Fault = async (_t, { installation }) => {
  await installation.try(['queue', 'retry'])
  return 'a person retried'
}

const faults: readonly Fault[] = [
  ...[changeMood, changeMood, changeMood, changeMood, changeDns, changeDns],
  ...[fillDisk, readOnly, mendDisk, mendDisk, noFiles, jumpClock, sleepAndWake],
  ...[killAndStart, stopAndStart, retry],
]

function arrivalsAt(hops: readonly NextHop[]): readonly Arrival[] {
  return hops
    .flatMap(hop => hop.taken)
    .flatMap(taken => entriesOf(taken).map(entry => ({ ...entry, at: taken.at, isTold: taken.isTold })))
}

function entriesOf({ to, content }: Taken): readonly Entry[] {
  const id = /^Subject: (\w+)\r?$/m.exec(content)?.[1] ?? assert.fail(`no subject: ${content.slice(0, 200)}`)
  return to.map(path => ({ id, to: /^<([^>]+)>/.exec(path)?.[1] ?? path }))
}

/** Each failed recipient that fred was told of. */
async function readBounces({ installation, clock }: Stage): Promise<readonly Bounce[]> {
  const box = join(installation.folder, 'mail/fred/new')
  const names = await readdir(box).catch(() => [])
  const letters = await Promise.all(names.map(name => readFile(join(box, name), 'utf8')))
  return letters.flatMap(letter => {
    const id = /^Subject: (c\d+m\d+)\r?$/m.exec(letter)?.[1] ?? assert.fail(letter)
    const date = /^Date: (.+?)\r?$/m.exec(letter)?.[1] ?? assert.fail(letter)
    const times = clock.trueTimes(Date.parse(date))
    const groups = letter.split(/\r?\n\r?\n/).filter(group => /^Action: failed\r?$/m.test(group))
    return groups.map(group => ({
      id,
      times,
      to: /^Final-Recipient: rfc822; ?(\S+)/m.exec(group)?.[1] ?? assert.fail(group),
    }))
  })
}

interface Listed {
  readonly envelope: { readonly recipients: readonly { readonly address: string }[] }
  readonly states: readonly { readonly kind: string }[]
}

async function isQueueEmpty(installation: Installation): Promise<boolean> {
  const listed = (await installation.facts('queue', 'list', '--limit', '100000')) as Listed[]
  return listed.length === 0
}

/** All is well again: what waits goes out. */
async function heal(t: Ending, stage: Stage): Promise<void> {
  await mendDisk(t, stage)
  const { hops, dns, certificates, random, clock } = stage
  await dns.setZone(zone)
  for (const [which, hop] of hops.entries()) {
    showCertificate(hop, which, certificates[0])
    await putInMood(hop, 'well', random, true)
  }
  clock.jump(-clock.offset)
}

/** A kill in the middle of a write leaves half of one, which was promised to nobody: of that a copy is kept. */
async function checkDamaged(installation: Installation): Promise<void> {
  const names = await readdir(join(installation.folder, 'spool', 'damaged'))
  if (names.length === 0) return
  const told = await installation.run(['log', '--match', 'ended in a write that was cut short'])
  assert.deepEqual(
    names.filter(name => !told.includes(name)),
    [],
    'damaged',
  )
}

test(`faults in random order: every message is delivered, queued or bounced (SEED=${SEED})`, async t => {
  const random = randomOf(SEED)
  const stage = await setStage(t, random)
  const { books, hops, installation, log } = stage
  await serve(t, stage)
  const clients = Promise.all(
    Array.from({ length: CLIENTS }, (_, number) => client(t, number, stage, randomOf(SEED + number + 1))),
  )
  clients.catch(() => {})
  const began = Date.now()
  for (let step = 0; step < STEPS; step++) {
    const from = Date.now()
    const wasWhole = stage.disk.isWhole
    const what = await pick(faults, random)(t, stage)
    log.push(`${((from - began) / 1000).toFixed(1)} s: ${what}`)
    await sleep(100 + random() * 400)
    // What is sent while nothing can be noted is sent again, if the relay then ends.
    if (!wasWhole || !stage.disk.isWhole) books.uncertain.push({ from: from - IN_FLIGHT, to: Date.now() })
  }
  stage.over = true
  await clients
  await heal(t, stage)
  try {
    await waitFor(
      'an empty queue',
      async () => {
        await installation.run(['queue', 'retry'])
        return (await isQueueEmpty(installation)) || undefined
      },
      60_000,
    )
    const arrivals = arrivalsAt(hops)
    const bounces = await readBounces(stage)
    books.check(arrivals, [], bounces)
    await checkDamaged(installation)
    const { length: accepted } = books.accepted
    t.diagnostic(
      `${accepted} accepted, ${arrivals.length} arrived, ${bounces.length} bounced, ${books.copies(arrivals)} copies`,
    )
    assert.ok(accepted > 50 && arrivals.length > 50, 'little was sent')
    const ended = await stage.relay?.end()
    assert.equal(ended?.code, 0)
    assert.doesNotMatch(ended?.stderr ?? '', /^\s+at /m)
  } catch (error) {
    for (const line of log) t.diagnostic(line)
    const lost = books.missing(arrivalsAt(hops), await readBounces(stage)).slice(0, 3)
    for (const { to } of lost) t.diagnostic(await installation.run(['log', '--match', to]))
    throw error
  }
})
