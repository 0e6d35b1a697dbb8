/** A client that asks and doesn't read is read no further, and one that leaves events unread is let go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Event } from '../../../app/log/event.ts'
import { connected, listening, rawPeer } from '../../support/control-socket.ts'
import { waitFor } from '../../support/wait.ts'

const CALLS = 100_000

function calls(count: number, name = 'status'): string {
  return Array.from(
    { length: count },
    (_, at) => `${JSON.stringify({ t: 'q', i: `${at}`, m: name, a: [] })}\n`,
  ).join('')
}

/** Resolves when the count hasn't changed for a second, or has reached the most. */
async function settled(count: () => number): Promise<number> {
  for (let before = -1, since = Date.now(); ; ) {
    if (count() !== before) [before, since] = [count(), Date.now()]
    if (before >= CALLS || Date.now() - since > 1000) return before
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

test('a hundred thousand calls of a client that never reads wait in its own memory', {
  timeout: 120_000,
}, async t => {
  const { control, address } = await listening(t)
  const status = await control.status()
  let asked = 0
  control.status = async () => {
    asked++
    return status
  }
  const { socket } = await rawPeer(t, address)
  socket.write(calls(CALLS))
  const taken = await settled(() => asked)
  const answer = JSON.stringify({ t: 's', i: '12345', r: status }).length
  assert.ok(taken * answer < 4 * 1024 * 1024, `${taken} answers of ${answer} bytes wait`)
  const { control: other } = await connected(t, address)
  assert.equal((await other.status()).pid, status.pid)

  const seen = new Set<string>()
  let text = ''
  socket.on('data', bytes => {
    const lines = (text + String(bytes)).split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) seen.add((JSON.parse(line) as { i: string }).i)
  })
  await waitFor('every answer', () => seen.size === CALLS || undefined, 100_000)
})

test('calls that take long are begun up to a number, and the others after them', async t => {
  const { control, address } = await listening(t)
  const waiting: (() => void)[] = []
  control.doctor = () => new Promise(resolve => waiting.push(() => resolve([])))
  const { socket } = await rawPeer(t, address)
  socket.write(calls(100, 'doctor'))
  let answered = 0
  socket.on('data', bytes => {
    answered += String(bytes).split('\n').length - 1
  })
  await waitFor('the first calls', () => waiting.length === 32 || undefined)
  for (let ended = 0; ended < 100; ended++) {
    await waitFor('one more', () => waiting.length > ended || undefined)
    assert.ok(waiting.length <= ended + 32)
    waiting[ended]?.()
  }
  await waitFor('every answer', () => answered === 100 || undefined)
})

test('calls that came together with the end of their connection are answered', async t => {
  const { address } = await listening(t)
  const { socket } = await rawPeer(t, address)
  let answered = 0
  socket.on('data', bytes => {
    answered += String(bytes).split('\n').length - 1
  })
  socket.end(calls(500))
  await waitFor('every answer', () => answered === 500 || undefined)
})

test('garbage behind calls that wait ends the connection when its turn comes', async t => {
  const { control, address } = await listening(t)
  const waiting: (() => void)[] = []
  control.doctor = () => new Promise(resolve => waiting.push(() => resolve([])))
  const { socket } = await rawPeer(t, address)
  socket.write(`${calls(40, 'doctor')}garbage\n`)
  await waitFor('the first calls', () => waiting.length === 32 || undefined)
  const closed = new Promise(resolve => socket.on('close', resolve))
  socket.resume()
  for (const end of waiting) end()
  await closed
})

const MEGABYTE = 1024 * 1024
const warning = (text: string): Event => ({ kind: 'warning', text, time: 1 })

test('a subscriber who never reads is let go with a few megabytes of events', async t => {
  const { control, address } = await listening(t)
  const { socket } = await rawPeer(t, address)
  socket.write(calls(1, 'subscribe'))
  await waitFor('the subscription', () => control.listening === 1 || undefined)
  const event = warning('x'.repeat(10_000))
  let told = 0
  for (; control.listening === 1 && told < 70 * MEGABYTE; told += 10_000) {
    control.emit(event)
    await turn()
  }
  assert.ok(told > MEGABYTE && told < 8 * MEGABYTE, `${told} bytes`)
  assert.equal(control.listening, 0)
  const { control: other } = await connected(t, address)
  assert.equal((await other.status()).pid, 1)
})

test('a subscriber who is in the middle of a long answer stays one', async t => {
  const { control, address } = await listening(t)
  control.settings = { large: 'x'.repeat(20 * MEGABYTE) }
  const { socket } = await rawPeer(t, address)
  socket.write(calls(1, 'subscribe'))
  await waitFor('the subscription', () => control.listening === 1 || undefined)
  let asked = false
  const { getSettings } = control
  control.getSettings = path => {
    asked = true
    return getSettings.call(control, path)
  }
  socket.write(`${JSON.stringify({ t: 'q', i: 'x', m: 'getSettings', a: ['large'] })}\n`)
  await waitFor('the question', () => asked || undefined)
  for (let at = 0; at < 100; at++) {
    control.emit(warning('y'.repeat(10_000)))
    await turn()
  }
  let bytes = 0
  socket.on('data', piece => {
    bytes += piece.length
  })
  await waitFor('the answer and the events', () => bytes > 20 * MEGABYTE + 1_000_000 || undefined)
  assert.equal(control.listening, 1)
})

test('an event that is too long to be sent ends the subscription, and throws at nobody', async t => {
  const { control, address } = await listening(t)
  const { socket } = await rawPeer(t, address)
  socket.write(calls(1, 'subscribe'))
  await waitFor('the subscription', () => control.listening === 1 || undefined)
  control.emit(warning('x'.repeat(65 * MEGABYTE)))
  await waitFor('its end', () => control.listening === 0 || undefined)
})
