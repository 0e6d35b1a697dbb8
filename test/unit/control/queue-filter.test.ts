/** The queue's filter: the very recipients that it means, and no others. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QueueFilter } from '../../../app/control/control.ts'
import { finderOf, isNarrow } from '../../../app/control/queue-filter.ts'
import { reply } from '../../../app/mail/reply.ts'
import type { Message } from '../../../app/queue/message.ts'

const HOUR = 3_600_000
const full = reply(452, '4.2.2', 'Mailbox FULL\nreally')

const message: Message = {
  id: 'M1',
  received: 0,
  size: 1,
  warned: false,
  origin: { client: '192.0.2.7', user: 'fred' },
  envelope: {
    reversePath: 'fred@office.example',
    body: '7bit',
    smtpUtf8: false,
    recipients: ['a@x.example', 'b@y.example', 'c@y.example', 'd@sub.y.example'].map(address => ({
      address,
    })),
  },
  states: [
    { kind: 'delivered', at: 1, reply: reply(250, '', 'ok') },
    { kind: 'waiting', attempts: 1, next: 2, reply: full },
    { kind: 'held', attempts: 0, by: 'route', why: 'no route for y.example' },
    { kind: 'waiting', attempts: 0, next: 2 },
  ],
}

const found: readonly (readonly [QueueFilter, readonly number[]])[] = [
  [{}, [1, 2, 3]],
  [{ state: 'held' }, [2]],
  [{ state: 'waiting' }, [1, 3]],
  [{ to: 'y.example' }, [1, 2]],
  [{ to: '*.y.example' }, [3]],
  [{ to: 'x.example' }, []],
  [{ to: 'B@y.example' }, [1]],
  [{ from: 'office.example' }, [1, 2, 3]],
  [{ from: 'fred@office.example', to: 'c@y.example' }, [2]],
  [{ from: 'other.example' }, []],
  [{ from: '<>' }, []],
  [{ match: 'FRED' }, [1, 2, 3]],
  [{ match: '192.0.2.7' }, [1, 2, 3]],
  [{ match: 'a@x' }, [1, 2, 3]],
  [{ match: 'nowhere' }, []],
  [{ reply: 'mailbox full' }, [1]],
  [{ reply: '4.2.2' }, [1]],
  [{ reply: 'no route' }, [2]],
  [{ olderThan: 2 * HOUR }, [1, 2, 3]],
  [{ olderThan: 3 * HOUR + 1 }, []],
  [{ state: 'waiting', to: 'y.example', reply: 'full', olderThan: HOUR, match: 'm1' }, [1]],
]

for (const [filter, expected] of found) {
  test(`${JSON.stringify(filter)} finds ${expected.join(', ') || 'nobody'}`, () => {
    assert.deepEqual([...finderOf(filter, 3 * HOUR)(message)], expected)
  })
}

test('bounces are found by <>, and by no other sender', () => {
  const bounce = { ...message, envelope: { ...message.envelope, reversePath: '' } }
  assert.equal(finderOf({ from: '<>' }, 0)(bounce).size, 3)
  assert.equal(finderOf({ from: '*' }, 0)(bounce).size, 0)
})

test('what is no pattern is said, and finds nothing', () => {
  for (const filter of [{ to: 'a b' }, { from: '*.' }])
    assert.throws(
      () => finderOf(filter, 0),
      /^Error: Name an address, a domain, "\*\.domain" or "\*" instead of/,
    )
})

test('a limit alone asks for nothing', () => {
  assert.equal(isNarrow({ limit: 5 }), false)
  assert.equal(isNarrow({ to: '*' }), true)
})
