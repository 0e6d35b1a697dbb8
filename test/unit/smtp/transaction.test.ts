/** A transaction gathers each place once, and says in its envelope what MAIL and the content said. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMail, parseRcpt, type RcptCommand } from '../../../app/mail/path.ts'
import { Transaction } from '../../../app/smtp/transaction.ts'

function begin(line: string): Transaction {
  const parsed = parseMail(line)
  assert.ok(parsed.ok)
  return new Transaction(parsed.command)
}

function rcpt(line: string): RcptCommand {
  const parsed = parseRcpt(line, false)
  assert.ok(parsed.ok)
  return parsed.command
}

test('mailboxes and addresses that are named twice, or by aliases, come once', () => {
  const transaction = begin('MAIL FROM:<>')
  const one = rcpt('RCPT TO:<a@b.example> NOTIFY=NEVER')
  transaction.accept('info@example.com', [{ address: 'info@example.com', mailbox: 'fred' }], one)
  transaction.accept(
    'fred@example.com',
    [{ address: 'fred@example.com', mailbox: 'fred' }],
    rcpt('RCPT TO:<a@b.example>'),
  )
  transaction.accept('x@y.example', [{ address: 'x@y.example' }], one)
  transaction.accept('x@y.example', [{ address: 'x@y.example' }, { address: 'X@y.example' }], one)
  assert.deepEqual(transaction.accepted, [
    'info@example.com',
    'fred@example.com',
    'x@y.example',
    'x@y.example',
  ])
  assert.deepEqual(transaction.envelope(false), {
    reversePath: '',
    recipients: [
      { address: 'info@example.com', mailbox: 'fred', notify: ['NEVER'] },
      { address: 'x@y.example', notify: ['NEVER'] },
      { address: 'X@y.example', notify: ['NEVER'] },
    ],
    body: '7bit',
    smtpUtf8: false,
  })
})

test('an address that also has a mailbox is another place than the address alone', () => {
  const transaction = begin('MAIL FROM:<a@b.example> BODY=8BITMIME RET=HDRS ENVID=x')
  const one = rcpt('RCPT TO:<a@b.example>')
  transaction.accept(
    'a@b.example',
    [{ address: 'a@b.example', mailbox: 'a' }, { address: 'a@b.example' }],
    one,
  )
  const envelope = transaction.envelope(false)
  assert.equal(envelope.recipients.length, 2)
  assert.equal(envelope.reversePath, 'a@b.example')
  assert.deepEqual([envelope.body, envelope.ret, envelope.envid], ['8bitmime', 'HDRS', 'x'])
})

test('content with bytes above 127 makes it 8BITMIME', () => {
  assert.equal(begin('MAIL FROM:<>').envelope(true).body, '8bitmime')
})

test('an address with several behind it reports once that it was passed on; they report no success', () => {
  const transaction = begin('MAIL FROM:<a@b.example>')
  const places = [{ address: 'x@y.example' }, { address: 'all@b.example', mailbox: 'fred' }]
  const asked = rcpt('RCPT TO:<all@b.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;all@b.example')
  transaction.accept('all@b.example', places, asked)
  transaction.accept('all@b.example', places, asked)
  const orcpt = 'rfc822;all@b.example'
  assert.deepEqual(transaction.envelope(false).recipients, [
    { address: 'all@b.example', expanded: true, notify: ['SUCCESS'], orcpt },
    { address: 'x@y.example', notify: ['FAILURE'], orcpt },
    { address: 'all@b.example', mailbox: 'fred', notify: ['FAILURE'], orcpt },
  ])
  const one = begin('MAIL FROM:<a@b.example>')
  one.accept('all@b.example', places.slice(0, 1), rcpt('RCPT TO:<all@b.example> NOTIFY=SUCCESS'))
  assert.deepEqual(one.envelope(false).recipients, [{ address: 'x@y.example', notify: ['SUCCESS'] }])
})
