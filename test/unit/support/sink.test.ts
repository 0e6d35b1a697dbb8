/** The scripted next hop does what delivery's tests take for granted, seen by a real client. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCertificate } from '../../support/certificate.ts'
import { makeFolder } from '../../support/folder.ts'
import { startSink } from '../../support/sink.ts'
import { swaks } from '../../support/swaks.ts'
import { waitFor } from '../../support/wait.ts'

const mail = { from: 'a@one.example', to: ['b@two.example', 'c@two.example'] }
const data = 'Subject: dots\r\n\r\n.\r\n..two\r\nüñ\r\n'

test('takes a message and records it byte for byte', async t => {
  const sink = await startSink(t)
  const { code, transcript } = await swaks(t, { ...mail, port: sink.port, data })
  assert.equal(code, 0, transcript)
  const [transaction] = await sink.waitForMail(1)
  assert.equal(transaction?.mail, 'MAIL FROM:<a@one.example>')
  assert.deepEqual(transaction.recipients, ['RCPT TO:<b@two.example>', 'RCPT TO:<c@two.example>'])
  assert.equal(transaction.content.toString(), data)
  assert.equal(sink.connections, 1)
})

test('answers each recipient by its script, at its own time', async t => {
  const sink = await startSink(t, {
    reply: async ({ stage, line }) => {
      await new Promise(resolve => setImmediate(resolve))
      return stage === 'rcpt' && line.includes('b@') ? '550-5.1.1 no\n550 5.1.1 such user' : undefined
    },
  })
  const { transcript } = await swaks(t, { ...mail, port: sink.port })
  assert.match(transcript, /550-5\.1\.1 no\n.*550 5\.1\.1 such user/)
  const [transaction] = await sink.waitForMail(1)
  assert.deepEqual(transaction?.recipients, ['RCPT TO:<c@two.example>'])
  assert.deepEqual(transaction.refused, ['RCPT TO:<b@two.example>'])
})

for (const stage of ['connect', 'ehlo', 'mail', 'rcpt', 'data', 'content', 'quit'] as const) {
  test(`drops the connection at ${stage}`, async t => {
    const sink = await startSink(t, { reply: moment => (moment.stage === stage ? 'drop' : undefined) })
    const { code, transcript } = await swaks(t, { ...mail, port: sink.port })
    assert.notEqual(code, 0)
    assert.match(transcript, /Remote host closed connection unexpectedly|reset by peer/)
    assert.equal(sink.received.length, stage === 'quit' ? 1 : 0)
  })
}

test('a refused message is not received', async t => {
  const sink = await startSink(t, {
    reply: ({ stage }) => (stage === 'content' ? '452 4.3.1 full' : undefined),
  })
  const { code } = await swaks(t, { ...mail, port: sink.port })
  assert.equal(code, 26)
  assert.deepEqual(sink.received, [])
})

test('offers STARTTLS with its certificate, then AUTH PLAIN and LOGIN', async t => {
  const { key, cert, caFile } = await makeCertificate(await makeFolder(t))
  const sink = await startSink(t, { tls: { key, cert }, users: { office: 'secret' } })
  const encrypted = { ...mail, port: sink.port, encryption: 'starttls', caFile } as const
  for (const mechanism of ['PLAIN', 'LOGIN'] as const) {
    const login = { user: 'office', password: 'secret', mechanism }
    const { code, transcript } = await swaks(t, { ...encrypted, login })
    assert.equal(code, 0, transcript)
  }
  assert.ok(sink.received.every(({ user, secure }) => user === 'office' && secure))
  assert.equal(sink.received.length, 2)
  const wrong = await swaks(t, { ...encrypted, login: { user: 'office', password: 'x' } })
  assert.equal(wrong.code, 28)
  const anonymous = await swaks(t, encrypted)
  assert.match(anonymous.transcript, /530 5\.7\.0/)
})

test('TLS from the start', async t => {
  const { key, cert, caFile } = await makeCertificate(await makeFolder(t))
  const sink = await startSink(t, { tls: { key, cert, implicit: true } })
  const { code, transcript } = await swaks(t, { ...mail, port: sink.port, encryption: 'tls', caFile })
  assert.equal(code, 0, transcript)
  assert.equal(sink.received[0]?.secure, true)
})

test('stops, and comes back on its port', async t => {
  const sink = await startSink(t)
  const { port } = sink
  await sink.stop()
  assert.equal((await swaks(t, { ...mail, port })).code, 2)
  await sink.start()
  assert.equal(sink.port, port)
  assert.equal((await swaks(t, { ...mail, port })).code, 0)
  await waitFor('the client to be gone', () => sink.open === 0 || undefined)
})
