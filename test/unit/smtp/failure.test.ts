/** What of a failure beneath the dialogue is told, and to whom it is put down. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureEvent } from '../../../app/smtp/failure.ts'

function failure(message: string, more: object) {
  return Object.assign(new Error(message), more)
}

test('a handshake that failed names the client, and the session where there is one', () => {
  const meta = { remoteAddress: '192.0.2.1' }
  assert.deepEqual(failureEvent(failure('C01:error:0A00:…', { meta, reason: 'unsupported protocol' })), {
    kind: 'tls-failed',
    session: '',
    client: '192.0.2.1',
    text: 'The TLS handshake failed: unsupported protocol.',
  })
  assert.deepEqual(failureEvent(failure('closed', { meta: {}, session: 's1', remoteAddress: '192.0.2.2' })), {
    kind: 'tls-failed',
    session: 's1',
    client: '192.0.2.2',
    text: 'The TLS handshake failed: closed.',
  })
})

test('a client that is gone is nothing to tell; a server that fails is', () => {
  assert.equal(failureEvent(failure('read ECONNRESET', { session: 's1' })), undefined)
  assert.deepEqual(failureEvent(failure('accept EMFILE', {})), {
    kind: 'error',
    text: 'The SMTP server failed: accept EMFILE.',
  })
})
