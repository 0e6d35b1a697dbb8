/** Another sender: From, Reply-To and what signs them are changed, and nothing else by a byte. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, assert as check, constantFrom, property, tuple } from 'fast-check'
import { fieldsOf, headerLength } from '../../../app/mail/fields.ts'
import { senderOf, withSender } from '../../../app/mail/sender.ts'

const SEND_AS = 'office@cloud.example'

function changed(header: string, address = SEND_AS): string {
  return withSender(Buffer.from(header), address).toString()
}

const cases: readonly (readonly [string, string, string])[] = [
  [
    'a name stays as it was written',
    'From: Anna Smith <anna@x.example>\r\nSubject: x\r\n',
    'From: Anna Smith <office@cloud.example>\r\nReply-To: Anna Smith <anna@x.example>\r\nSubject: x\r\n',
  ],
  [
    'a quoted name with an address, a comma and a bracket in it',
    'From: "a@b.example, \\"<x>" <anna@x.example>\r\n',
    'From: "a@b.example, \\"<x>" <office@cloud.example>\r\nReply-To: "a@b.example, \\"<x>" <anna@x.example>\r\n',
  ],
  [
    'an encoded name, folded',
    'FROM : =?utf-8?Q?J=C3=B6rg?=\r\n =?utf-8?Q?_M?=\r\n\t<j@x.example>\r\n',
    'FROM : =?utf-8?Q?J=C3=B6rg?=\r\n =?utf-8?Q?_M?= <office@cloud.example>\r\nReply-To: =?utf-8?Q?J=C3=B6rg?=\r\n =?utf-8?Q?_M?=\r\n\t<j@x.example>\r\n',
  ],
  [
    'an address alone becomes the name',
    'From: anna@x.example\r\n',
    'From: "anna@x.example" <office@cloud.example>\r\nReply-To: anna@x.example\r\n',
  ],
  [
    'in angle brackets, and without a space',
    'From:<anna@x.example>\r\n',
    'From: "anna@x.example" <office@cloud.example>\r\nReply-To: <anna@x.example>\r\n',
  ],
  [
    'a name in a comment, as it was usual once',
    'From: anna@x.example (Anna \\(S\\) Smith)\r\n',
    'From: "Anna (S) Smith" <office@cloud.example>\r\nReply-To: anna@x.example (Anna \\(S\\) Smith)\r\n',
  ],
  [
    'several: the name of the first, all of them to be answered',
    'From: Anna <a@x.example>, Bob <b@y.example>\r\nSender: a@x.example\r\n',
    'From: Anna <office@cloud.example>\r\nReply-To: Anna <a@x.example>, Bob <b@y.example>\r\n',
  ],
  [
    'a group',
    'From: Sales: a@x.example, b@x.example;\r\n',
    'From: Sales <office@cloud.example>\r\nReply-To: Sales: a@x.example, b@x.example;\r\n',
  ],
  ['a group of nobody', 'From: Nobody:;\r\n', 'From: Nobody <office@cloud.example>\r\n'],
  [
    'several fields, which the RFC forbids',
    'From: Anna <a@x.example>\r\nSubject: x\r\nfrom: b@y.example\r\n',
    'From: Anna <office@cloud.example>\r\nReply-To: Anna <a@x.example>,\r\n\t b@y.example\r\nSubject: x\r\n',
  ],
  [
    'none: one is put behind the trace',
    'Received: by x\r\n\tid 1\r\nReturn-Path: <a@b>\r\nSubject: x\r\nReceived: late\r\n',
    'Received: by x\r\n\tid 1\r\nReturn-Path: <a@b>\r\nFrom: <office@cloud.example>\r\nSubject: x\r\nReceived: late\r\n',
  ],
  ['none, and nothing but the trace', 'Received: by x', 'Received: by x\r\nFrom: <office@cloud.example>\r\n'],
  ['an empty one', 'From:\r\n', 'From: <office@cloud.example>\r\n'],
  ['a word without an address', 'From: Scanner 2\r\n', 'From: "Scanner 2" <office@cloud.example>\r\n'],
  [
    'a name with a comma that nobody quoted',
    'From: Smith, Anna <a@x.example>\r\n',
    'From: "Smith, Anna" <office@cloud.example>\r\nReply-To: <a@x.example>\r\n',
  ],
  [
    'what is never closed',
    'From: "Anna <a@x.example>\r\n',
    'From: "\\"Anna <a@x.example>" <office@cloud.example>\r\n',
  ],
  [
    'a Reply-To that is there stays, also above',
    'Reply-To: boss@x.example\r\nFrom: a@x.example\r\n',
    'Reply-To: boss@x.example\r\nFrom: "a@x.example" <office@cloud.example>\r\n',
  ],
  [
    'an empty Reply-To answers nobody',
    'Reply-To: \r\nFrom: A <a@x.example>\r\n',
    'From: A <office@cloud.example>\r\nReply-To: A <a@x.example>\r\n',
  ],
  [
    'signatures of the sender that was go, Resent fields and lines that are none stay',
    'DKIM-Signature: v=1;\r\n\tb=x\r\nResent-From: r@x.example\r\nno field\r\nFrom: A <a@x.example>\r\nARC-Seal: i=1\r\n',
    'Resent-From: r@x.example\r\nno field\r\nFrom: A <office@cloud.example>\r\nReply-To: A <a@x.example>\r\nARC-Seal: i=1\r\n',
  ],
  [
    'a source route, comments and white space where RFC 5322 still reads them',
    'From: A < @h.example,@i.example: a . b (c <d@e>) @ x.example > (e)\r\n',
    'From: A <office@cloud.example>\r\nReply-To: A < @h.example,@i.example: a . b (c <d@e>) @ x.example > (e)\r\n',
  ],
  [
    'characters beyond ASCII in an address, as a name every server takes',
    'From: jörg@x.example\r\n',
    `From: =?UTF-8?B?${Buffer.from('jörg@x.exa').toString('base64')}?=\r\n =?UTF-8?B?${Buffer.from('mple').toString('base64')}?= <office@cloud.example>\r\nReply-To: jörg@x.example\r\n`,
  ],
]

for (const [name, before, after] of cases) test(name, () => assert.equal(changed(before), after))

test('a message that is from that address already stays as it is, signature and all', () => {
  for (const from of [
    'Office <OFFICE@Cloud.Example>',
    'office@cloud.example',
    '<office@cloud.example> (c)',
  ]) {
    const header = Buffer.from(`DKIM-Signature: v=1\r\nFrom: ${from}\r\n`)
    assert.equal(withSender(header, SEND_AS), header)
  }
})

test('a Sender of somebody else goes, also then', () => {
  assert.equal(
    changed('From: Office <office@cloud.example>\r\nSender: a@x.example\r\n'),
    'From: Office <office@cloud.example>\r\n',
  )
})

test('bytes of no known character set stay in names', () => {
  const header = Buffer.from('From: J\xf6rg <j@x.example>\r\nX-\xff: \xa0\r\n', 'latin1')
  const after = Buffer.from(
    'From: J\xf6rg <office@cloud.example>\r\nReply-To: J\xf6rg <j@x.example>\r\nX-\xff: \xa0\r\n',
    'latin1',
  )
  assert.deepEqual(withSender(header, SEND_AS), after)
})

test('long lines are folded before the address, never over 998', () => {
  for (const length of [40, 70, 300, 960, 985, 5000]) {
    const name = 'n'.repeat(length)
    const after = changed(`From: ${name} <a@x.example>\r\n`)
    const [from = '', second = ''] = after.split('\r\n')
    assert.equal(`${from}${second.startsWith(' ') ? second : ''}`, `From: ${name} <office@cloud.example>`)
    const longest = Math.max(...after.split('\r\n').map(line => line.length))
    assert.ok(longest <= Math.max(998, length + 30), `${longest}`)
  }
})

test('an address with characters beyond ASCII can be the new one', () => {
  assert.equal(
    changed('From: A <a@x.example>\r\n', 'büro@cloud.example'),
    'From: A <büro@cloud.example>\r\nReply-To: A <a@x.example>\r\n',
  )
})

test('a megabyte of anything is read in no time', () => {
  for (const piece of ['(', '"', '<', ',', 'a@b,', '.', '@', ' .', '\\', '[', ':', '((a)', '<"', '\r\n ']) {
    const header = Buffer.from(`From: ${piece.repeat(1_000_000 / piece.length)}\r\n`)
    const before = process.cpuUsage()
    withSender(header, SEND_AS)
    // Whatever else this machine does: of this process alone.
    const took = process.cpuUsage(before).user / 1000
    assert.ok(took < 3000, `${piece}: ${took} ms`)
  }
})

const part = constantFrom(
  ...[
    'a@x.example',
    '<a@x.example>',
    'Anna ',
    '"',
    '(',
    ')',
    ',',
    ':',
    ';',
    '<',
    '>',
    '\\',
    '\r\n\t',
    'ö',
    '\xa0',
    '@',
    '.',
    '[',
    ']',
    ' ',
  ],
)
const other = constantFrom(
  'To: b@y.example\r\n',
  'Subject: x\r\n y\r\n',
  'X: \xff\r\n',
  'junk\r\n',
  'Date: d\r\n',
)

test('whatever From holds, there is one that can be read after it, and every other field stays', () => {
  check(
    property(tuple(array(other), array(part, { maxLength: 12 }), array(other)), ([before, from, after]) => {
      const header = Buffer.from(`${before.join('')}From:${from.join('')}\r\n${after.join('')}`)
      const result = withSender(header, SEND_AS)
      const address = senderOf(result)
      assert.equal(`${address?.localPart}@${address?.domain}`, SEND_AS, JSON.stringify(result.toString()))
      const left = fieldsOf(result).filter(({ name }) => name !== 'from' && name !== 'reply-to')
      assert.deepEqual(
        Buffer.concat(left.map(({ bytes }) => bytes)).toString(),
        before.join('') + after.join(''),
      )
      assert.deepEqual(withSender(result, SEND_AS), result)
    }),
    { numRuns: 3000 },
  )
})

test('the header section ends at the empty line', () => {
  assert.equal(headerLength(Buffer.from('A: b\r\n\r\nbody\r\n\r\n')), 6)
  assert.equal(headerLength(Buffer.from('\r\nbody')), 0)
  assert.equal(headerLength(Buffer.from('A: b\r\n')), undefined)
})

test('one address a message is from, or none', () => {
  const of = (header: string) => senderOf(Buffer.from(header))
  assert.deepEqual(of('From: A <a@X.example>\r\n'), { localPart: 'a', domain: 'x.example' })
  for (const none of [
    '',
    'From: a@x, b@x\r\n',
    'From: a@x\r\nFrom: a@x\r\n',
    'From: x\r\n',
    'From: a b@x\r\n',
  ])
    assert.equal(of(none), undefined)
})
