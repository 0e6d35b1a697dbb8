/** Under load: strangers hold what strangers may, and the office's mail and whoever logs on still get through. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SmtpClient } from '../support/client.ts'
import type { Endpoint } from '../support/dialogue-connection.ts'
import { makeFolder } from '../support/folder.ts'
import { startProcess } from '../support/process.ts'
import { password, type RunningRelay, startRelay } from '../support/relay.ts'
import { waitFor } from '../support/wait.ts'

/** Milliseconds that a good mail may take. */
const PROMPT = 500

const inOffice = '127.0.1.50'
const LOG_ON = `AUTH PLAIN ${Buffer.from(`\0support\0${password}`).toString('base64')}`

/** Each in a network of its own. */
function stranger(at: number): string {
  return `127.${20 + (at >> 8)}.${at & 255}.7`
}

/** Connections that only hold their places; how many were let in. */
async function crowd(t: TestContext, endpoint: Endpoint, count: number): Promise<readonly SmtpClient[]> {
  const all: SmtpClient[] = []
  for (let at = 0; at < count; at += 50)
    all.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(50, count - at) }, (_, more) =>
          SmtpClient.open(t, endpoint, { from: stranger(at + more) }),
        ),
      )),
    )
  return all
}

function areIn(clients: readonly SmtpClient[]): number {
  return clients.filter(({ greeting }) => greeting.startsWith('220 ')).length
}

/** Milliseconds from the connection to the 250. */
async function send(t: TestContext, endpoint: Endpoint, from: string, ...before: string[]): Promise<number> {
  const start = performance.now()
  const client = await SmtpClient.open(t, endpoint, { from })
  assert.match(client.greeting, /^220 /)
  const lines = [...before, 'MAIL FROM:<fred@example.com>', 'RCPT TO:<a@elsewhere.example>', 'DATA']
  const replies = await client.say(...lines)
  assert.match(replies.at(-1) ?? '', /^354 /, replies.join(' / '))
  assert.match(await client.ask('Subject: good\r\n\r\ngood\r\n.'), /^250 /)
  const took = performance.now() - start
  await client.ask('QUIT')
  return took
}

test('500 idle strangers: the office sends, and whoever logs on, within half a second', async t => {
  const relay = await startRelay(t, { delivery: { routes: [{ to: ['*'], via: 'hold' }] } })
  const endpoint = relay.endpoint()
  const strangers = await crowd(t, endpoint, 500)
  // A quarter of the 200 is kept.
  assert.equal(areIn(strangers), 150)
  // The least counts: what else the machine does is none of the relay's.
  const office = []
  for (let times = 0; times < 5; times++) office.push(await send(t, endpoint, inOffice))
  assert.ok(Math.min(...office) < PROMPT, `${office.join(', ')} ms`)
  await untilOneGivesWay(t, relay, strangers)
  const took = await send(t, endpoint, '127.9.9.9', LOG_ON)
  assert.ok(took < PROMPT, `${took} ms`)
  // Where he logged on he takes what is reserved, and nobody gives way.
  const gone = relay.events.filter(isDisplaced).length
  const again = await send(t, endpoint, '127.9.9.9', LOG_ON)
  assert.ok(again < PROMPT, `${again} ms`)
  assert.equal(relay.events.filter(isDisplaced).length, gone)
})

function isDisplaced(event: RunningRelay['events'][number]): boolean {
  return event.kind === 'connection-refused' && /idle connection/.test(event.reply.text)
}

/** A stranger is let in as soon as another was idle for long; that one is told so. */
async function untilOneGivesWay(
  t: TestContext,
  relay: RunningRelay,
  strangers: readonly SmtpClient[],
): Promise<void> {
  const first = strangers.find(({ greeting }) => greeting.startsWith('220 '))
  assert.ok(first)
  await waitFor('a place for a stranger', async () => {
    const client = await SmtpClient.open(t, relay.endpoint(), { from: '127.9.8.8' })
    client.send('QUIT\r\n')
    return client.greeting.startsWith('220 ') ? true : undefined
  })
  assert.match(await first.end(), /^421 4\.3\.2 Others need the place of this idle connection/)
  assert.ok(relay.events.some(isDisplaced))
}

test('who logged on keeps his place, however long he is idle', async t => {
  const relay = await startRelay(t, { smtp: { maxConnections: 2, reservedShare: 0 } })
  const owner = await SmtpClient.open(t, relay.endpoint(), { from: '127.9.9.9' })
  assert.match((await owner.say(LOG_ON)).join(), /^235 /)
  const idle = await SmtpClient.open(t, relay.endpoint(), { from: '127.9.8.8' })
  await waitFor('a place for a stranger', async () => {
    const client = await SmtpClient.open(t, relay.endpoint(), { from: '127.9.7.7' })
    return client.greeting.startsWith('220 ') ? true : undefined
  })
  assert.match(await idle.end(), /^421 /)
  assert.match(await owner.ask('NOOP'), /^250 /)
})

test('strangers of one network are held to their share', async t => {
  const relay = await startRelay(t, { smtp: { maxConnectionsPerNetwork: 2 } })
  const ask = (from: string) => SmtpClient.open(t, relay.endpoint(), { from })
  for (const from of ['127.9.9.1', '127.9.9.2']) assert.match((await ask(from)).greeting, /^220 /)
  assert.match((await ask('127.9.9.3')).greeting, /^421 4\.3\.2 .*from your network/)
  assert.match((await ask('127.9.8.3')).greeting, /^220 /)
})

/** 15 MB are on their way and no end comes; resolves when the system has taken them. */
async function sendUnfinished(client: SmtpClient): Promise<void> {
  await client.say('MAIL FROM:<fred@example.com>', 'RCPT TO:<a@elsewhere.example>', 'DATA')
  const piece = Buffer.from(`${'x'.repeat(76)}\r\n`.repeat(1000))
  for (let sent = 0; sent < 15_000_000; sent += piece.length)
    await new Promise<void>((resolve, reject) =>
      client.socket.write(piece, error => (error ? reject(error) : resolve())),
    )
}

test('20 unfinished messages of 15 MB among 500 idle sessions take less than 1.3 times the memory', async t => {
  const script = join(import.meta.dirname, '../support/measured-relay.ts')
  const smtp = JSON.stringify({ maxConnections: 1000, maxConnectionsPerClient: 100, reservedShare: 0 })
  const folder = await makeFolder(t)
  const relay = await startProcess(t, [process.execPath, '--import=tsx', script, folder, smtp])
  const [, port] = await relay.waitFor(/^port (\d+)$/m)
  const endpoint = { host: '127.0.0.1', port: Number(port) }
  /** Bytes, with good mail that goes through at once meanwhile. */
  const memory = async (count: number) => {
    const took = []
    for (let times = 0; times < 3; times++) took.push(await send(t, endpoint, inOffice))
    assert.ok(Math.min(...took) < PROMPT, `${took.join(', ')} ms`)
    relay.signal('SIGUSR2')
    const [, rss] = await relay.waitFor(new RegExp(`^rss ${count} (\\d+)$`, 'm'))
    return Number(rss)
  }
  assert.equal(areIn(await crowd(t, endpoint, 500)), 500)
  const senders = await Promise.all(
    Array.from({ length: 20 }, () => SmtpClient.open(t, endpoint, { from: inOffice })),
  )
  const idle = await memory(1)
  await Promise.all(senders.map(sendUnfinished))
  const busy = await memory(2)
  t.diagnostic(`${(busy / idle).toFixed(2)} times: ${mega(busy)} of ${mega(idle)} MB`)
  assert.ok(busy < 1.3 * idle, `${(busy / idle).toFixed(2)} times the memory`)
})

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}
