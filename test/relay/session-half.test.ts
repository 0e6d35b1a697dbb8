/** Clients that end their side of the connection and wait: they hear all that is left to be said. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SmtpClient } from '../support/client.ts'
import { startRelay } from '../support/relay.ts'

const transaction = 'MAIL FROM:<a@client.example>\r\nRCPT TO:<someone@elsewhere.example>\r\nDATA\r\n'

for (const listener of ['starttls', 'tls'] as const) {
  const tls = listener === 'tls'
  test(`the message is answered, and what follows it too (${listener})`, async t => {
    const relay = await startRelay(t)
    const client = await SmtpClient.open(t, relay.endpoint(listener), { tls })
    client.send(`EHLO x\r\n${transaction}Subject: x\r\n\r\nx\r\n.\r\nNOOP\r\nQUIT\r\n`)
    const said = await client.finish()
    assert.match(said, /\r\n354 .*\r\n250 2\.0\.0 Ok: queued.*\r\n250 2\.0\.0 .*\r\n221 2\.0\.0 .*\r\n$/)
  })

  test(`without QUIT the connection is closed when all is answered (${listener})`, async t => {
    const relay = await startRelay(t)
    const client = await SmtpClient.open(t, relay.endpoint(listener), { tls })
    client.send(`EHLO x\r\n${transaction}x\r\n.\r\n`)
    assert.match(await client.finish(), /\r\n250 2\.0\.0 Ok: queued.*\r\n$/)
  })

  test(`a message that was cut off is none (${listener})`, async t => {
    const relay = await startRelay(t)
    const client = await SmtpClient.open(t, relay.endpoint(listener), { tls })
    client.send(`EHLO x\r\n${transaction}x\r\n.`)
    assert.match(await client.finish(), /\r\n354 .*\r\n$/)
  })
}

test('a client that says nothing more is let go at once', async t => {
  const relay = await startRelay(t)
  const client = await SmtpClient.open(t, relay.endpoint())
  assert.equal(await client.finish(), '')
})
