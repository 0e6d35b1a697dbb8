/** Connections are counted, in all, by client and network; strangers give way, and each leaves once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseClient } from '../../../app/access/network.ts'
import type { Reply } from '../../../app/mail/reply.ts'
import { type ConnectionLimits, Connections, type Doing } from '../../../app/smtp/connections.ts'

const roomy: ConnectionLimits = {
  maxConnections: 1000,
  maxConnectionsPerClient: 1000,
  maxConnectionsPerNetwork: 1000,
  reservedShare: 0,
}

/** Connections on a clock that the test turns, and who was sent away. */
class Hall {
  now = 0
  readonly doing = new Map<string, Doing>()
  readonly dismissed: string[] = []
  /** What they were told. */
  readonly farewells: string[] = []
  readonly connections = new Connections(() => this.now)
  #begun = 0

  enter(
    text: string,
    limits: Partial<ConnectionLimits> = {},
    isLocal = false,
    known = false,
  ): Reply | string {
    const id = `${++this.#begun}`
    const client = parseClient(text)
    assert.ok(client)
    const refusal = this.connections.enter(
      id,
      { client, isLocal, isKnown: () => known },
      { ...roomy, ...limits },
      {
        doing: one => this.doing.get(one) ?? 'idle',
        dismiss: (one, { code, text }) => {
          assert.equal(code, 421)
          this.farewells.push(text)
          this.dismissed.push(one)
        },
      },
    )
    return refusal ?? id
  }
}

function refusedFor(answer: Reply | string): string {
  return typeof answer === 'string' ? 'nothing' : answer.text
}

test('who is over a limit is refused and not counted', () => {
  const hall = new Hall()
  const limits = { maxConnections: 3, maxConnectionsPerClient: 2 }
  const first = hall.enter('192.0.2.1', limits)
  hall.enter('192.0.2.1', limits)
  assert.match(refusedFor(hall.enter('192.0.2.1', limits)), /from your address/)
  hall.enter('192.0.2.2', limits)
  assert.match(refusedFor(hall.enter('192.0.2.3', limits)), /^Too many connections -/)
  assert.equal(hall.connections.count, 3)
  hall.connections.leave('3')
  assert.equal(hall.connections.count, 3)
  hall.connections.leave(`${first}`)
  hall.connections.leave(`${first}`)
  assert.equal(hall.connections.count, 2)
  assert.equal(refusedFor(hall.enter('192.0.2.1', limits)), 'nothing')
})

test('strangers of one network are counted together, those that are trusted are not', () => {
  const hall = new Hall()
  const limits = { maxConnectionsPerNetwork: 2 }
  hall.enter('192.0.2.1', limits)
  hall.enter('192.0.2.2', limits)
  assert.match(refusedFor(hall.enter('192.0.2.255', limits)), /from your network/)
  assert.equal(refusedFor(hall.enter('192.0.3.1', limits)), 'nothing')
  assert.equal(refusedFor(hall.enter('192.0.2.3', limits, true)), 'nothing')
  hall.enter('2001:db8:1:1::1', limits)
  hall.enter('2001:db8:1:2::1', limits)
  assert.match(refusedFor(hall.enter('2001:db8:1:ffff::1', limits)), /from your network/)
  assert.equal(refusedFor(hall.enter('2001:db8:2::1', limits)), 'nothing')
})

test('a stranger’s IPv6 /64 is one client; in the office each address is', () => {
  const hall = new Hall()
  const limits = { maxConnectionsPerClient: 1 }
  hall.enter('2001:db8:1:1::1', limits)
  assert.match(refusedFor(hall.enter('2001:db8:1:1:ffff::2', limits)), /from your address/)
  assert.equal(refusedFor(hall.enter('2001:db8:1:2::1', limits)), 'nothing')
  hall.enter('2001:db8:9:1::1', limits, true)
  assert.equal(refusedFor(hall.enter('2001:db8:9:1::2', limits, true)), 'nothing')
})

test('what is reserved is for those who are trusted, and a log-on makes room for a stranger', () => {
  const hall = new Hall()
  const limits = { maxConnections: 4, reservedShare: 50 }
  const first = hall.enter('192.0.2.1', limits)
  hall.enter('192.0.2.2', limits)
  assert.match(refusedFor(hall.enter('192.0.2.3', limits)), /^Too many/)
  assert.equal(refusedFor(hall.enter('10.0.0.1', limits, true)), 'nothing')
  hall.connections.trust(`${first}`)
  hall.connections.trust(`${first}`)
  assert.equal(refusedFor(hall.enter('192.0.2.4', limits)), 'nothing')
  assert.match(refusedFor(hall.enter('10.0.0.2', limits, true)), /^Too many/)
  hall.connections.leave(`${first}`)
  assert.match(refusedFor(hall.enter('192.0.2.5', limits)), /^Too many/)
  assert.equal(refusedFor(hall.enter('10.0.0.2', limits, true)), 'nothing')
})

test('where somebody logged on lately there is no stranger', () => {
  const hall = new Hall()
  const limits = { maxConnections: 4, reservedShare: 50, maxConnectionsPerNetwork: 2 }
  hall.enter('192.0.2.1', limits)
  hall.enter('192.0.2.2', limits)
  assert.match(refusedFor(hall.enter('192.0.2.3', limits)), /from your network/)
  assert.equal(refusedFor(hall.enter('192.0.2.3', limits, false, true)), 'nothing')
  assert.equal(refusedFor(hall.enter('198.51.100.3', limits, false, true)), 'nothing')
  hall.now = 60_000
  assert.equal(refusedFor(hall.enter('198.51.100.4', limits, false, true)), 'nothing')
  assert.deepEqual(hall.dismissed, ['1'])
})

test('of the strangers the one that has been idle for longest gives way, if it was for five seconds', () => {
  const hall = new Hall()
  const limits = { maxConnections: 3 }
  const ids = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map(text => hall.enter(text, limits))
  hall.now = 4_999
  assert.match(refusedFor(hall.enter('10.0.0.1', limits, true)), /^Too many/)
  hall.now = 5_300
  hall.doing.set(`${ids[0]}`, 'busy')
  assert.equal(refusedFor(hall.enter('10.0.0.1', limits, true)), 'nothing')
  assert.deepEqual(hall.dismissed, [ids[1]])
  assert.equal(refusedFor(hall.enter('192.0.2.4', limits)), 'nothing')
  assert.deepEqual(hall.dismissed, [ids[1], ids[2]])
  assert.match(refusedFor(hall.enter('192.0.2.5', limits)), /^Too many/)
  hall.now = 30_000
  hall.doing.set('6', 'receiving')
  assert.equal(refusedFor(hall.enter('192.0.2.5', limits)), 'nothing')
  assert.deepEqual(hall.dismissed, [ids[1], ids[2], ids[0]])
  assert.equal(hall.connections.count, 3)
})

test('whose message trickles gives way after ten minutes, and is told why; whose is in never does', () => {
  const hall = new Hall()
  const limits = { maxConnections: 2 }
  const [slow, answered] = ['192.0.2.1', '192.0.2.2'].map(text => `${hall.enter(text, limits)}`)
  hall.doing.set(`${slow}`, 'receiving')
  hall.doing.set(`${answered}`, 'answering')
  hall.now = 599_000
  assert.match(refusedFor(hall.enter('10.0.0.1', limits, true)), /^Too many/)
  hall.now = 600_000
  assert.equal(refusedFor(hall.enter('10.0.0.1', limits, true)), 'nothing')
  assert.deepEqual(hall.dismissed, [slow])
  assert.match(hall.farewells.join(), /^Others need the place of this slow connection -/)
  hall.now = 3_600_000
  assert.match(refusedFor(hall.enter('10.0.0.2', limits, true)), /^Too many/)
})

test('who is trusted, logged on, or is being answered never gives way', () => {
  const hall = new Hall()
  const limits = { maxConnections: 3 }
  hall.enter('10.0.0.1', limits, true)
  hall.connections.trust(`${hall.enter('192.0.2.1', limits)}`)
  hall.doing.set(`${hall.enter('192.0.2.2', limits)}`, 'answering')
  hall.now = 3_600_000
  assert.match(refusedFor(hall.enter('10.0.0.2', limits, true)), /^Too many/)
  assert.deepEqual(hall.dismissed, [])
})

test('counts come out even, whoever comes, logs on and goes in whatever order', () => {
  const limits = {
    maxConnections: 6,
    maxConnectionsPerClient: 2,
    maxConnectionsPerNetwork: 3,
    reservedShare: 34,
  }
  const move = fc.tuple(fc.constantFrom('enter', 'leave', 'trust'), fc.nat(30), fc.nat(3), fc.boolean())
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), moves => {
      const hall = new Hall()
      const inside = new Set<string>()
      for (const [what, who, from, isTrusted] of moves) {
        hall.now += 1000
        if (what === 'enter') {
          const answer = hall.enter(`192.0.${from}.${who % 3}`, limits, isTrusted, who % 5 === 0)
          if (typeof answer === 'string') inside.add(answer)
          for (const gone of hall.dismissed.splice(0)) assert.ok(inside.delete(gone))
        } else if (what === 'trust') hall.connections.trust(`${who}`)
        else {
          hall.connections.leave(`${who}`)
          inside.delete(`${who}`)
        }
        assert.equal(hall.connections.count, inside.size)
        assert.ok(inside.size <= 6)
      }
      for (const id of inside) hall.connections.leave(id)
      for (let at = 0; at < 4; at++) assert.equal(refusedFor(hall.enter(`198.51.${at}.1`, limits)), 'nothing')
      assert.match(refusedFor(hall.enter('198.51.9.1', limits)), /^Too many/)
    }),
  )
})
