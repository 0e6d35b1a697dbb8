/** The control server's life: its file, the stop, and what is in its way. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { connectControl } from '../../../app/control/client.ts'
import { ControlServer } from '../../../app/control/server.ts'
import type { Event } from '../../../app/log/event.ts'
import { connected, listening } from '../../support/control-socket.ts'
import { makeFolder } from '../../support/folder.ts'
import { MemoryControl } from '../../support/memory-control.ts'

test('the socket file is for its owner only and gone after the stop', async t => {
  const folder = await makeFolder(t)
  const control = new MemoryControl()
  const server = new ControlServer(control, control.onEvent)
  await server.listen(join(folder, 'control.sock'))
  assert.equal((await stat(join(folder, 'control.sock'))).mode & 0o777, 0o600)
  await server.close()
  assert.deepEqual(await readdir(folder), [])
})

test('the stop ends connections, fails what is under way with a sentence and sends the last event', async t => {
  const { control, server, address } = await listening(t)
  control.doctor = () => new Promise(() => undefined)
  const connection = await connected(t, address)
  const seen: Event[] = []
  await connection.events(event => seen.push(event))
  const failed = assert.rejects(connection.control.doctor(), /ended the connection before it answered/)
  await connection.control.status()
  // More than a socket takes at once, so that the stop has something to wait for.
  const last: Event = { kind: 'warning', text: 'x'.repeat(4 * 1024 * 1024), time: 1 }
  control.emit(last)
  await server.close()
  await Promise.all([failed, connection.closed])
  assert.deepEqual(
    seen.map(event => JSON.stringify(event).length),
    [JSON.stringify(last).length],
  )
  await assert.rejects(connection.control.status(), /ended the connection before it answered/)
})

test('a socket that a killed relay left is replaced', async t => {
  const address = join(await makeFolder(t), 'control.sock')
  await leaveStale(address)
  assert.equal(await connectControl(address), undefined)
  const control = new MemoryControl()
  const server = new ControlServer(control, control.onEvent)
  await server.listen(address)
  t.after(() => server.close())
  const { control: remote } = await connected(t, address)
  assert.equal((await remote.status()).pid, 1)
})

/** What a kill leaves: the file of a socket on which nobody listens. */
async function leaveStale(address: string): Promise<void> {
  const code = `require('node:net').createServer().listen(${JSON.stringify(address)}, () => process.kill(process.pid, 'SIGKILL'))`
  await new Promise<void>(resolve => execFile(process.execPath, ['-e', code], () => resolve()))
  assert.ok((await stat(address)).isSocket())
}

test('the socket of a living relay is left alone', async t => {
  const { address } = await listening(t)
  const control = new MemoryControl()
  const second = new ControlServer(control, control.onEvent)
  await assert.rejects(second.listen(address), /^Error: Another relay answers at .*; stop it first\.$/)
  const { control: remote } = await connected(t, address)
  assert.equal((await remote.status()).pid, 1)
})

test('a file that is no socket is never deleted', async t => {
  const address = join(await makeFolder(t), 'control.sock')
  await writeFile(address, 'precious')
  const control = new MemoryControl()
  const server = new ControlServer(control, control.onEvent)
  await assert.rejects(server.listen(address), /is in the way of the control socket/)
  assert.equal((await stat(address)).size, 8)
})

test('where nobody listens there is no connection', async t => {
  const folder = await makeFolder(t)
  assert.equal(await connectControl(join(folder, 'control.sock')), undefined)
})

test('a peer that is no relay ends the connection with a sentence', async t => {
  const address = join(await makeFolder(t), 'control.sock')
  const server = createServer(socket => socket.end('220 hello\r\n'))
  await new Promise<void>(resolve => server.listen(address, resolve))
  t.after(() => server.close())
  const { control: remote } = await connected(t, address)
  await assert.rejects(remote.status(), /ended the connection before it answered/)
})
