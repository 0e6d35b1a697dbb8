/** What newly needs a person: each server, sign-in and refusal by itself, and once while it stands. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HopFacts, Warning } from '../../../app/control/control.ts'
import { hopWarning } from '../../../app/control/hop-answers.ts'
import { isNews, needsOf } from '../../../app/control/needs.ts'
import { signInWarnings } from '../../../app/control/sign-in-need.ts'

const HOUR = 3_600_000

function down(name: string, waiting = 1): HopFacts {
  return { name, reason: 'unreachable', since: 0, next: 2 * HOUR, why: 'it is silent', waiting }
}

function warningOf(...hops: readonly HopFacts[]): Warning {
  return hopWarning(hops, HOUR) || assert.fail('nobody is needed')
}

test('a second server that fails is news, whichever the most mail waits for', () => {
  const [one, other] = [down('a.example:25'), down('b.example:587')]
  const known = needsOf([warningOf(one)])
  assert.equal(isNews(warningOf(one), known), false)
  assert.equal(isNews(warningOf(one, other), known), true)
  const both = needsOf([warningOf(one, other)])
  assert.equal(isNews(warningOf(other, one), both), false)
  assert.equal(isNews(warningOf(other), both), false)
})

test('of strangers’ domains that are away one is news', () => {
  const known = needsOf([warningOf(down('x.example'))])
  assert.equal(isNews(warningOf(down('y.example'), down('x.example')), known), false)
  assert.equal(isNews(warningOf(down('y.example'), down('a.example:25')), known), true)
})

test('the servers are named, and of many the first', () => {
  const text = (...names: string[]) =>
    / Mail waits for (.*)$/.exec(warningOf(...names.map(name => down(name))).text)?.[1]
  assert.equal(text('a:25'), undefined)
  assert.equal(text('a:25', 'b:25'), 'b:25 too.')
  assert.equal(text('a:25', 'b:25', 'c:25', 'd:25'), 'b:25, c:25 and d:25 too.')
  assert.equal(text('a:25', 'b:25', 'c:25', 'd:25', 'e:25', 'f:25'), 'b:25, c:25, d:25 and 2 more too.')
})

test('each sign-in is news, with other words it is not, and neither is a pause', () => {
  const signIn = (user: string, why = 'it was refused') => {
    const standing = { kind: 'needs-person', reason: 'ended', why } as const
    const facts = { name: user, user, provider: 'Microsoft', routes: [0], standing, ways: [] }
    return signInWarnings([facts])[0] ?? assert.fail()
  }
  const known = needsOf([signIn('a@x.example')])
  assert.equal(isNews(signIn('a@x.example', 'it has expired'), known), false)
  assert.equal(isNews(signIn('b@x.example'), known), true)
  assert.equal(isNews({ kind: 'paused', text: 'x' }, known), false)
  assert.equal(isNews({ kind: 'disk-low', text: 'x' }, known), true)
})
