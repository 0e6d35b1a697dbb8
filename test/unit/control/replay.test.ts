/** The replay of decisions that the log holds, by other settings. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { REPLAYED, replay } from '../../../app/control/replay.ts'
import type { Event } from '../../../app/log/event.ts'
import type { Change } from '../access/office.ts'
import { office, policyOf, user } from '../access/office.ts'

const session = { session: 's', from: 'x@y.example' }
const out = 'a@elsewhere.org'

function accepted(time: number, client: string, to: readonly string[], account?: string): Event {
  return {
    kind: 'accepted',
    id: 'm',
    size: 1,
    time,
    client,
    to,
    ...session,
    ...(account && { user: account }),
  }
}

function refused(time: number, client: string, to: string, account?: string): Event {
  const reply = { code: 550, status: '5.7.1', text: 'no' }
  const by = { list: 'service', row: 1 } as const
  return {
    kind: 'recipient-refused',
    time,
    client,
    to,
    reply,
    ...by,
    ...session,
    ...(account && { user: account }),
  }
}

function judge(change: Change = {}) {
  return { policy: policyOf(change), users: office(change).users }
}

const closed = { smtp: { access: [] } }

test('those that would change are told once each, with their number, the newest first', () => {
  const events = [
    accepted(1, '192.168.1.50', [out]),
    accepted(2, '192.168.1.50', [out, 'fred@example.com']),
    refused(3, '203.0.113.9', out),
    accepted(4, '203.0.113.9', [out], 'support'),
    { kind: 'stopped', time: 5 } as const,
  ]
  assert.deepEqual(replay(events, judge(), judge(closed)), {
    tried: 5,
    flips: [
      {
        client: '203.0.113.9',
        user: 'support',
        to: out,
        verdict: 'refuse',
        reply: '550 5.7.1 Relaying is not permitted from your IP address',
        count: 1,
        last: 4,
      },
      {
        client: '192.168.1.50',
        to: out,
        verdict: 'refuse',
        reply: '550 5.7.1 Relaying is not permitted from your IP address',
        count: 2,
        last: 2,
      },
    ],
  })
  const back = replay(events, judge(closed), judge())
  assert.deepEqual(
    back.flips.map(({ verdict }) => verdict),
    ['accept', 'accept'],
  )
})

test('an account that is gone or switched off logs on no more', () => {
  const events = [accepted(1, '203.0.113.9', [out], 'support')]
  for (const users of [[], [user('support', { enabled: false })]]) {
    const { flips } = replay(events, judge(), judge({ users }))
    assert.deepEqual(
      flips.map(({ reply }) => reply.slice(0, 3)),
      ['530'],
    )
  }
})

test('recipients here are decided too, and what was said then does not count', () => {
  const events = [refused(1, '203.0.113.9', 'new@example.com'), accepted(2, '203.0.113.9', ['postmaster'])]
  const users = [...office().users, user('new')]
  assert.deepEqual(
    replay(events, judge(), judge({ users })).flips.map(({ to }) => to),
    ['new@example.com'],
  )
  assert.deepEqual(replay(events, judge({ users }), judge({ users })).flips, [])
})

test('the newest 1,000 decisions are tried, and lines that make no case are passed over', () => {
  const many = Array.from({ length: REPLAYED }, (_, at) =>
    accepted(at, '192.168.1.50', [out, 'fred@example.com']),
  )
  assert.equal(replay(many, judge(), judge(closed)).tried, REPLAYED)
  assert.equal(replay(many, judge(), judge(closed)).flips[0]?.count, REPLAYED / 2)
  const odd = [accepted(1, 'nowhere', [out]), refused(2, '192.168.1.50', 'no address')]
  assert.deepEqual(replay(odd, judge(), judge(closed)), { tried: 2, flips: [] })
})

test('who logged on is refused where no port offers a log-on any more', () => {
  const listeners = [{ address: '0.0.0.0', port: 25, encryption: 'none' }] as const
  const { flips } = replay(
    [accepted(1, '203.0.113.9', [out], 'support')],
    judge(),
    judge({ smtp: { listeners } }),
  )
  assert.deepEqual(
    flips.map(({ client, verdict }) => [client, verdict]),
    [['203.0.113.9', 'refuse']],
  )
})
