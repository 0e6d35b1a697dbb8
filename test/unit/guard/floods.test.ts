/** Floods of refusals: what is told of them, and that nothing else is held back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutFloods } from '../../../app/guard/floods.ts'
import type { EventBody } from '../../../app/log/event.ts'
import { reply } from '../../../app/mail/reply.ts'

const MINUTES = 60_000

function setUp() {
  const clock = { now: 0 }
  const told: EventBody[] = []
  const emit = withoutFloods(
    event => told.push(event),
    () => clock.now,
  )
  const failed = (client: string, text = 'The TLS handshake failed.') =>
    emit({ kind: 'tls-failed', session: '', client, text })
  return { clock, told, emit, failed }
}

test('a hundred alike from one source are told, and then each hundredth', () => {
  const { told, failed } = setUp()
  const lines: number[] = []
  for (let at = 1; at <= 350; at++) {
    failed('203.0.113.7')
    if (told.length > lines.length) lines.push(at)
  }
  assert.deepEqual(
    lines.slice(0, 100),
    Array.from({ length: 100 }, (_, at) => at + 1),
  )
  assert.deepEqual(lines.slice(100), [200, 300])
})

test('another source, another reason and another kind are told of', () => {
  const { told, emit, failed } = setUp()
  for (let at = 0; at < 150; at++) failed('203.0.113.7')
  told.length = 0
  const at = { session: 'x', client: '203.0.113.7' }
  const full = reply(421, '4.3.2', 'Too many connections - try again later')
  failed('203.0.113.8')
  failed('203.0.113.7', 'Something else.')
  emit({ kind: 'connection-refused', reply: full, ...at })
  emit({ kind: 'session-refused', reply: full, ...at })
  assert.equal(told.length, 4)
})

test('the addresses of an IPv6 network of 64 bits are one source', () => {
  const { told, failed } = setUp()
  for (let at = 1; at <= 150; at++) failed(`2001:db8:1:2::${at.toString(16)}`)
  assert.equal(told.length, 100)
  failed('2001:db8:1:3::1')
  assert.equal(told.length, 101)
})

test('after ten minutes all are told of again', () => {
  const { clock, told, failed } = setUp()
  for (let at = 0; at < 150; at++) failed('203.0.113.7')
  clock.now = 10 * MINUTES - 1
  failed('203.0.113.7')
  assert.equal(told.length, 100)
  clock.now = 10 * MINUTES
  failed('203.0.113.7')
  assert.equal(told.length, 101)
})

test('of log-ons, mail and whatever else counts, or is slowed, each is told', () => {
  const { told, emit } = setUp()
  const at = { session: 'x', client: '203.0.113.7' }
  const wrong = reply(535, '5.7.8', 'User name or password is wrong')
  for (let times = 0; times < 300; times++) {
    emit({ kind: 'logon-failed', user: 'support', reply: wrong, ...at })
    emit({ kind: 'warning', text: 'The disk is full.' })
  }
  assert.equal(told.length, 600)
})
