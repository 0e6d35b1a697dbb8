/** Content on its way through a session: byte for byte, however it is cut, at constant memory, and not when too large. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { SmtpClient } from '../support/client.ts'
import type { Ending } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { startProcess } from '../support/process.ts'
import { type RunningRelay, startRelay } from '../support/relay.ts'
import { type Sink, startSink } from '../support/sink.ts'

interface Way {
  readonly relay: RunningRelay
  readonly sink: Sink
  readonly client: SmtpClient
}

/** A relay on the way to a sink, and a client that said EHLO. */
async function openWay(test: Ending, smtp: object = {}): Promise<Way> {
  const sink = await startSink(test)
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [sink.address], encryption: 'none' }]
  const relay = await startRelay(test, { smtp, delivery: { routes } })
  const client = await SmtpClient.open(test, relay.endpoint())
  client.socket.setNoDelay(true)
  await client.ask('EHLO client.example')
  return { relay, sink, client }
}

async function beginData({ client }: Way): Promise<void> {
  const lines = ['MAIL FROM:<a@client.example>', 'RCPT TO:<b@elsewhere.example>', 'DATA']
  for (const line of lines) assert.match(await client.ask(line), /^[23]5\d /)
}

/** Sends pieces so that they arrive one by one. */
async function sendPieces({ client }: Way, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    client.send(piece)
    if (client.socket.writableNeedDrain) await once(client.socket, 'drain')
    await turn()
    await turn()
  }
}

/** As RFC 5321 section 4.5.2 has it on the wire, with the final dot. */
function stuff(content: string): Buffer {
  return Buffer.from(`${content.replace(/^\./gm, '..')}.\r\n`, 'latin1')
}

/** What the sink got as its message `count`, without our own field. */
async function arrived({ sink }: Way, count: number): Promise<string> {
  await sink.waitForMail(count)
  const text = sink.received[count - 1]?.content.toString('latin1') ?? ''
  return text.replace(/^Received:.*\r\n(?:[ \t].*\r\n)*/, '')
}

const odd = '.\r\n..\r\n.a\r\n\r\n.\r\n\r\n a.\r\n..a\r\n...\r\n.\r\n'

test('content cut in two at every byte arrives as it was', async t => {
  const way = await openWay(t)
  const wire = stuff(odd)
  for (let at = 0; at <= wire.length; at++) {
    await beginData(way)
    await sendPieces(way, [wire.subarray(0, at), wire.subarray(at)])
    assert.match(await way.client.reply(), /^250 2\.0\.0 Ok: queued as /)
    assert.equal(await arrived(way, at + 1), odd, `cut at ${at}`)
  }
})

test('content sent byte by byte arrives as it was, and the commands behind it are read', async t => {
  const way = await openWay(t)
  await beginData(way)
  const wire = Buffer.concat([stuff(odd), Buffer.from('NOOP\r\nQUIT\r\n')])
  await sendPieces(
    way,
    [...wire].map(byte => Buffer.of(byte)),
  )
  assert.match(await way.client.reply(), /^250 2\.0\.0 Ok/)
  assert.match(await way.client.reply(), /^250 2\.0\.0 OK/)
  assert.match(await way.client.reply(), /^221 /)
  assert.equal(await arrived(way, 1), odd)
})

test('any content, cut anywhere, arrives as it was', async t => {
  const way = await openWay(t)
  let count = 0
  const piece = fc.constantFrom('.', '..', 'a', '\r\n', '\r\n.', '\r\n.\r\n', 'é', 'x'.repeat(5000))
  const content = fc.array(piece, { maxLength: 12 }).map(parts => `${parts.join('')}\r\n`)
  const cuts = fc.array(fc.nat(99), { maxLength: 4 })
  const property = fc.asyncProperty(content, cuts, async (content, cuts) => {
    const wire = stuff(content)
    await beginData(way)
    const ends = [...cuts.map(cut => cut % wire.length).sort((a, b) => a - b), wire.length]
    await sendPieces(
      way,
      ends.map((end, at) => wire.subarray(ends[at - 1] ?? 0, end)),
    )
    assert.match(await way.client.reply(), /^250 2\.0\.0 /)
    assert.equal(await arrived(way, ++count), content)
  })
  await fc.assert(property, { numRuns: 100 })
})

test('a large message arrives whole', async t => {
  const way = await openWay(t)
  const line = `.${'x'.repeat(70)}\r\n`
  const content = line.repeat(40_000)
  await beginData(way)
  way.client.send(stuff(content))
  assert.match(await way.client.reply(), /^250 2\.0\.0 /)
  assert.ok((await arrived(way, 1)) === content)
})

test('content over the limit is refused after its end, and nothing of it stays', async t => {
  const way = await openWay(t, { maxMessageSize: 300_000 })
  await beginData(way)
  way.client.send(stuff('x'.repeat(998).concat('\r\n').repeat(400)))
  assert.match(await way.client.reply(), /^552 5\.3\.4 /)
  assert.deepEqual(await readdir(join(way.relay.folder, 'spool', 'large')), [])
  assert.deepEqual(await way.relay.control.listQueue({}), [])
  const event = await way.relay.event('message-refused')
  assert.equal(event.reply.code, 552)
  assert.match(await way.client.ask('NOOP'), /^250 /)
})

test('a message takes no more memory the longer it is', async t => {
  const script = join(import.meta.dirname, '../support/measured-relay.ts')
  const child = await startProcess(t, [process.execPath, '--import', 'tsx', script, await makeFolder(t)])
  const [, port] = await child.waitFor(/^port (\d+)$/m)
  const client = await SmtpClient.open(t, { host: '127.0.0.1', port: Number(port) })
  await client.say('MAIL FROM:<a@client.example>', 'RCPT TO:<fred@example.com>', 'DATA')
  // So much that the garbage collector has found its pace.
  await sendMuch(client, 50_000_000)
  const before = await measure(child, 1)
  await sendMuch(client, 100_000_000)
  const after = await measure(child, 2)
  assert.match(await client.ask('.'), /^250 2\.0\.0 /)
  assert.ok(after - before < 20_000_000, `${before} bytes before, ${after} after`)
})

async function sendMuch(client: SmtpClient, bytes: number): Promise<void> {
  const chunk = Buffer.from(`${'x'.repeat(78)}\r\n`.repeat(800))
  for (let sent = 0; sent < bytes; sent += chunk.length) {
    client.send(chunk)
    if (client.socket.writableNeedDrain) await once(client.socket, 'drain')
  }
}

/** Resident bytes of the child, at its `count`th answer. */
async function measure(child: Awaited<ReturnType<typeof startProcess>>, count: number): Promise<number> {
  child.signal('SIGUSR2')
  const [, bytes] = await child.waitFor(new RegExp(`^rss ${count} (\\d+)$`, 'm'))
  return Number(bytes)
}
