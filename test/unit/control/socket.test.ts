/** The control socket's two ends over a real socket: requests, events, refusals and broken peers. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, readdir, stat, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { connectControl } from '../../../app/control/client.ts'
import { ControlServer } from '../../../app/control/server.ts'
import type { Event } from '../../../app/log/event.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { MemoryControl } from '../../support/memory-control.ts'

interface Pair {
  readonly control: MemoryControl
  readonly server: ControlServer
  readonly address: string
}

async function listening(t: TestContext): Promise<Pair> {
  const address = join(await temporaryFolder(t), 'control.sock')
  const control = new MemoryControl()
  const server = new ControlServer(control, control.onEvent)
  await server.listen(address)
  t.after(() => server.close())
  return { control, server, address }
}

async function connected(t: TestContext, address: string) {
  const connection = await connectControl(address)
  assert.ok(connection)
  t.after(() => connection.close())
  return connection
}

/** A peer that writes what it likes; `reply` reads one line. */
async function rawPeer(t: TestContext, address: string) {
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

test('a request crosses with its arguments and its answer', async t => {
  const { control, address } = await listening(t)
  const { control: remote } = await connected(t, address)
  assert.deepEqual(await remote.setSettings('hostname', 'näme', 'command line'), {
    ok: true,
    words: 'hostname is changed.',
  })
  assert.equal(await remote.getSettings('hostname'), 'näme')
  assert.equal((await remote.history())[0]?.by, 'command line')
  assert.deepEqual(await remote.explain({ client: '192.0.2.1', to: 'a@b.example' }), control.decision)
  assert.deepEqual(control.asked, [{ client: '192.0.2.1', to: 'a@b.example' }])
})

test('an absent password and an absent message cross as undefined', async t => {
  const { control, address } = await listening(t)
  const { control: remote } = await connected(t, address)
  await remote.addUser('support', ['support@example.com'], undefined, 'command line')
  assert.deepEqual(control.users.get('support'), {
    addresses: ['support@example.com'],
    password: undefined,
  })
  assert.equal(await remote.showMessage('none'), undefined)
  assert.equal(await remote.getSettings('no.such'), undefined)
})

test('requests of several clients at once get each their own answer', async t => {
  const { address } = await listening(t)
  const clients = await Promise.all(Array.from({ length: 5 }, () => connected(t, address)))
  const answers = await Promise.all(
    clients.flatMap((client, at) => [
      client.control.removeSecret(`none${at}`),
      client.control.getSettings('hostname'),
    ]),
  )
  assert.deepEqual(answers, Array(5).fill([false, 'mail.example.com']).flat())
})

test('a large value crosses whole', async t => {
  const { control, address } = await listening(t)
  const { control: remote } = await connected(t, address)
  const value = 'ü'.repeat(4 * 1024 * 1024)
  await remote.setSecret('large', value)
  assert.equal(control.secrets.get('large'), value)
})

test('an error crosses as one sentence, without its stack', async t => {
  const { address } = await listening(t)
  const { control: remote } = await connected(t, address)
  await assert.rejects(remote.setSecret('broken', 'x'), error => {
    assert.ok(error instanceof Error)
    assert.equal(error.message, 'The secret store is locked.')
    return true
  })
})

test('an answer over the limit is refused with a sentence and the connection lives on', async t => {
  const { control, address } = await listening(t)
  control.settings = { hostname: 'h', large: 'x'.repeat(65 * 1024 * 1024) }
  const { control: remote } = await connected(t, address)
  await assert.rejects(
    remote.getSettings('large'),
    /^Error: There is too much to send at once; ask for less\.$/,
  )
  assert.equal(await remote.getSettings('hostname'), 'h')
})

test('unknown requests are refused, also the names that every object has', async t => {
  const { control, address } = await listening(t)
  const names = [
    'nothing',
    'constructor',
    'toString',
    '__proto__',
    'hasOwnProperty',
    'onEvent',
    'emit',
    '$close',
  ]
  for (const name of names) {
    const { socket, reply } = await rawPeer(t, address)
    socket.write(`${JSON.stringify({ t: 'q', i: '1', m: name, a: [] })}\n`)
    assert.deepEqual(await reply(), { t: 's', i: '1', e: `The relay knows no request "${name}".` }, name)
  }
  assert.deepEqual(control.events, [])
})

test('wrong arguments are refused before the relay sees them', async t => {
  const { control, address } = await listening(t)
  const wrong: [string, unknown[]][] = [
    ['setSecret', ['name']],
    ['setSecret', ['name', 5]],
    ['setSecret', ['name', 'value', 'more']],
    ['setSettings', ['hostname', 'x', 'nobody']],
    ['removeMessages', [{ ids: 'all' }]],
    ['removeMessages', [{ ids: [], all: true, extra: 1 }]],
    ['explain', [{ client: '192.0.2.1' }]],
    ['listQueue', [{ limit: -1 }]],
    ['listQueue', [null]],
    ['status', ['x']],
  ]
  for (const [m, a] of wrong) {
    const { socket, reply } = await rawPeer(t, address)
    socket.write(`${JSON.stringify({ t: 'q', i: '1', m, a })}\n`)
    assert.deepEqual(await reply(), { t: 's', i: '1', e: `The arguments of the request ${m} are wrong.` })
  }
  assert.equal(control.secrets.size, 0)
  assert.deepEqual(control.changers, [])
})

const garbage: Record<string, string | Buffer> = {
  'no JSON': 'EHLO mail.example.com\r\n',
  'no object': 'null\n',
  'an array': '[]\n',
  'an empty line': '\n',
  'an answer to nothing': '{"t":"s","i":"1","r":1}\n',
  'arguments that are no list': '{"t":"q","i":"1","m":"status","a":{"length":1}}\n',
  'a name that is no text': '{"t":"q","i":"1","m":{},"a":[]}\n',
  'an unknown key': '{"t":"q","i":"1","m":"status","a":[],"x":1}\n',
  'broken UTF-8': Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]),
  'deep nesting': `${'['.repeat(200_000)}\n`,
}

for (const [name, bytes] of Object.entries(garbage)) {
  test(`garbage closes the connection and nothing else: ${name}`, async t => {
    const { address } = await listening(t)
    const { control: remote } = await connected(t, address)
    const { socket, reply } = await rawPeer(t, address)
    socket.write(bytes)
    assert.equal(await reply(), 'closed')
    assert.equal((await remote.status()).pid, 1)
  })
}

test('a line over 64 MiB closes the connection', async t => {
  const { address } = await listening(t)
  const { control: remote } = await connected(t, address)
  const { socket, reply } = await rawPeer(t, address)
  socket.write(Buffer.alloc(65 * 1024 * 1024, 0x20))
  assert.equal(await reply(), 'closed')
  assert.equal((await remote.status()).pid, 1)
})

test('deep nesting in an argument fails that request only', async t => {
  const { address } = await listening(t)
  const { socket, reply } = await rawPeer(t, address)
  const deep = '['.repeat(200_000) + ']'.repeat(200_000)
  socket.write(`{"t":"q","i":"1","m":"setSettings","a":["x",${deep},"window"]}\n`)
  const answer = JSON.stringify(await reply())
  assert.match(answer, /"t":"s","i":"1"/)
  const { control: remote } = await connected(t, address)
  assert.equal((await remote.status()).pid, 1)
})

test('a client that goes away in the middle of a request is forgotten', async t => {
  const { control, address } = await listening(t)
  const { socket } = await rawPeer(t, address)
  socket.write('{"t":"q","i":"1","m":"sta')
  socket.destroy()
  const { control: remote } = await connected(t, address)
  assert.equal((await remote.status()).pid, 1)
  assert.equal(control.listening, 0)
})

test('events arrive from the subscription on, in order, and stop with the connection', async t => {
  const { control, address } = await listening(t)
  const connection = await connected(t, address)
  const seen: Event[] = []
  control.emit({ kind: 'warning', text: 'before', time: 1 })
  await connection.events(event => seen.push(event))
  for (let time = 2; time < 52; time += 1) control.emit({ kind: 'warning', text: 'after', time })
  await connection.control.status()
  assert.deepEqual(
    seen.map(({ time }) => time),
    Array.from({ length: 50 }, (_, at) => at + 2),
  )
  const unsubscribed = new Promise<void>(resolve => {
    const timer = setInterval(() => {
      if (control.listening === 0) resolve(clearInterval(timer))
    }, 1)
  })
  connection.close()
  await connection.closed
  await unsubscribed
})

test('a client that asked for no events gets none', async t => {
  const { control, address } = await listening(t)
  const { socket, reply } = await rawPeer(t, address)
  control.emit({ kind: 'stopped', time: 1 })
  socket.write('{"t":"q","i":"9","m":"listSecrets","a":[]}\n')
  assert.deepEqual(await reply(), { t: 's', i: '9', r: [] })
})

test('the socket file is for its owner only and gone after the stop', async t => {
  const folder = await temporaryFolder(t)
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
  control.emit({ kind: 'stopped', time: 1 })
  await server.close()
  await Promise.all([failed, connection.closed])
  assert.deepEqual(seen, [{ kind: 'stopped', time: 1 }])
})

test('a socket that a killed relay left is replaced', async t => {
  const address = join(await temporaryFolder(t), 'control.sock')
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
  const { execFile } = await import('node:child_process')
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
  const address = join(await temporaryFolder(t), 'control.sock')
  await writeFile(address, 'precious')
  const control = new MemoryControl()
  const server = new ControlServer(control, control.onEvent)
  await assert.rejects(server.listen(address), /is in the way of the control socket/)
  assert.equal((await stat(address)).size, 8)
})

test('where nobody listens there is no connection', async t => {
  const folder = await temporaryFolder(t)
  assert.equal(await connectControl(join(folder, 'control.sock')), undefined)
})

test('a peer that is no relay ends the connection with a sentence', async t => {
  const address = join(await temporaryFolder(t), 'control.sock')
  const server = createServer(socket => socket.end('220 hello\r\n'))
  await new Promise<void>(resolve => server.listen(address, resolve))
  t.after(() => server.close())
  await chmod(address, 0o600)
  const { control: remote } = await connected(t, address)
  await assert.rejects(remote.status(), /ended the connection before it answered|is closed/)
})
