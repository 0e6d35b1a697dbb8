/** The replay of decisions that the log holds, by other settings. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseClient } from '../../../app/access/network.ts'
import { DECISIONS, REPLAYED, replay } from '../../../app/control/replay.ts'
import type { Event } from '../../../app/log/event.ts'
import { Journal } from '../../../app/log/journal.ts'
import type { Reply } from '../../../app/mail/reply.ts'
import { Connections, type Host } from '../../../app/smtp/connections.ts'
import { makeFolder } from '../../support/folder.ts'
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

test('recipients of whom no message came, and of refused messages, are decided again', () => {
  const to = [out, 'fred@example.com']
  const one = { client: '192.168.1.50', ...session, time: 1 }
  const reply = { code: 552, status: '5.3.4', text: 'too large' }
  for (const event of [
    { kind: 'abandoned', to, ...one } as const,
    { kind: 'message-refused', to, reply, ...one } as const,
  ]) {
    const { tried, flips } = replay([event], judge(), judge(closed))
    assert.deepEqual([tried, flips.map(flip => flip.to)], [2, [out]])
  }
  const untold = { kind: 'message-refused', reply, ...one } as const
  assert.equal(replay([untold], judge(), judge(closed)).tried, 0)
})

test('refused greetings are decided again, but not those for whom there was no place', () => {
  const shut = { smtp: { antiRelay: 'authenticated-users' } } as const
  const reply = { code: 554, status: '5.7.1', text: 'no' }
  const one = { kind: 'connection-refused', session: 's', time: 1 } as const
  const events = [
    { ...one, client: '192.168.1.1', reply, list: 'service', row: 1 } as const,
    { ...one, client: '192.168.1.50', reply: turnedAway() },
  ]
  const { tried, flips } = replay(events, judge(shut), judge())
  assert.equal(tried, 1)
  assert.deepEqual(flips, [
    {
      client: '192.168.1.1',
      verdict: 'accept',
      reply: '220 Connection accepted',
      count: 1,
      last: 1,
    },
  ])
  const recipient = accepted(2, '192.168.1.1', ['fred@example.com'])
  assert.deepEqual(
    replay([recipient], judge(), judge(shut)).flips.map(({ reply }) => reply.slice(0, 3)),
    ['554'],
  )
})

const full = {
  ...{ maxConnections: 0, maxConnectionsPerClient: 0 },
  ...{ maxConnectionsPerNetwork: 9, reservedShare: 0 },
}

/** The reply to a connection for which there is no place. */
function turnedAway(maxConnections = 0): Reply {
  const client = parseClient('192.0.2.1')
  assert.ok(client)
  const newcomer = { client, isLocal: false, isKnown: () => false }
  const host: Host = { doing: () => 'idle', dismiss: () => {} }
  const answered = new Connections().enter('', newcomer, { ...full, maxConnections }, host)
  assert.ok(answered)
  return answered
}

test('the journal hands over no turned away connections, and everything else that was decided', async t => {
  const journal = new Journal(await makeFolder(t))
  const one = { session: 's', client: '192.0.2.1' }
  for (const maxConnections of [0, 9]) {
    const reply = turnedAway(maxConnections)
    for (let times = 0; times < REPLAYED; times++) journal.emit({ kind: 'connection-refused', reply, ...one })
  }
  const { time: _, ...told } = accepted(1, '192.0.2.1', [out])
  journal.emit(told)
  journal.emit({
    kind: 'connection-refused',
    reply: { code: 554, status: '5.7.1', text: 'no' },
    list: 'service',
    row: 1,
    ...one,
  })
  journal.emit({ kind: 'abandoned', from: '', to: [out], ...one })
  for (let times = 0; times < 2 * REPLAYED; times++)
    journal.emit({ kind: 'connection-refused', reply: turnedAway(), ...one })
  const read = await journal.read(DECISIONS)
  assert.deepEqual(
    read.map(({ kind }) => kind),
    ['accepted', 'connection-refused', 'abandoned'],
  )
  await journal.close()
})

test('a service that is switched off refuses everything, and on again it decides', () => {
  const off = { smtp: { enabled: false } }
  const events = [accepted(1, '192.168.1.50', [out]), refused(2, '203.0.113.9', out)]
  const { flips } = replay(events, judge(), judge(off))
  assert.deepEqual(
    flips.map(({ client, verdict, reply }) => [client, verdict, reply]),
    [['192.168.1.50', 'refuse', 'no connection: the SMTP service is off']],
  )
  assert.deepEqual(
    replay(events, judge(off), judge()).flips.map(({ verdict }) => verdict),
    ['accept'],
  )
  assert.deepEqual(replay(events, judge(off), judge({ smtp: { enabled: false, access: [] } })).flips, [])
})

test('who logged on is refused where no port offers a log-on any more', () => {
  const listeners = [{ address: '0.0.0.0', port: 25, encryption: 'none' }] as const
  const { flips } = replay(
    [accepted(1, '203.0.113.9', [out], 'support')],
    judge(),
    judge({ smtp: { listeners } }),
  )
  assert.deepEqual(
    flips.map(({ client, verdict, reply }) => [client, verdict, reply]),
    [['203.0.113.9', 'refuse', NO_LOG_ON]],
  )
})

/** As a session there says it: "log on first" would be no help. */
const NO_LOG_ON =
  '550 5.7.1 Sending to this recipient needs a log-on, and logging on is not possible on this unencrypted port'

const lane = { address: '127.0.0.1', port: 2525, encryption: 'none', oldDevices: true } as const
const usual = { address: '0.0.0.0', port: 25, encryption: 'starttls' } as const

test('without a listener nobody connects, and where all are for old devices no stranger does', () => {
  const events = [accepted(1, '192.168.1.50', [out]), accepted(2, '203.0.113.9', ['fred@example.com'])]
  const none = replay(events, judge(), judge({ smtp: { listeners: [] } }))
  assert.deepEqual(
    none.flips.map(({ client, verdict, reply }) => [client, verdict, reply]),
    [
      ['203.0.113.9', 'refuse', 'no connection: no listener is set'],
      ['192.168.1.50', 'refuse', 'no connection: no listener is set'],
    ],
  )
  const lanes = replay(events, judge(), judge({ smtp: { listeners: [lane] } }))
  assert.deepEqual(
    lanes.flips.map(({ client, reply }) => [client, reply]),
    [['203.0.113.9', '554 5.7.1 This port is for devices in the local networks only']],
  )
  assert.deepEqual(
    replay(events, judge({ smtp: { listeners: [] } }), judge()).flips.map(({ verdict }) => verdict),
    ['accept', 'accept'],
  )
})

test('a decision counts by the port it came to, where that is known', () => {
  const to = ['fred@example.com']
  const events = [25, 2525, 587].map((port, at) => ({ ...accepted(at, '203.0.113.9', to), port }))
  const both = { smtp: { listeners: [usual, { ...usual, port: 2525 }] } }
  const becomesLane = replay(events, judge(both), judge({ smtp: { listeners: [usual, lane] } }))
  assert.deepEqual(
    [becomesLane.tried, becomesLane.flips.map(({ reply, count }) => [reply, count])],
    [3, [['554 5.7.1 This port is for devices in the local networks only', 1]]],
  )
  const goes = replay(events, judge(both), judge({ smtp: { listeners: [usual] } }))
  assert.deepEqual(
    goes.flips.map(({ reply }) => reply),
    ['no connection: no listener has port 2525'],
  )
  assert.ok(!('port' in (goes.flips[0] ?? {})))
  // No listener has port 587 before or after: the client comes to another one by now.
  const shut = replay(events.slice(2), judge(both), judge({ smtp: { listeners: [] } }))
  assert.deepEqual(
    shut.flips.map(({ reply }) => reply),
    ['no connection: no listener is set'],
  )
})

test('who logged on at a port that offers no log-on any more is refused', () => {
  const event = { ...accepted(1, '203.0.113.9', [out], 'support'), port: 25 }
  const beside = { ...usual, port: 587 }
  const [before, after] = [usual, { ...usual, encryption: 'none' } as const].map(one =>
    judge({ smtp: { listeners: [one, beside] } }),
  )
  assert.ok(before && after)
  assert.deepEqual(
    replay([event], before, after).flips.map(({ verdict, reply }) => [verdict, reply]),
    [['refuse', NO_LOG_ON]],
  )
  // The port is gone: the client comes to another one, which offers it.
  const closed = judge({ smtp: { listeners: [beside], access: [] } })
  assert.match(replay([event], before, closed).flips[0]?.reply ?? '', /no listener has port 25/)
})

test('an address that is always blocked from now on is refused, and comes in again without that', () => {
  const { ids } = office().smtp
  const blocking = { smtp: { ids: { ...ids, alwaysBlock: ['203.0.113.0/24'] } } }
  const events = [accepted(1, '203.0.113.9', ['fred@example.com']), accepted(2, '192.168.1.50', [out])]
  assert.deepEqual(
    replay(events, judge(), judge(blocking)).flips.map(({ client, reply }) => [client, reply.slice(0, 9)]),
    [['203.0.113.9', '554 5.7.1']],
  )
  assert.deepEqual(
    replay(events, judge(blocking), judge()).flips.map(({ verdict }) => verdict),
    ['accept'],
  )
})
