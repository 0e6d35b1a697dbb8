/** The relay stops while sessions are open: what is coming in is taken, everybody is told, and nothing hangs. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { SmtpClient } from '../support/client.ts'
import { startRelay } from '../support/relay.ts'

const transaction = ['MAIL FROM:<a@client.example>', 'RCPT TO:<someone@elsewhere.example>']

test('idle sessions are told, and the message that is coming in is still taken', async t => {
  const relay = await startRelay(t)
  const idle = await SmtpClient.open(t, relay.endpoint())
  await idle.say(...transaction)
  const sending = await SmtpClient.open(t, relay.endpoint())
  await sending.say(...transaction, 'DATA')
  sending.send('first half\r\n')
  const stopped = relay.stop()
  assert.match(await idle.reply(), /^421 4\.3\.2 /)
  await idle.end()
  assert.match(await sending.ask('second half\r\n.'), /^250 2\.0\.0 /)
  assert.match(await sending.reply(), /^421 4\.3\.2 /)
  await sending.end()
  await stopped
  const logs = await readdir(join(relay.folder, 'log'))
  const log = await readFile(join(relay.folder, 'log', logs[0] ?? ''), 'utf8')
  assert.match(log, /"kind":"accepted"/)
})

test('handshakes that hang and clients that say nothing hold up nothing', async t => {
  const relay = await startRelay(t)
  const clients = [
    await SmtpClient.connect(t, relay.endpoint('tls')),
    await SmtpClient.connect(t, relay.endpoint('tls')),
    await SmtpClient.open(t, relay.endpoint()),
    await SmtpClient.open(t, relay.endpoint()),
    await SmtpClient.open(t, relay.endpoint('tls'), { tls: true }),
    await SmtpClient.open(t, relay.endpoint()),
  ]
  const [, half, starting, beginning, , slow] = clients
  half?.send(Buffer.from('160301020001', 'hex'))
  await starting?.say('STARTTLS')
  await beginning?.say('STARTTLS')
  beginning?.send(Buffer.from('160301020001', 'hex'))
  await slow?.say(...transaction, 'DATA')
  slow?.send('a beginning')
  for (const client of clients) client.socket.allowHalfOpen = true
  const start = performance.now()
  await relay.stop()
  assert.ok(performance.now() - start < 4500, 'it waits for clients')
  await Promise.all(clients.map(client => client.end()))
})
