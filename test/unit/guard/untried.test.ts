/** Log-ons that were not tried: twenty of a source within the window are compared, and no more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Untried } from '../../../app/guard/untried.ts'

const HOUR = 3_600_000

test('the twentieth of a source fills it until the window is over, or it is let in again', () => {
  const untried = new Untried()
  for (let at = 0; at < 20; at++) {
    assert.ok(!untried.isFull('203.0.113.7', at, HOUR))
    untried.add('203.0.113.7', at, HOUR)
  }
  assert.ok(untried.isFull('203.0.113.7', 20, HOUR))
  assert.ok(!untried.isFull('203.0.113.8', 20, HOUR))
  assert.ok(untried.isFull('203.0.113.7', HOUR - 1, HOUR))
  assert.ok(!untried.isFull('203.0.113.7', HOUR, HOUR))
  untried.forget('203.0.113.7')
  assert.ok(!untried.isFull('203.0.113.7', 20, HOUR))
})

test('when the window is over it is counted anew', () => {
  const untried = new Untried()
  for (let at = 0; at < 20; at++) untried.add('203.0.113.7', 0, HOUR)
  untried.add('203.0.113.7', HOUR, HOUR)
  assert.ok(!untried.isFull('203.0.113.7', HOUR, HOUR))
  for (let at = 1; at < 20; at++) untried.add('203.0.113.7', HOUR, HOUR)
  assert.ok(untried.isFull('203.0.113.7', HOUR, HOUR))
})
