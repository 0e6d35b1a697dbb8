/** What a next hop says, in words, through a whole relay: the queue, the test message, the status and the reports. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeFolder } from '../support/folder.ts'
import { type NextHop, startNextHop } from '../support/next-hop.ts'
import { officeSettings, startRelay } from '../support/relay-on-folder.ts'

function to({ port }: NextHop, changes: object = {}): object {
  return {
    routes: [{ to: ['*'], via: 'smart-host', hosts: [`127.0.0.1:${port}`], encryption: 'none' }],
    retry: ['1h'],
    ...changes,
  }
}

/** Of a report's readable part, on one line. */
function wordsOf(report: string | undefined): string {
  return (report ?? '').replace(/\s+/g, ' ')
}

test('who must log on and does not: the queue, the test and the status lead to the sign-in', async t => {
  const hop = await startNextHop(t, {
    answer: command =>
      command.startsWith('MAIL') ? '454 5.7.57 Client not authenticated to send mail' : undefined,
  })
  const relay = await startRelay(t, await makeFolder(t), officeSettings(to(hop)))
  const id = await relay.submit(['b@y.example'])
  await relay.event('deferred')
  const [meaning] = (await relay.control.showMessage(id))?.meanings ?? []
  assert.equal(meaning?.mends[0]?.path, 'delivery.routes[0].login')
  const sent = await relay.control.sendTest('c@y.example')
  assert.equal(sent.meaning?.name, meaning?.name)
  const warning = (await relay.control.status()).warnings.find(({ kind }) => kind === 'next-hop')
  assert.match(warning?.text ?? '', /^2 messages wait: /)
  assert.deepEqual(warning?.mends, meaning?.mends)
})

test('a report says why the message came back, and where that is written', async t => {
  const hop = await startNextHop(t, {
    answer: command =>
      command.startsWith('RCPT')
        ? '550 5.7.23 rejected because of Sender Policy Framework violation'
        : undefined,
  })
  const relay = await startRelay(t, await makeFolder(t), officeSettings(to(hop)))
  await relay.submit(['b@y.example'])
  await relay.event('delivered')
  const words = wordsOf((await relay.mailbox())[0])
  assert.match(
    words,
    /127\.0\.0\.1 said: 550 5\.7\.23 .* What it means: .*SPF.* What to do.*: .* Source: .* https:\/\//,
  )
})
