/** A route by LMTP (RFC 2033) through a whole relay: each recipient has its own answer after the content. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeFolder } from '../support/folder.ts'
import { startNextHop } from '../support/next-hop.ts'
import { officeSettings, startRelay } from '../support/relay-on-folder.ts'

test('one is taken, one refused, one put off: delivered, returned and queued', async t => {
  const answers = '250 2.0.0 in\r\n552 5.2.2 full\r\n450 4.2.1 later'
  const hop = await startNextHop(t, { answer: line => (line === '.' ? answers : undefined) })
  const route = { to: ['*'], via: 'lmtp', encryption: 'none', hosts: [`127.0.0.1:${hop.port}`] }
  const relay = await startRelay(t, await makeFolder(t), officeSettings({ routes: [route], retry: ['1h'] }))
  const id = await relay.submit(['a@y.example', 'b@y.example', 'c@y.example'])
  await relay.event('delivered', 2)
  assert.equal(hop.heard[0], '1 LHLO postern.example')
  assert.deepEqual([hop.taken.length, (await relay.event('delivered')).to], [1, 'a@y.example'])
  const [bounce = '', ...others] = await relay.mailbox()
  assert.deepEqual(others, [])
  assert.match(bounce, /Final-Recipient: rfc822; b@y\.example\nAction: failed\nStatus: 5\.2\.2\n/)
  const shown = await relay.control.showMessage(id)
  assert.deepEqual(
    shown?.message.states.map(({ kind }) => kind),
    ['delivered', 'failed', 'waiting'],
  )

  hop.script = {}
  assert.deepEqual((await relay.control.retryMessages({ ids: [id] })).changed, [id])
  assert.equal((await relay.event('delivered', 3)).to, 'c@y.example')
  assert.deepEqual(hop.taken.at(-1)?.to, ['<c@y.example>'])
})
