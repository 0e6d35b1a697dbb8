/** A peer that sends garbage, or asks for what it may not, harms nobody but itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connected, listening, rawPeer } from '../../support/control-socket.ts'

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
  'a call without an id to answer to': '{"t":"q","i":"","m":"status","a":[]}\n',
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
