/** Who is offered a log-on, by the listeners: one for old devices serves the local networks alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logOnOffer } from '../../../app/access/log-on-offer.ts'
import { entryWords } from '../../../app/settings/entry-words.ts'
import type { Listener, SmtpSettings } from '../../../app/settings/settings.ts'
import { office } from './office.ts'

const plain: Listener = { address: '0.0.0.0', port: 25, encryption: 'none' }
const safe: Listener = { ...plain, port: 587, encryption: 'starttls' }
const lane = { oldDevices: true } as const

function offer(plaintextAuthentication: SmtpSettings['plaintextAuthentication'], ...listeners: Listener[]) {
  return logOnOffer({ ...office().smtp, plaintextAuthentication, listeners })
}

test('a listener for old devices offers a log-on to the local networks alone, whatever it speaks', () => {
  assert.equal(offer('never', plain, safe), 'everybody')
  assert.equal(offer('never', plain, { ...safe, ...lane }), 'local-networks')
  assert.equal(offer('never', plain, { ...plain, ...lane }), 'nobody')
  assert.equal(offer('local-networks', plain, { ...plain, ...lane }), 'local-networks')
  assert.equal(offer('always', { ...plain, ...lane }), 'local-networks')
  assert.equal(offer('always', plain), 'everybody')
  assert.equal(offer('never'), 'everybody')
})

test('the history names it as what it is', () => {
  assert.equal(entryWords(safe), '0.0.0.0 port 587 (starttls)')
  assert.equal(entryWords({ ...safe, ...lane }), '0.0.0.0 port 587 (starttls, for old devices)')
})
