/** The control socket's two ends over a real socket: requests, answers, errors and events. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../../../app/log/event.ts'
import { connected, listening, rawPeer } from '../../support/control-socket.ts'

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
