/** What next hops say that needs a person: told at once where it can't pass by itself, and never as a flood. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalWarnings } from '../../../app/control/refusal-warnings.ts'
import { type Reply, reply } from '../../../app/mail/reply.ts'
import type { Message, RecipientState } from '../../../app/queue/message.ts'
import { queued, SENDING as settings } from '../../support/memory-control.ts'

const denied = reply(454, '4.7.0', "smtp.example:587 didn't let office@example log on (535 5.7.8 no)")
const grey = reply(450, '4.7.1', 'come back in a while')
const full = reply(452, '4.2.2', 'The mailbox is full')

const waiting = (said: Reply, attempts = 1): RecipientState => ({
  kind: 'waiting',
  attempts,
  next: 0,
  reply: said,
})

const warningsOf = (...states: RecipientState[][]) =>
  refusalWarnings(
    states.map((some, at) => queued(`A${at}`, some)),
    settings,
  )

test('a refused log-on is told after the first attempt, with the sign-in', async () => {
  const [warning, ...more] = await warningsOf([waiting(denied), waiting(denied)], [waiting(denied)])
  assert.deepEqual(more, [])
  assert.equal(warning?.kind, 'next-hop')
  assert.match(warning?.text ?? '', /^2 messages wait: The provider refused the user name or the password/)
  assert.deepEqual(warning?.mends?.[0], { kind: 'sign-in', path: 'delivery.routes[0].login' })
})

test('what passes by itself is not told, nor what is the recipient’s matter', async () => {
  assert.deepEqual(
    await warningsOf([waiting(grey)], [waiting(full, 9)], [{ kind: 'waiting', attempts: 0, next: 0 }]),
    [],
  )
})

test('what the code alone tells is told when it stays', async () => {
  assert.equal((await warningsOf([waiting(grey, 3)])).length, 1)
})

test('what is done is nobody’s need', async () => {
  assert.deepEqual(await warningsOf([{ kind: 'failed', at: 0, reply: denied }]), [])
})

test('settings in force count, not those before', async () => {
  const messages = [queued('A1', [waiting(denied)])]
  const [before] = await refusalWarnings(messages, settings)
  const [after] = await refusalWarnings(messages, { ...settings, delivery: { routes: [] } })
  assert.equal(before?.mends?.[0]?.path, 'delivery.routes[0].login')
  assert.equal(after?.mends?.[0]?.path, 'delivery.routes')
})

test('three at most, the most frequent first, and quickly over a long queue', async () => {
  const kinds = [
    denied,
    reply(550, '5.7.60', 'SMTP; Client does not have permissions to send as this sender'),
    reply(
      454,
      '4.7.5',
      'no safe TLS connection to smtp.example:465 (self-signed): check its certificate, or trust it in the route',
    ),
    reply(530, '5.7.57', 'SMTP; Client was not authenticated to send anonymous mail during MAIL FROM'),
  ]
  const messages: Message[] = Array.from({ length: 50_000 }, (_, at) =>
    queued(`A${at}`, [waiting(kinds[at % 7] ?? kinds[0] ?? denied)]),
  )
  const from = performance.now()
  const found = await refusalWarnings(messages, settings)
  assert.ok(performance.now() - from < 1000)
  assert.equal(found.length, 3)
  assert.match(found[0]?.text ?? '', /^57\d messages wait: The provider refused/)
})
