/** What an attempt's answers make of the recipients, and who is told of it (RFC 3461 section 4.1). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Action } from '../../../app/delivery/dsn.ts'
import { type Answer, judge } from '../../../app/delivery/outcome.ts'
import type { Notify } from '../../../app/mail/envelope.ts'
import { reply } from '../../../app/mail/reply.ts'
import type { RecipientState } from '../../../app/queue/message.ts'
import { ARRIVED, HOUR, MINUTE, messageTo } from './message.ts'

const times = { retry: [MINUTE, 5 * MINUTE], warnAfter: 4 * HOUR, giveUpAfter: 120 * HOUR }
const recipient = { address: 'b@y.example' }

function answer(code: number, changes: Partial<Answer> = {}): Answer {
  return { reply: reply(code, '', 'text'), own: false, via: 'hop.example:25', dsn: 'nobody', ...changes }
}

function one(code: number, now = ARRIVED + 1000, changes: Partial<Answer> = {}, random = 0.5) {
  return judge(messageTo([recipient]), new Map([[0, answer(code, changes)]]), times, now, () => random)
}

describe('the state', () => {
  test('2xx is delivered, 5xx failed, and anything else tried again', () => {
    for (const [code, kind] of [
      [250, 'delivered'],
      [550, 'failed'],
      [554, 'failed'],
      [450, 'waiting'],
      [421, 'waiting'],
    ] as const)
      assert.equal(one(code).states.get(0)?.kind, kind)
  })

  test('waits get longer, with a tenth of jitter either way', () => {
    const now = ARRIVED + 1000
    const next = (attempts: number, random: number) => {
      const message = messageTo([recipient], {}, { states: [{ kind: 'waiting', attempts, next: now }] })
      const state = judge(message, new Map([[0, answer(450)]]), times, now, () => random).states.get(0)
      assert.ok(state?.kind === 'waiting')
      assert.equal(state.attempts, attempts + 1)
      return state.next - now
    }
    assert.equal(next(0, 0.5), MINUTE)
    assert.equal(next(0, 0), 0.9 * MINUTE)
    assert.equal(next(0, 1), 1.1 * MINUTE)
    assert.equal(next(1, 0.5), 5 * MINUTE)
    assert.equal(next(7, 0.5), 5 * MINUTE)
  })

  test('it is tried when its sender is to be told that it waits, however long the waits are', () => {
    const slow = { ...times, retry: [4 * HOUR] }
    const warnAt = ARRIVED + times.warnAfter
    const next = (now: number, warned = false) => {
      const message = messageTo([recipient], {}, { warned })
      const state = judge(message, new Map([[0, answer(450)]]), slow, now, () => 0.5).states.get(0)
      return state?.kind === 'waiting' ? state.next : assert.fail(state?.kind)
    }
    assert.equal(next(ARRIVED + HOUR), warnAt)
    assert.equal(next(warnAt - 1), warnAt)
    assert.equal(next(warnAt), warnAt + 4 * HOUR)
    assert.equal(next(ARRIVED + HOUR, true), ARRIVED + 5 * HOUR)
  })

  test('while it takes a person nothing is given up, and that time does not count later', () => {
    const judged = (before: RecipientState | undefined, now: number, waits: boolean) => {
      const message = messageTo([recipient], {}, before ? { states: [before] } : {})
      const given = new Map([[0, answer(454, { waits, own: true })]])
      return judge(message, given, times, now, () => 0.5).states.get(0)
    }
    const begun = ARRIVED + HOUR
    const first = judged(undefined, begun, true)
    assert.ok(first?.kind === 'waiting')
    assert.equal(first.stopped, begun)
    const long = judged(first, ARRIVED + 5000 * HOUR, true)
    assert.ok(long?.kind === 'waiting', 'months later')
    assert.equal(long.stopped, begun)
    assert.equal(long.next, ARRIVED + 5000 * HOUR + 5 * MINUTE)
    // Somebody signed in, and the next hop is down: it has the rest of its time.
    const later = judged(long, ARRIVED + 5001 * HOUR, false)
    assert.ok(later?.kind === 'waiting')
    assert.equal(later.stopped, undefined)
    assert.equal(later.excused, 5000 * HOUR)
    assert.equal(judged(later, ARRIVED + 5119 * HOUR, false)?.kind, 'waiting')
    assert.equal(judged(later, ARRIVED + 5120 * HOUR, false)?.kind, 'failed')
    // A clock set back in between takes nothing away.
    const back = judged(first, ARRIVED, false)
    assert.ok(back?.kind === 'waiting')
    assert.equal(back.excused, undefined)
  })

  test('the last attempt is at the moment of giving up, and then it has failed', () => {
    const end = ARRIVED + times.giveUpAfter
    const last = one(450, end - 1000).states.get(0)
    assert.equal(last?.kind === 'waiting' && last.next, end)
    assert.equal(one(450, end).states.get(0)?.kind, 'failed')
    assert.deepEqual(actions(one(450, end)), ['failed'])
  })

  test('a recipient that a person held meanwhile keeps its count of attempts', () => {
    const held: RecipientState = { kind: 'held', attempts: 3, by: 'person', why: 'x' }
    const message = messageTo([recipient], {}, { states: [held] })
    const state = judge(message, new Map([[0, answer(450)]]), times, ARRIVED, () => 0.5).states.get(0)
    assert.equal(state?.kind === 'waiting' && state.attempts, 4)
  })
})

function actions({ reports }: ReturnType<typeof judge>): Action[] {
  return reports.flatMap(some => some.map(({ action }) => action))
}

describe('who is told', () => {
  const dsns = ['next hop', 'nobody', 'mailbox'] as const
  const late = ARRIVED + times.warnAfter
  /** NOTIFY, and what is reported of: success by each of `dsns`, a failure, a delay. */
  const rules: readonly [readonly Notify[] | undefined, ...(Action | undefined)[]][] = [
    [undefined, undefined, undefined, undefined, 'failed', 'delayed'],
    [['NEVER'], undefined, undefined, undefined, undefined, undefined],
    [['SUCCESS'], undefined, 'relayed', 'delivered', undefined, undefined],
    [['FAILURE'], undefined, undefined, undefined, 'failed', undefined],
    [['DELAY'], undefined, undefined, undefined, undefined, 'delayed'],
    [['SUCCESS', 'FAILURE'], undefined, 'relayed', 'delivered', 'failed', undefined],
    [['FAILURE', 'DELAY'], undefined, undefined, undefined, 'failed', 'delayed'],
    [['SUCCESS', 'DELAY'], undefined, 'relayed', 'delivered', undefined, 'delayed'],
    [['SUCCESS', 'FAILURE', 'DELAY'], undefined, 'relayed', 'delivered', 'failed', 'delayed'],
  ]
  for (const [notify, ...expected] of rules) {
    test(`NOTIFY=${notify?.join() ?? '(absent)'}`, () => {
      const cases = [...dsns.map(dsn => answer(250, { dsn })), answer(550, { dsn: 'next hop' }), answer(450)]
      cases.forEach((given, index) => {
        const to = { ...recipient, ...(notify && { notify }) }
        const told = (reversePath: string) =>
          judge(messageTo([to], { reversePath }), new Map([[0, given]]), times, late, () => 0.5)
        const action = expected[index]
        assert.deepEqual(actions(told('a@x.example')), action ? [action] : [])
        assert.deepEqual(actions(told('')), [], 'nobody is told of a null reverse-path')
        assert.equal(told('').warns, false)
      })
    })
  }

  test('of a delay only when it is due, and once', () => {
    assert.deepEqual(actions(one(450, late - 1)), [])
    const due = one(450, late)
    assert.deepEqual([actions(due), due.warns], [['delayed'], true])
    const warned = messageTo([recipient], {}, { warned: true })
    assert.deepEqual(actions(judge(warned, new Map([[0, answer(450)]]), times, late, () => 0.5)), [])
  })

  test('of each kind in a report of its own, with those recipients only', () => {
    const message = messageTo(['a', 'b', 'c', 'd'].map(name => ({ address: `${name}@y.example` })))
    const answers = new Map([250, 550, 450, 554].map((code, index) => [index, answer(code)]))
    const { reports, states } = judge(message, answers, times, late, () => 0.5)
    assert.deepEqual(
      reports.map(some => some.map(({ action, recipient }) => `${action} ${recipient}`)),
      [['failed b@y.example', 'failed d@y.example'], ['delayed c@y.example']],
    )
    assert.deepEqual(
      [...states.values()].map(({ kind }) => kind),
      ['delivered', 'failed', 'waiting', 'failed'],
    )
  })

  test('the next hop is named only where it said so itself', () => {
    const remote = (changes: Partial<Answer>) => one(550, ARRIVED, changes).reports[0]?.[0]?.remote
    assert.equal(remote({}), 'hop.example')
    assert.equal(remote({ via: '[2001:db8::1]:25' }), '[2001:db8::1]')
    assert.equal(remote({ own: true }), undefined)
  })
})
