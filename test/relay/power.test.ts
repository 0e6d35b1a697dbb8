/** Power cuts of a whole relay: what it promised to clients, people and senders is kept, whatever reached the disk. */
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openContent } from '../../app/queue/content.ts'
import { Spool } from '../../app/queue/spool.ts'
import { readAlerts } from '../../app/relay/alert-file.ts'
import { Relay } from '../../app/relay.ts'
import { KeyFileSecrets } from '../../app/settings/keyfile.ts'
import { replaceFile } from '../../app/settings/replace.ts'
import { crash, type Random, randomOf } from '../support/disk-crash.ts'
import { type DiskRecording, recordDisk } from '../support/disk-recording.ts'
import { makeFolder } from '../support/folder.ts'
import { type NextHop, startNextHop } from '../support/next-hop.ts'
import { officeSettings, type RunningRelay, startRelay } from '../support/relay-on-folder.ts'
import { waitFor } from '../support/wait.ts'

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
/** Power cuts, and messages of each kind. */
const CUTS = Number(process.env['CUTS'] ?? 60)
const MAILS = 8

type Kind = 'local' | 'out' | 'bad' | 'later'

/** What was promised when; times are the recording's. */
interface Promised {
  readonly mails: { readonly id: string; readonly kind: Kind; readonly at: number }[]
  /** Values in their order, each with when it was asked for and when it was answered. */
  readonly settings: Change[]
  readonly secrets: Change[]
  readonly arrivals: Map<string, number>
}

interface Change {
  readonly value: number
  readonly asked: number
  readonly answered: number
}

const silent = { version: '0', say: () => {} }

function settingsFor(hop: NextHop): object {
  const address = `127.0.0.1:${hop.port}`
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [address], encryption: 'none' }]
  const alerts = { minimumFreeDisk: '1000000GB', mailTo: ['fred@local.example'] }
  return officeSettings({ routes, alerts, warnAfter: '1h', copyBouncesToPostmaster: false })
}

/** A hop that says no to some, later to others, and when it took what it took. */
async function startHop(t: TestContext, recording: DiskRecording, arrivals: Promised['arrivals']) {
  return startNextHop(t, {
    answer: (command, { content }) => {
      if (/^RCPT TO:<\w+@bad\./.test(command)) return '550 5.1.1 nobody'
      if (/^RCPT TO:<\w+@later\./.test(command)) return '451 4.3.0 later'
      const id = command === '.' ? /^Subject: (\w+)\r?$/m.exec(content)?.[1] : undefined
      if (id !== undefined) arrivals.set(id, recording.mark())
      return undefined
    },
  })
}

const addresses: Readonly<Record<Kind, (id: string) => readonly [from: string, to: string]>> = {
  local: id => [`${id}@local.example`, 'fred@local.example'],
  out: id => [`${id}@local.example`, `${id}@out.example`],
  bad: id => ['fred@local.example', `${id}@bad.example`],
  later: id => ['fred@local.example', `${id}@later.example`],
}

async function sendAll(relay: RunningRelay, recording: DiskRecording, { mails }: Promised, random: Random) {
  for (let count = 0; count < MAILS; count++) {
    for (const kind of ['local', 'out', 'bad', 'later'] as const) {
      const id = `${kind}${count}`
      const [from, to] = addresses[kind](id)
      const lines = random() < 0.2 ? 4000 : 3
      await relay.submit([to], from, `${'a line of the message\r\n'.repeat(lines)}end of ${id}`, id)
      mails.push({ id, kind, at: recording.mark() })
    }
  }
}

async function changeAll({ control }: RunningRelay, recording: DiskRecording, promised: Promised) {
  for (let value = 2; value < 2 + MAILS; value++) {
    const settled = async (changes: Change[], change: () => Promise<unknown>) => {
      const asked = recording.mark()
      await change()
      changes.push({ value, asked, answered: recording.mark() })
    }
    await settled(promised.settings, async () =>
      assert.ok((await control.setSettings('delivery.warnAfter', `${value}h`, 'window')).ok),
    )
    await settled(promised.secrets, () => control.setSecret('provider', `${value}`))
  }
}

/** What a power cut at `time` leaves; nobody holds the folder any more. */
async function cutPower(
  t: TestContext,
  base: string,
  recording: DiskRecording,
  time: number,
  random: Random,
) {
  const folder = await makeFolder(t)
  const { folders, files } = crash(recording.calls, time, random)
  for (const path of folders) await mkdir(join(folder, relative(base, path)), { mode: 0o700 })
  for (const [path, bytes] of files) {
    if (!basename(path).startsWith('lock'))
      await writeFile(join(folder, relative(base, path)), bytes, { mode: 0o600 })
  }
  return join(folder, 'data')
}

/** The value in force is the last that was answered, or one that was asked for after it. */
function checkChange(what: string, changes: readonly Change[], time: number, found: number): void {
  const answered = changes.filter(change => change.answered < time).at(-1)?.value ?? 1
  const asked = changes.filter(change => change.asked < time).at(-1)?.value ?? 1
  assert.ok(answered <= found && found <= asked, `${what} at ${time}: ${found}, not ${answered} to ${asked}`)
}

async function check(data: string, promised: Promised, time: number): Promise<void> {
  const relay = await Relay.open(data, silent)
  try {
    const { control } = relay
    const hours = Number.parseInt(String(await control.getSettings('delivery.warnAfter')), 10)
    checkChange('settings', promised.settings, time, hours)
    const history = await control.history()
    assert.ok(history.length >= hours - 1, `${history.length} earlier settings at ${hours} (${time})`)
    for (const { file } of history) assert.ok(JSON.parse((await control.readEarlier(file)) ?? ''))
    if (hours > 1) {
      assert.ok((await control.undo('window')).ok)
      assert.equal(await control.getSettings('delivery.warnAfter'), `${hours - 1}h`)
    }
  } finally {
    await relay.stop()
  }
  const secrets = await KeyFileSecrets.open(data)
  assert.deepEqual(secrets.damages, [], `at ${time}`)
  checkChange('secrets', promised.secrets, time, Number(secrets.get('provider') ?? 1))
  await checkMails(data, promised, time)
}

async function checkMails(data: string, { mails, arrivals }: Promised, time: number): Promise<void> {
  const { queued, bounces, reports } = await readSpool(data)
  const box = join(data, 'mail/fred/new')
  const letters = await Promise.all(
    (await readdir(box).catch(() => [])).map(name => readFile(join(box, name), 'utf8')),
  )
  for (const { id, kind, at } of mails) {
    if (at >= time) continue
    const text = `${id} at ${time}: ${reports.join(' ')}`
    const isLetter = letters.some(
      letter => letter.includes(`Subject: ${id}\n`) && letter.includes(`end of ${id}\n`),
    )
    const isBounced = [...bounces, ...letters].some(one => one.includes(`Final-Recipient: rfc822; ${id}@`))
    if (kind === 'local') assert.ok(queued.has(id) || isLetter, `lost: ${text}`)
    if (kind === 'out') assert.ok(queued.has(id) || (arrivals.get(id) ?? time) < time, `lost: ${text}`)
    if (kind === 'bad') assert.ok(queued.has(id) || isBounced, `neither queued nor bounced: ${text}`)
    if (kind === 'later') assert.ok(queued.has(id), `lost: ${text}`)
  }
  // Whoever counts as told of a need has the mail, or will get it.
  const alerts = await readAlerts(join(data, 'alerts.json'))
  if (alerts.known.includes('disk-low ') && alerts.owed['fred@local.example'] === undefined) {
    const all = [...bounces, ...letters]
    assert.ok(
      all.some(one => one.includes('are free where the mail is kept')),
      `no alert at ${time}`,
    )
  }
}

/** The clients' ids of what waits, and the texts of what the relay wrote itself. */
async function readSpool(data: string) {
  const reports: string[] = []
  const spool = await Spool.open(join(data, 'spool'), text => reports.push(text))
  const [queued, bounces] = [new Set<string>(), [] as string[]]
  for (const { id, envelope } of spool.messages()) {
    // Not yet acknowledged, it may be there in part.
    const content = await spool.content(id).catch(() => undefined)
    const chunks: Buffer[] = []
    const opened = content ? openContent(content) : Buffer.alloc(0)
    if (Buffer.isBuffer(opened)) chunks.push(opened)
    else for await (const chunk of opened) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    if (envelope.reversePath === '') bounces.push(text)
    const subject = /^Subject: (\w+)\r$/m.exec(text)?.[1] ?? ''
    if (envelope.reversePath !== '' && text.includes(`end of ${subject}\r\n`)) queued.add(subject)
  }
  await spool.close()
  return { queued, bounces, reports }
}

test(`what a relay promised is there after a power cut (SEED=${SEED})`, async t => {
  const random = randomOf(SEED)
  const base = await makeFolder(t)
  const data = join(base, 'data')
  const recording = await recordDisk(t, base)
  const promised: Promised = { mails: [], settings: [], secrets: [], arrivals: new Map() }
  const hop = await startHop(t, recording, promised.arrivals)
  await (await Relay.open(data, silent)).stop()
  await replaceFile(join(data, 'settings.json'), JSON.stringify(settingsFor(hop)))
  const begun = recording.mark()
  const relay = await startRelay(t, data, undefined, { alertEvery: 20 })
  await Promise.all([
    sendAll(relay, recording, promised, randomOf(SEED + 1)),
    changeAll(relay, recording, promised),
  ])
  await waitFor('all to settle', () => relay.count('deferred') >= MAILS || undefined)
  await relay.event('bounced', MAILS)
  await relay.stop()
  const end = recording.mark()
  t.diagnostic(`${recording.calls.length} calls, ${end - begun} moments`)
  for (let cut = 0; cut <= CUTS; cut++) {
    const time = cut === CUTS ? end : begun + Math.floor(random() * (end - begun))
    await check(await cutPower(t, base, recording, time, random), promised, time)
  }
})

test(`so is the folder itself, from the first settings on (SEED=${SEED})`, async t => {
  const random = randomOf(SEED)
  const base = await makeFolder(t)
  const data = join(base, 'data')
  const recording = await recordDisk(t, base)
  const relay = await Relay.open(data, silent)
  const opened = recording.mark()
  await relay.stop()
  for (let time = 0; time <= opened; time += 1 + Math.floor(random() * 8)) {
    const left = await cutPower(t, base, recording, Math.min(time, opened), random)
    await (await Relay.open(left, silent)).stop()
  }
  const { files, folders } = crash(recording.calls, opened, () => 0.9)
  assert.ok(files.has(join(data, 'settings.json')))
  for (const part of ['mail', 'spool', 'history', 'tls']) assert.ok(folders.includes(join(data, part)), part)
})
