/** A control socket with a relay's control behind it, and peers that ask it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Connection, connectControl } from '../../app/control/client.ts'
import { ControlServer } from '../../app/control/server.ts'
import { makeFolder } from './folder.ts'
import { MemoryControl } from './memory-control.ts'

export interface Pair {
  readonly control: MemoryControl
  readonly server: ControlServer
  readonly address: string
}

export async function listening(t: TestContext): Promise<Pair> {
  const address = join(await makeFolder(t), 'control.sock')
  const control = new MemoryControl()
  const server = new ControlServer(control, control.onEvent)
  await server.listen(address)
  t.after(() => server.close())
  return { control, server, address }
}

export async function connected(t: TestContext, address: string): Promise<Connection> {
  const connection = await connectControl(address)
  assert.ok(connection)
  t.after(() => connection.close())
  return connection
}

/** A peer that writes what it likes; `reply` reads one line. */
export async function rawPeer(t: TestContext, address: string) {
  const socket = connect(address)
  t.after(() => socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return { socket, reply: () => firstLine(socket) }
}

function firstLine(socket: Socket): Promise<unknown> {
  let text = ''
  return new Promise(resolve => {
    socket.on('data', bytes => {
      text += String(bytes)
      if (text.includes('\n')) resolve(JSON.parse(text.slice(0, text.indexOf('\n'))))
    })
    socket.on('close', () => resolve('closed'))
  })
}
