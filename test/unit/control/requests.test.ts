/** Whatever arrives as arguments, the control sees only what its types say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { answer, isRequest, requests } from '../../../app/control/requests.ts'
import { MemoryControl } from '../../support/memory-control.ts'

const names = Object.keys(requests).filter(isRequest)

test('there is a request for every method of the control', () => {
  const methods = Object.getOwnPropertyNames(MemoryControl.prototype)
  const own = new Set(['constructor', 'listening', 'emit'])
  assert.deepEqual(methods.filter(name => !own.has(name)).sort(), [...names].sort())
})

test('arguments of any shape are taken or refused with one sentence, never more', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.array(fc.jsonValue()), async (name, args) => {
      try {
        await answer(new MemoryControl(), name, args)
      } catch (error) {
        assert.ok(error instanceof Error)
        assert.equal(error.message, `The arguments of the request ${name} are wrong.`)
      }
    }),
    { numRuns: 1000 },
  )
})

test('what every object has is no request', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'subscribe', '']) {
    assert.equal(isRequest(name), false, name)
  }
})
