/** The form of replies (RFC 2034, RFC 5321 section 4.2): one enhanced status code, of the reply's class, in ASCII. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SmtpClient } from '../support/client.ts'
import { startRelay } from '../support/relay.ts'

const lines = [
  'NOOP',
  'RSET',
  'HELP',
  'VRFY',
  'VRFY fred',
  'EXPN x',
  'LHLO x',
  'WIZ',
  'XCLIENT NAME=x',
  'AUTH',
  'AUTH PLAIN',
  'AUTH PLAIN =',
  'AUTH PLAIN AGEAYg==',
  'AUTH LOGIN',
  'AUTH LOGIN YQ==',
  'AUTH GSSAPI',
  'YQ==',
  '*',
  '',
  'MAIL',
  'MAIL FROM:',
  'MAIL FROM:<>',
  'MAIL FROM:<a@b.example>',
  'MAIL FROM:<a@b.example> SIZE=1e9',
  'MAIL FROM:<a@b.example> SIZE=999999999999',
  'MAIL FROM:<ä@b.example>',
  'MAIL FROM:<ä@b.example> SMTPUTF8',
  'MAIL FROM:<a@b.example> X=\u2028é',
  'RCPT TO:<fred@example.com>',
  'RCPT TO:<no@example.com>',
  'RCPT TO:<a%b@example.com>',
  'RCPT TO:<someone@elsewhere.example>',
  'RCPT TO:<é>',
  'RCPT TO:<postmaster>',
  'DATA x',
  'STARTTLS x',
  'NOOP \0',
  'NOOP \x1b[31m',
  `NOOP ${'x'.repeat(3000)}`,
  `${'x'.repeat(30_000)}`,
]

/** RFC 2034 section 4, and nothing that could be taken for a second code. */
const form = /^([245])\d\d \1\.\d{1,3}\.\d{1,3} (?!\d)[ -~]*[\w)>]$/

test('every reply to whatever commands has one status, and says something', async t => {
  const relay = await startRelay(t, { smtp: { maxConnectionsPerClient: 1000, ids: { enabled: false } } })
  const commands = fc.array(fc.constantFrom(...lines), { maxLength: 12 })
  const property = fc.asyncProperty(commands, fc.boolean(), async (commands, polite) => {
    const client = await SmtpClient.open(t, relay.endpoint(), { from: '127.0.9.9' })
    assert.match(client.greeting, /^220 mail\.example\.com ESMTP/)
    if (polite) assert.match(await client.ask('EHLO x'), /^(250[ -][A-Z0-9a-z. ]+\n?)+$/)
    for (const command of commands) {
      const reply = await client.ask(command)
      if (!/^334( |$)/.test(reply)) assert.match(reply, form, JSON.stringify(command))
      if (reply.startsWith('421')) break
    }
    client.socket.destroy()
  })
  await fc.assert(property, { numRuns: 300 })
})

test('the replies to EHLO and HELO have none', async t => {
  const relay = await startRelay(t)
  const client = await SmtpClient.open(t, relay.endpoint())
  for (const line of ['EHLO', 'HELO', 'EHLO a b', `EHLO ${'x'.repeat(600)}`, 'HELO a b'])
    assert.match(await client.ask(line), /^501 Give your host name /)
  assert.equal(await client.ask('HELO x'), '250 mail.example.com')
})
