/** Faults: what a server's refusal means, in the words that a person is told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOf } from '../../../app/oauth/fault.ts'

const refusal = (error: string, error_description: string) =>
  Object.assign(new Error('refused'), { error, error_description, status: 400 })

test('a code that the server let expire is told as one that we let expire', () => {
  for (const words of ['device code is expired', 'AADSTS70020: The provided value is expired.']) {
    const { message, reason } = faultOf(refusal('expired_token', words), 'accounts.example')
    assert.equal(message, 'nobody signed in before the code expired')
    assert.equal(reason, 'ended')
  }
})

test('other refusals say who refuses, why, and what was said', () => {
  assert.equal(
    faultOf(refusal('access_denied', 'no'), 'accounts.example').message,
    'accounts.example refuses, since somebody said no, or may not allow it (no)',
  )
})
