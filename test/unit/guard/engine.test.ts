/** The engine: points, blocks and their ends, the pace of guesses, and what strangers can make it keep. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Attempt, Engine } from '../../../app/guard/engine.ts'
import { OFFENCE_KINDS, type OffenceKind } from '../../../app/guard/offence.ts'
import { MOST_ENTRIES, Offences } from '../../../app/guard/offences.ts'
import { PACE } from '../../../app/guard/pace.ts'
import { idsWith, randomFrom } from './rules.ts'

const rules = idsWith()
const minute = 60_000
const [attacker, office] = ['203.0.113.7', '198.51.100.9']

function attemptAt(now: number, changes: Partial<Attempt> = {}): Attempt {
  return { source: attacker, account: 'support', exists: true, exempt: false, now, ...changes }
}

/** Tries as soon as it may, and fails; when it was tried, or undefined where it was turned away. */
function guess(engine: Engine, now: number, changes: Partial<Attempt> = {}): number | undefined {
  const turn = engine.attempt(attemptAt(now, changes), rules)
  if (turn.kind !== 'turn') return undefined
  const tried = attemptAt(turn.at, changes)
  engine.settle(tried)
  engine.fail(tried, rules)
  return turn.at
}

function logOn(engine: Engine, now: number, changes: Partial<Attempt> = {}): void {
  const attempt = attemptAt(now, changes)
  const turn = engine.attempt(attempt, rules)
  assert.equal(turn.kind, 'turn')
  if (turn.kind === 'turn') engine.settle(attempt)
  engine.succeed(attempt)
}

describe('points', () => {
  test('the threshold may be reached, and not passed', () => {
    const engine = new Engine()
    for (let at = 0; at < 4; at++)
      assert.equal(engine.offend(attacker, 'relayDenied', 'x@y', at, rules, false), undefined)
    const block = engine.offend(attacker, 'relayDenied', 'x@y', 4, rules, false)
    assert.deepEqual([block?.points, block?.since, block?.until], [500, 4, 4 + 30 * minute])
    assert.equal(engine.blockOf(attacker, 4 + 30 * minute - 1), block)
    assert.equal(engine.blockOf(attacker, 4 + 30 * minute), undefined)
  })

  test('what is older than the window counts no longer', () => {
    const engine = new Engine()
    for (let at = 0; at < 20; at++)
      assert.equal(
        engine.offend(attacker, 'relayDenied', undefined, at * 16 * minute, rules, false),
        undefined,
      )
  })

  test('what led to a block leads to no other', () => {
    const engine = new Engine()
    for (let at = 0; at < 5; at++) engine.offend(attacker, 'relayDenied', undefined, at, rules, false)
    const later = 31 * minute
    assert.equal(engine.offend(attacker, 'relayDenied', undefined, later, rules, false), undefined)
    assert.equal(engine.pointsOf(attacker, later, rules), 100)
  })

  test('who is exempt is counted and never blocked', () => {
    const engine = new Engine()
    for (let at = 0; at < 50; at++)
      assert.equal(engine.offend(attacker, 'badPassword', 'a', at, rules, true), undefined)
    assert.equal(engine.pointsOf(attacker, 50, rules), 2500)
  })

  test('switched off it counts nothing, and nothing waits', () => {
    const engine = new Engine()
    const off = idsWith({ enabled: false })
    for (let at = 0; at < 50; at++) {
      assert.equal(engine.fail(attemptAt(0), off), undefined)
      assert.deepEqual(engine.attempt(attemptAt(0), off), { kind: 'turn', at: 0, reserved: false })
    }
    assert.equal(engine.pointsOf(attacker, 0, rules), 0)
  })

  test('unblocking forgets what it did', () => {
    const engine = new Engine()
    for (let at = 0; at < 9; at++) guess(engine, at * minute)
    assert.ok(engine.blockOf(attacker, 9 * minute))
    assert.equal(engine.unblock(attacker, 9 * minute), true)
    assert.equal(engine.unblock(attacker, 9 * minute), false)
    assert.equal(engine.blockOf(attacker, 9 * minute), undefined)
    assert.equal(engine.pointsOf(attacker, 9 * minute, rules), 0)
  })

  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8])
    test(`any events: never fewer than there were in the window, hardly more (seed ${seed})`, () => {
      const random = randomFrom(seed)
      const window = 1000
      const offences = new Offences()
      let told: { at: number; kind: OffenceKind }[] = []
      let now = 0
      for (let step = 0; step < 1500; step++) {
        now += Math.floor(random() * (random() < 0.1 ? 500 : 20))
        const kind = OFFENCE_KINDS[Math.floor(random() * OFFENCE_KINDS.length)] ?? 'badPassword'
        const who = random() < 0.5 ? undefined : String(Math.floor(random() * 50))
        offences.add(kind, who, now, window)
        told = [...told.filter(({ at }) => now - at < window), { at: now, kind }]
        assert.ok(offences.size <= MOST_ENTRIES)
        for (const one of OFFENCE_KINDS) {
          const exact = told.filter(({ kind }) => kind === one).length
          const kept = offences.within(now, window).filter(({ kind }) => kind === one)
          const count = kept.reduce((sum, { count }) => sum + count, 0)
          assert.ok(count >= exact, `${one}: ${count} for ${exact}`)
          assert.ok(kept.every(({ last }) => now - last < window))
        }
      }
    })

  test('of few it is exact but for what came together', () => {
    const offences = new Offences()
    for (const at of [0, 50, 100, 101, 500]) offences.add('badPassword', 'a', at, 1000)
    assert.deepEqual(
      offences.within(500, 1000).map(({ count, first, last }) => [count, first, last]),
      [
        [3, 0, 100],
        [1, 101, 101],
        [1, 500, 500],
      ],
    )
    assert.equal(offences.within(1100, 1000).length, 2)
  })
})

describe('guesses from one source', () => {
  test('fifty wrong passwords: slowed more and more, and blocked within ten', () => {
    const engine = new Engine()
    const times: number[] = []
    let now = 0
    for (let tried = 0; tried < 50; tried++) {
      const at = guess(engine, now)
      if (at !== undefined) times.push(at)
      now = at ?? now + 1000
    }
    assert.equal(times.length, 9)
    const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    assert.deepEqual(waits, [0, 0, 500, 1000, 2000, 4000, 8000, PACE.source])
    const block = engine.blockOf(attacker, now)
    assert.deepEqual(
      block?.offences.map(({ kind, who, count }) => [kind, who, count]),
      [['badPassword', 'support', 9]],
    )
  })

  test('many at once are no more than one after the other', () => {
    const engine = new Engine()
    const turns = Array.from({ length: 50 }, () => engine.attempt(attemptAt(0), rules))
    const starts = turns.flatMap(turn => (turn.kind === 'turn' ? [turn.at] : []))
    assert.deepEqual(
      starts,
      [0, 0, 0, 500, 1500, 3500, 7500, 15_500].filter(at => at <= PACE.patience),
    )
    assert.ok(turns.slice(starts.length).every(({ kind }) => kind === 'later'))
  })

  test('who mistypes a few times waits for nothing that he notices', () => {
    const engine = new Engine()
    for (let tried = 0; tried < 4; tried++) assert.equal(guess(engine, tried * 5000), tried * 5000)
    logOn(engine, 20_000)
    assert.deepEqual(engine.attempt(attemptAt(20_000), rules), { kind: 'turn', at: 20_000, reserved: false })
  })

  test('names that nobody has are blocked like wrong passwords', () => {
    const engine = new Engine()
    let tried = 0
    for (let now = 0; now < 50 * minute; now += minute)
      if (guess(engine, now, { account: `name${now}`, exists: false }) !== undefined) tried++
    assert.equal(tried, 9 + 9)
  })

  test('the office is slowed, and never blocked', () => {
    const engine = new Engine()
    let [now, tried] = [0, 0]
    for (; tried < 40; tried++) now = guess(engine, now, { exempt: true }) ?? assert.fail('turned away')
    assert.equal(engine.blockOf(attacker, now), undefined)
    assert.ok(now > 30 * PACE.source)
    assert.deepEqual(
      engine.attempt(attemptAt(now, { exempt: true, source: office }), rules).kind === 'turn' &&
        engine.attempt(attemptAt(now, { exempt: true, source: office }), rules),
      { kind: 'turn', at: now, reserved: true },
    )
  })
})

describe('an office behind one address', () => {
  /** Fred's device has an old password, support logged on an hour before. */
  function sharedOffice() {
    const engine = new Engine()
    logOn(engine, 0, { source: office })
    let [now, tried] = [60 * minute, 0]
    for (let go = 0; go < 50; go++) {
      const at = guess(engine, now, { source: office, account: 'fred' })
      if (at !== undefined) tried++
      now = (at ?? now) + 1000
    }
    return { engine, now, tried }
  }

  test('one colleague’s wrong passwords don’t shut out who logs on rightly', () => {
    const { engine, now, tried } = sharedOffice()
    assert.equal(tried, 9)
    assert.ok(engine.blockOf(office, now))
    assert.ok(engine.isShared(office, now))
    assert.deepEqual(engine.attempt(attemptAt(now, { source: office }), rules), {
      kind: 'turn',
      at: now,
      reserved: false,
    })
    assert.equal(engine.attempt(attemptAt(now, { source: office, account: 'fred' }), rules).kind, 'blocked')
  })

  test('a colleague who logs on there for the first time has one try', () => {
    const { engine, now } = sharedOffice()
    const later = now + PACE.source
    logOn(engine, later, { source: office, account: 'webmaster' })
    assert.equal(
      guess(engine, later + 2 * PACE.source, { source: office, account: 'anna' }) !== undefined,
      true,
    )
    assert.equal(guess(engine, later + 3 * PACE.source, { source: office, account: 'anna' }), undefined)
    assert.ok(
      engine.attempt(attemptAt(later, { source: office, account: 'webmaster' }), rules).kind === 'turn',
    )
  })

  test('whoever guesses the account that is known there is slowed, whatever it logs on meanwhile', () => {
    const engine = new Engine()
    let [now, tried] = [0, 0]
    logOn(engine, now)
    while (now < 60 * minute) {
      now = guess(engine, now) ?? now + 1000
      tried++
      engine.succeed(attemptAt(now))
    }
    assert.ok(tried <= (60 * minute) / PACE.source + 20, `${tried} guesses in an hour`)
  })
})

describe('a guess from two hundred addresses at one account', () => {
  function botnet(engine: Engine, from: number, span: number): number {
    let tried = 0
    for (let now = from; now < from + span; now += 250) {
      const bot = Math.floor(now / 250) % 200
      if (guess(engine, now, { source: `203.0.113.${bot}` }) !== undefined) tried++
    }
    return tried
  }

  test('is slowed for all of them together', () => {
    const engine = new Engine()
    const tried = botnet(engine, 0, 60 * minute)
    assert.ok(tried <= (60 * minute) / PACE.account + 15, `${tried} guesses in an hour`)
  })

  test('the owner is served at full speed at his known address, and in the office', () => {
    const engine = new Engine()
    logOn(engine, 0, { source: office })
    botnet(engine, minute, 30 * minute)
    const now = 31 * minute
    for (const own of [{ source: office }, { source: '192.168.1.5', exempt: true }]) {
      const turn = engine.attempt(attemptAt(now, own), rules)
      assert.deepEqual(turn.kind === 'turn' && turn.at, now)
    }
    assert.equal(engine.attempt(attemptAt(now, { source: '203.0.113.250' }), rules).kind, 'later')
  })

  test('one address alone doesn’t slow the owner anywhere else', () => {
    const engine = new Engine()
    for (let now = 0; now < minute; now += 100) guess(engine, now)
    const turn = engine.attempt(attemptAt(minute, { source: '203.0.113.250' }), rules)
    assert.deepEqual(turn.kind === 'turn' && turn.at, minute)
  })

  test('all at once is no faster', () => {
    const engine = new Engine()
    const turns = Array.from({ length: 200 }, (_, bot) =>
      engine.attempt(attemptAt(0, { source: `203.0.113.${bot}` }), rules),
    )
    const tried = turns.filter(({ kind }) => kind === 'turn').length
    assert.ok(tried >= 3 && tried < 12, `${tried} were tried`)
  })

  test('other accounts aren’t slowed by it', () => {
    const engine = new Engine()
    botnet(engine, 0, 10 * minute)
    const turn = engine.attempt(attemptAt(10 * minute, { source: office, account: 'fred' }), rules)
    assert.deepEqual(turn.kind === 'turn' && turn.at, 10 * minute)
  })
})

describe('what strangers can make it keep', () => {
  test('is bounded, by millions of addresses and names', () => {
    const bounds = { sources: 500, entries: 800, blocks: 100, names: 50 }
    const engine = new Engine(bounds)
    for (let at = 0; at < 100_000; at++) {
      const source = `source ${at % 50_000}`
      guess(engine, at, { source, account: `name ${at}`, exists: false })
      if (at % 10 === 0)
        for (let times = 0; times < 5; times++)
          engine.offend(source, 'relayDenied', String(times), at, rules, false)
      if (at % 1000 !== 0) continue
      const { sizes } = engine
      for (const key of ['sources', 'entries', 'blocks', 'names'] as const)
        assert.ok(sizes[key] <= bounds[key] + MOST_ENTRIES, `${key}: ${sizes[key]}`)
    }
  })

  test('the books of entries balance when all is old', () => {
    const engine = new Engine({ sources: 6, entries: 100, blocks: 10, names: 10 })
    for (let at = 0; at < 100; at++) {
      engine.offend(`s${at % 7}`, 'protocolError', String(at % 3), at * 1000, rules, false)
      if (at % 20 === 19) engine.unblock(`s${at % 7}`, at * 1000)
    }
    assert.ok(engine.sizes.entries > 0)
    for (let at = 0; at < 10; at++) engine.attempt(attemptAt(10 ** 9, { source: `quiet${at}` }), rules)
    assert.equal(engine.sizes.entries, 0)
  })

  test('invented names don’t make it forget how often an account was tried', () => {
    const engine = new Engine({ sources: 50_000, entries: 60_000, blocks: 100, names: 50 })
    for (let at = 0; at < 20; at++) guess(engine, 0, { source: `198.51.100.${at}` })
    for (let at = 0; at < 1000; at++)
      guess(engine, 0, { source: `203.0.113.${at}`, account: `x${at}`, exists: false })
    assert.notEqual(guess(engine, 1, { source: '192.0.2.1' }), 1)
  })
})
