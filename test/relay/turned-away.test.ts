/** Whoever is turned away reads why, and then holds nothing: neither for long nor in great numbers. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir, readlink } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Endpoint } from '../support/dialogue-connection.ts'
import { makeFolder } from '../support/folder.ts'
import { startProcess } from '../support/process.ts'
import { startRelay } from '../support/relay.ts'
import { waitFor } from '../support/wait.ts'

/** The library's own time for a client that doesn't close its side, milliseconds. */
const LIBRARY = 5_000

const stranger = '127.0.9.9'

interface Refused {
  readonly socket: Socket
  readonly said: () => string
}

/** A client that keeps its own side open, whatever the server does. */
async function stubborn(t: TestContext, endpoint: Endpoint, from = stranger, first = ''): Promise<Refused> {
  const socket = connect({ ...endpoint, localAddress: from, allowHalfOpen: true })
  t.after(() => socket.destroy())
  let said = ''
  socket.on('data', bytes => {
    said += String(bytes)
  })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  if (first !== '') socket.write(first)
  return { socket, said: () => said }
}

async function refusal({ socket, said }: Refused): Promise<string> {
  if (!socket.readableEnded) await once(socket, 'end')
  return said()
}

/** Milliseconds until the server's side of the connection is gone, and says so to every byte. */
async function untilGone(socket: Socket): Promise<number> {
  const start = performance.now()
  const end = setInterval(() => socket.write('x'), 20)
  // Its error, that nobody takes the bytes, is what is waited for.
  if (!socket.destroyed) await new Promise(resolve => socket.once('close', resolve))
  clearInterval(end)
  return performance.now() - start
}

for (const [who, smtp, first, words] of [
  ['one too many', { maxConnectionsPerClient: 1 }, '', /^421 4\.3\.2 Too many connections from your address/],
  [
    'one in a list',
    { access: [{ action: 'block', from: stranger }], antiRelay: 'authenticated-users' },
    '',
    /^5/,
  ],
  ['one that is always blocked', { ids: { alwaysBlock: [stranger] } }, '', /^554 /],
  ['one that talks first', {}, 'EHLO bot\r\n', /^554 5\.5\.1 Wait for the greeting/],
] as const)
  test(`${who} reads why, and its connection is gone soon, though it never closes it`, async t => {
    const relay = await startRelay(t, { smtp })
    if (who === 'one too many') await once((await stubborn(t, relay.endpoint())).socket, 'data')
    const client = await stubborn(t, relay.endpoint(), stranger, first)
    assert.match(await refusal(client), words)
    const took = await untilGone(client.socket)
    assert.ok(took < LIBRARY - 1_000, `${took} ms`)
  })

test('a flood of them holds a hundred descriptors at most, and each reads why', {
  skip: process.platform !== 'linux',
}, async t => {
  const script = join(import.meta.dirname, '../support/measured-relay.ts')
  const smtp = JSON.stringify({ maxConnectionsPerClient: 1, ids: { enabled: false } })
  const relay = await startProcess(t, [process.execPath, '--import=tsx', script, await makeFolder(t), smtp])
  const [, port] = await relay.waitFor(/^port (\d+)$/m)
  const endpoint = { host: '127.0.0.1', port: Number(port) }
  const first = await stubborn(t, endpoint)
  await once(first.socket, 'data')
  const before = await sockets(relay.pid)
  const flood = await Promise.all(Array.from({ length: 300 }, () => stubborn(t, endpoint)))
  for (const client of flood)
    assert.match(await refusal(client), /^421 4\.3\.2 Too many connections from your/)
  const held = (await sockets(relay.pid)) - before
  // Some are just being closed.
  assert.ok(held <= 110, `${held} descriptors`)
  await waitFor('all to be gone', async () => ((await sockets(relay.pid)) <= before ? true : undefined))
})

async function sockets(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`
  const links = await Promise.all(
    (await readdir(folder)).map(fd => readlink(join(folder, fd)).catch(() => '')),
  )
  return links.filter(link => link.startsWith('socket:')).length
}
