/** The guard: sources, clocks that somebody sets, restarts, and a file that is damaged. */
import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { parseClient } from '../../../app/access/network.ts'
import { Guard, type GuardContext } from '../../../app/guard/guard.ts'
import { readSource, sourceOf } from '../../../app/guard/source.ts'
import type { EventBody } from '../../../app/log/event.ts'
import { makeFolder } from '../../support/folder.ts'
import { idsWith } from './rules.ts'

const minute = 60_000
const day = 24 * 60 * minute
const quick = { free: 3, first: 1, source: 5, account: 5, patience: 1000 }

function client(text: string) {
  return parseClient(text) ?? assert.fail(text)
}

const [attacker, office] = [client('203.0.113.7'), client('198.51.100.9')]

/** A guard with clocks that the test sets. */
async function guarded(changes: Partial<GuardContext> = {}, ids = idsWith()) {
  const clocks = { steady: 1000, wall: Date.UTC(2026, 0, 1) }
  const events: EventBody[] = []
  const machine = { localNetworks: [], routers: [] }
  const guard = await Guard.open({
    ids: () => ids,
    policy: () => ({ machine }),
    emit: event => events.push(event),
    clocks: { steady: () => clocks.steady, wall: () => clocks.wall },
    pace: quick,
    ...changes,
  })
  const pass = (time: number) => {
    clocks.steady += time
    clocks.wall += time
  }
  return { guard, clocks, events, pass }
}

function attack(guard: Guard, from = attacker): void {
  for (let at = 0; at < 5; at++) guard.offend(from, 'relayDenied', 'a@b.example')
}

async function logOn(guard: Guard, from: typeof attacker, account: string): Promise<void> {
  const turn = await guard.turn({ client: from, account, exists: true })
  assert.ok('end' in turn)
  assert.equal(turn.end('right'), undefined)
}

describe('a source', () => {
  const sources: readonly (readonly [address: string, source: string])[] = [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
  ]
  for (const [address, source] of sources)
    test(`${address} is ${source}, and can be written so`, () => {
      assert.equal(sourceOf(client(address)), source)
      assert.equal(readSource(address), source)
      assert.equal(readSource(source), source)
    })

  test('what is no address is none', () => {
    for (const text of ['', 'x', '203.0.113.0/24', '203.0.113.7/64', '2001:db8::/32'])
      assert.equal(readSource(text), undefined, text)
  })

  test('an IPv6 /64 is blocked as one, and unblocked by any of its addresses', async () => {
    const { guard } = await guarded()
    for (let at = 0; at < 5; at++) guard.offend(client(`2001:db8:1:2::${at}`), 'relayDenied')
    assert.equal(guard.greet(client('2001:db8:1:2:ffff::1'), 's1')?.code, 421)
    assert.equal(guard.greet(client('2001:db8:1:3::1'), 's2'), undefined)
    const [source = ''] = [readSource('2001:db8:1:2::abcd')]
    assert.deepEqual(guard.unblock([source], 'window'), ['2001:db8:1:2::/64'])
    assert.equal(guard.greet(client('2001:db8:1:2:ffff::1'), 's3'), undefined)
  })

  test('lists hold addresses, not sources', async () => {
    const { guard } = await guarded(
      {},
      idsWith({ neverBlock: ['2001:db8:1:2::5'], alwaysBlock: ['2001:db8:1:2::6'] }),
    )
    attack(guard, client('2001:db8:1:2::7'))
    assert.equal(guard.greet(client('2001:db8:1:2::5'), 's'), undefined)
    assert.equal(guard.greet(client('2001:db8:1:2::6'), 's')?.code, 554)
    assert.equal(guard.greet(client('2001:db8:1:2::8'), 's')?.code, 421)
  })
})

describe('a clock that is set', () => {
  for (const [way, jump] of [
    ['forward', 400 * day],
    ['back', -400 * day],
  ] as const)
    test(`${way} neither ends a block nor makes it longer`, async () => {
      const { guard, clocks, pass } = await guarded()
      attack(guard)
      clocks.wall += jump
      assert.equal(guard.standing(attacker).kind, 'refused')
      assert.equal(guard.blocks()[0]?.until, clocks.wall + 30 * minute)
      pass(30 * minute - 1)
      assert.equal(guard.standing(attacker).kind, 'refused')
      pass(1)
      assert.equal(guard.standing(attacker).kind, 'free')
    })

  test('one that stands still or goes back of itself counts as standing', async () => {
    const { guard, clocks, pass } = await guarded()
    attack(guard)
    clocks.steady -= 500
    assert.equal(guard.standing(attacker).kind, 'refused')
    pass(30 * minute + 500)
    assert.equal(guard.standing(attacker).kind, 'free')
  })
})

describe('a restart', () => {
  async function restarted(t: TestContext, between: number) {
    const file = join(await makeFolder(t), 'blocked.json')
    const first = await guarded({ file })
    await logOn(first.guard, office, 'support')
    attack(first.guard)
    first.pass(10 * minute)
    await first.guard.close()
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    const again = await guarded({
      file,
      clocks: { steady: () => again_.steady, wall: () => first.clocks.wall + between + again_.steady },
    })
    return { ...again, again: again_ }
  }
  let again_ = { steady: 0 }
  const reset = () => {
    again_ = { steady: 0 }
  }

  test('leaves a block its end, and what led to it', async t => {
    reset()
    const { guard, again } = await restarted(t, 5 * minute)
    const [block] = guard.blocks()
    assert.equal(block?.why, '5 refused attempts to relay')
    assert.equal(guard.standing(attacker).kind, 'refused')
    again.steady = 15 * minute - 1
    assert.equal(guard.standing(attacker).kind, 'refused')
    again.steady = 15 * minute
    assert.equal(guard.standing(attacker).kind, 'free')
  })

  test('with a clock that was set back meanwhile leaves it what it had left', async t => {
    reset()
    const { guard, again } = await restarted(t, -400 * day)
    again.steady = 20 * minute - 1
    assert.equal(guard.standing(attacker).kind, 'refused')
    again.steady = 20 * minute
    assert.equal(guard.standing(attacker).kind, 'free')
  })

  test('leaves the owners known where they were', async t => {
    reset()
    const { guard } = await restarted(t, minute)
    assert.deepEqual(guard.view('198.51.100.9')?.known, ['support'])
  })

  for (const [name, text] of [
    ['cut off', '{"written": 5, "blo'],
    ['of another kind', '[]'],
    ['empty', ''],
  ] as const)
    test(`with a file that is ${name} says so, and goes on`, async t => {
      const file = join(await makeFolder(t), 'blocked.json')
      await writeFile(file, text)
      const { guard, events } = await guarded({ file })
      assert.match(JSON.stringify(events), /"kind":"warning".*can't be read/)
      attack(guard)
      await guard.close()
      assert.equal(JSON.parse(await readFile(file, 'utf8')).blocks.length, 1)
    })

  test('with entries that are none of ours takes the others', async t => {
    const file = join(await makeFolder(t), 'blocked.json')
    const { clocks } = await guarded()
    const good = { source: '203.0.113.7', since: 0, left: 5 * minute, points: 1, refused: 0, offences: [] }
    const blocks = [
      null,
      5,
      { source: 'x', left: 5 },
      { source: 5 },
      { ...good, offences: [1, { kind: 'x' }] },
    ]
    await writeFile(file, JSON.stringify({ written: clocks.wall, blocks, places: [{}, { account: 5 }, 'x'] }))
    const { guard } = await guarded({ file })
    assert.deepEqual(
      guard.blocks().map(({ address, offences }) => [address, offences]),
      [['203.0.113.7', []]],
    )
  })
})

describe('a log-on that waits', () => {
  async function slowed() {
    const { guard } = await guarded({ pace: { ...quick, first: 60_000, source: 60_000, patience: 100_000 } })
    for (let at = 0; at < 3; at++) {
      const turn = await guard.turn({ client: attacker, account: 'support', exists: true })
      assert.ok('end' in turn)
      turn.end('wrong')
    }
    return { guard, waiting: guard.turn({ client: attacker, account: 'support', exists: true }) }
  }

  test('goes on when the account logs on there by another connection', async () => {
    const { guard, waiting } = await slowed()
    guard.recognised({ client: attacker, account: 'support', exists: true })
    assert.ok('end' in (await waiting))
  })

  test('ends with the relay', async () => {
    const { guard, waiting } = await slowed()
    guard.endWaits()
    const turn = await waiting
    assert.equal('reply' in turn && turn.reply.code, 421)
  })
})

test('an owner is one where the account is known, and whose source is never blocked', async () => {
  const { guard, pass } = await guarded({}, { ...idsWith(), neverBlock: [office.text] })
  const isOwner = async (from: typeof attacker, account: string) => {
    const turn = await guard.turn({ client: from, account, exists: true })
    assert.ok('end' in turn)
    turn.end('busy')
    return turn.isOwner
  }
  assert.equal(await isOwner(attacker, 'support'), false)
  assert.equal(await isOwner(office, 'support'), true)
  await logOn(guard, attacker, 'support')
  assert.equal(await isOwner(attacker, 'support'), true)
  assert.equal(await isOwner(attacker, 'fred'), false)
  pass(31 * day)
  assert.equal(await isOwner(attacker, 'support'), false)
})

test('a block is told once; what it turns away once in a while', async () => {
  const { guard, events, pass } = await guarded()
  attack(guard)
  for (let at = 0; at < 100; at++) {
    guard.greet(attacker, `s${at}`)
    pass(12_000)
  }
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['blocked', 'connection-refused', 'connection-refused'],
  )
  assert.equal(guard.view('203.0.113.7')?.block?.refused, 100)
})
