/** Mail that is stuck: counted from its arrival, and only what waits for another server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stuckWarning } from '../../../app/control/status-answer.ts'
import type { Message, RecipientState } from '../../../app/queue/message.ts'

const HOUR = 3_600_000
const waiting: RecipientState = { kind: 'waiting', attempts: 3, next: 9 * HOUR }
const held: RecipientState = { kind: 'held', attempts: 0, by: 'person', why: 'held by hand' }

function message(received: number, ...states: RecipientState[]): Message {
  const recipients = states.map((_, index) => ({ address: `r${index}@y.example` }))
  const envelope = { reversePath: 'a@x.example', recipients, body: '7bit', smtpUtf8: false } as const
  return { id: `M${received}`, received, size: 1, warned: false, origin: { client: '::1' }, envelope, states }
}

function words(now: number, ...messages: Message[]): string | undefined {
  const warning = stuckWarning(messages, 4 * HOUR, now)
  return warning ? warning.text : undefined
}

test('not a moment sooner than set', () => {
  assert.equal(words(4 * HOUR - 1, message(0, waiting)), undefined)
  assert.match(words(4 * HOUR, message(0, waiting)) ?? '', /^1 message waits for more than 4h: /)
})

test('what a person holds isn’t stuck, what waits beside it is', () => {
  assert.equal(words(9 * HOUR, message(0, held)), undefined)
  const text = words(9 * HOUR, message(0, held), message(1, held, waiting), message(2, waiting))
  assert.match(text ?? '', /^2 messages wait /)
})

test('a clock set back makes nothing stuck', () => {
  assert.equal(words(-24 * HOUR, message(0, waiting)), undefined)
})
