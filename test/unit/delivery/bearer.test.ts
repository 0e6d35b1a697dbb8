/** Logging on with a token, byte for byte as RFC 7628, Google and Microsoft have it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  afterChallenge,
  bearerMethod,
  challengeWords,
  initialResponse,
} from '../../../app/delivery/bearer.ts'

const bearer = {
  user: 'user@example.com',
  token: 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==',
  host: 'server.example.com',
  port: 587,
}

test('XOAUTH2, as in the example of Microsoft', () => {
  const given = {
    ...bearer,
    user: 'test@contoso.onmicrosoft.com',
    token: 'EwBAAl3BAAUFFpUAo7J3Ve0bjLBWZWCclRC3EoAA',
  }
  assert.equal(
    initialResponse('XOAUTH2', given),
    'dXNlcj10ZXN0QGNvbnRvc28ub25taWNyb3NvZnQuY29tAWF1dGg9QmVhcmVyIEV3QkFBbDNCQUFVRkZwVUFvN0ozVmUwYmpMQldaV0NjbFJDM0VvQUEBAQ==',
  )
})

test('OAUTHBEARER, as in the example of RFC 7628 section 4.1', () => {
  assert.equal(
    initialResponse('OAUTHBEARER', bearer),
    'bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB',
  )
  const odd = Buffer.from(initialResponse('OAUTHBEARER', { ...bearer, user: 'a,b=c' }), 'base64').toString()
  assert.ok(odd.startsWith('n,a=a=2Cb=3Dc,\x01'))
})

test('a challenge is answered so that the refusal comes, and its JSON is read', () => {
  assert.equal(afterChallenge('XOAUTH2'), '')
  assert.equal(afterChallenge('OAUTHBEARER'), 'AQ==')
  const words = (value: unknown) => challengeWords(Buffer.from(JSON.stringify(value)).toString('base64'))
  assert.equal(words({ status: 'invalid_token', scope: 'mail' }), 'status invalid_token, scope mail')
  assert.equal(
    words({ status: 401, schemes: 'Bearer\u001b[31m\n', more: {} }),
    'status 401, schemes Bearer [31m ',
  )
  for (const text of ['', 'bm8ganNvbg==', 'not base64 at all', '????'])
    assert.equal(challengeWords(text), undefined)
  assert.equal(words([]), '')
  assert.equal(words(null), undefined)
  assert.ok((words({ a: 'x'.repeat(5000) }) ?? '').length < 250)
})

test('the better known one is taken, and none where neither is offered', () => {
  assert.equal(bearerMethod(['PLAIN', 'OAUTHBEARER', 'XOAUTH2']), 'XOAUTH2')
  assert.equal(bearerMethod(['OAUTHBEARER']), 'OAUTHBEARER')
  assert.equal(bearerMethod(['PLAIN', 'LOGIN']), undefined)
})
