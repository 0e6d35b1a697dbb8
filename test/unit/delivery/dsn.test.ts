/** A DSN is a message that any reader can take apart, whatever strangers wrote into it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type Action, composeDsn, type DsnFacts, type Report } from '../../../app/delivery/dsn.ts'
import { formatDate } from '../../../app/mail/header.ts'
import { reply } from '../../../app/mail/reply.ts'
import { readGroups, readMultipart } from '../../support/mime.ts'
import { ARRIVED, HOUR } from './message.ts'

const LAST = formatDate(ARRIVED + HOUR / 2)

function report(changes: Partial<Report> = {}): Report {
  return {
    action: 'failed',
    recipient: 'b@y.example',
    reply: reply(550, '5.1.1', 'no such user'),
    remote: 'hop.example',
    ...changes,
  }
}

function facts(changes: Partial<DsnFacts> = {}): DsnFacts {
  return {
    hostname: 'postern.example',
    to: 'a@x.example',
    arrived: ARRIVED,
    now: ARRIVED + HOUR,
    tried: ARRIVED + HOUR / 2,
    until: ARRIVED + 120 * HOUR,
    reports: [report()],
    original: { part: 'header', bytes: Buffer.from('Subject: hello\r\nFrom: a@x.example\r\n') },
    ...changes,
  }
}

function read(changes: Partial<DsnFacts> = {}) {
  const { top, parts } = readMultipart(composeDsn(facts(changes)))
  assert.equal(parts.length, 3)
  const [text, status, original] = parts
  assert.ok(text && status && original)
  return { top, text, status, original, groups: readGroups(status.body) }
}

describe('its form', () => {
  test('the message itself (RFC 6522, RFC 3834)', () => {
    const { top, text, status, original } = read()
    assert.equal(top.type, 'multipart/report')
    assert.match(top.fields.get('content-type') ?? '', /; report-type=delivery-status;/)
    assert.equal(top.fields.get('to'), '<a@x.example>')
    assert.equal(top.fields.get('auto-submitted'), 'auto-replied')
    for (const name of ['date', 'from', 'message-id', 'subject', 'mime-version'])
      assert.ok(top.fields.has(name))
    assert.deepEqual(
      [text.type, status.type, original.type],
      ['text/plain', 'message/delivery-status', 'text/rfc822-headers'],
    )
    assert.equal(original.body, 'Subject: hello\r\nFrom: a@x.example\r\n')
  })

  test('the status (RFC 3464 section 2)', () => {
    const second = report({
      recipient: 'c@z.example',
      orcpt: 'rfc822;alias@x',
      reply: reply(451, '', 'late'),
    })
    const { groups } = read({ envid: 'id 1', reports: [report(), second] })
    assert.deepEqual(
      groups.map(group => Object.fromEntries(group)).map(({ 'arrival-date': _, ...others }) => others),
      [
        { 'original-envelope-id': 'id 1', 'reporting-mta': 'dns; postern.example' },
        {
          'final-recipient': 'rfc822; b@y.example',
          action: 'failed',
          status: '5.1.1',
          'remote-mta': 'dns; hop.example',
          'diagnostic-code': 'smtp; 550 5.1.1 no such user',
          'last-attempt-date': LAST,
        },
        {
          'original-recipient': 'rfc822;alias@x',
          'final-recipient': 'rfc822; c@z.example',
          action: 'failed',
          status: '5.0.0',
          'remote-mta': 'dns; hop.example',
          'diagnostic-code': 'smtp; 451 late',
          'last-attempt-date': LAST,
        },
      ],
    )
  })

  test("a reply of our own is no other server's diagnosis", () => {
    const { remote: _, ...own } = report()
    const [, group] = read({ reports: [own] }).groups
    assert.equal(group?.has('remote-mta'), false)
    assert.equal(group?.get('diagnostic-code'), 'x-postern; 550 5.1.1 no such user')
  })

  test('each action has its status class and its words', () => {
    const words: Readonly<Record<Action, [string, RegExp]>> = {
      failed: ['5', /could not deliver/],
      delayed: ['4', /tried until .*You need not send it again/],
      delivered: ['2', /delivered your message/],
      relayed: ['2', /passed your message on to a server/],
      expanded: ['2', /passed your message on to everybody who stands behind/],
    }
    for (const [action, [digit, text]] of Object.entries(words)) {
      const status = action === 'failed' ? '4.4.1' : `${digit}.4.1`
      const answer = reply(Number(`${status[0]}50`), status, 'x')
      const dsn = read({ reports: [report({ action: action as Action, reply: answer })] })
      assert.equal(dsn.groups[1]?.get('action'), action)
      assert.equal(dsn.groups[1]?.get('status'), `${digit}.4.1`)
      const until = action === 'delayed' ? formatDate(ARRIVED + 120 * HOUR) : undefined
      assert.equal(dsn.groups[1]?.get('will-retry-until'), until)
      assert.match(dsn.text.body.replace(/\s+/g, ' '), text)
    }
  })

  test('what was given up says so', () => {
    const dsn = read({ reports: [report({ reply: reply(451, '4.4.1', 'down') })] })
    assert.match(dsn.text.body, /It was tried from .* on, and is given up now\./)
    assert.doesNotMatch(read().text.body, /given up/)
  })

  test('what the answer means, what to do, and whose word that is', () => {
    for (const action of ['failed', 'delayed'] as const) {
      const full = report({ action, reply: reply(452, '4.2.2', 'The email account is over quota') })
      const words = read({ reports: [full] }).text.body.replace(/\s+/g, ' ')
      assert.match(words, /over quota .*What it means: \S.*\. What to do: \S.*\. Source: \S.* https:\/\/\S+/)
    }
    const foreign = report({
      reply: reply(550, '5.7.60', 'Client does not have permissions to send as this sender'),
    })
    const here = read({ reports: [foreign] }).text.body.replace(/\s+/g, ' ')
    assert.match(here, /What to do, for whoever looks after this server: \S/, 'the sender can’t mend that')
    const large = report({ reply: reply(552, '5.3.4', 'Message size exceeds fixed limit') })
    const smaller = read({ reports: [large] }).text.body.replace(/\s+/g, ' ')
    assert.match(smaller, /What to do: Send a link to the file/, 'the sender can do that')
    const full = report({ reply: reply(552, '5.2.2', 'The email account is over quota') })
    const { body } = read({ reports: [full, { ...full, recipient: 'c@y.example' }] }).text
    assert.match(body, /https:\S+\r?\n\r?\n {2}<c@y\.example>/, 'the next recipient stands apart')
    const fine = report({ action: 'delivered', reply: reply(250, '2.1.5', 'OK') })
    assert.doesNotMatch(read({ reports: [fine] }).text.body, /What it means/)
  })

  test('the whole message, of 8-bit content', () => {
    const bytes = Buffer.from('Subject: x\r\n\r\nGrüße\r\n--postern-abc--\r\n')
    const { original } = read({ original: { part: 'message', bytes } })
    assert.equal(original.type, 'message/rfc822')
    assert.equal(original.fields.get('content-transfer-encoding'), '8bit')
    assert.equal(original.body, bytes.toString())
  })

  test('addresses beyond ASCII (RFC 6533)', () => {
    for (const changes of [
      { to: 'jürgen@x.example' },
      { reports: [report({ recipient: 'bücher@y.example' })] },
      { reports: [report({ orcpt: 'utf-8;bücher@y.example' })] },
    ]) {
      for (const [part, type] of [
        ['header', 'message/global-headers'],
        ['message', 'message/global'],
      ] as const) {
        const bytes = Buffer.from('Subject: Bücher\r\n')
        const dsn = read({ ...changes, original: { part, bytes } })
        assert.equal(dsn.status.type, 'message/global-delivery-status')
        assert.equal(dsn.original.type, type)
      }
    }
    const [, group] = read({ reports: [report({ recipient: 'bücher@y.example' })] }).groups
    assert.equal(group?.get('final-recipient'), 'utf-8; bücher@y.example')
  })
})

describe('hostile text', () => {
  const evil = [
    'x\r\n\r\n--postern-000000000000000000000000--\r\nContent-Type: text/html\r\n\r\n<b>',
    'x\nAction: delivered\nStatus: 2.0.0',
    'x\r.\r',
    'grün \u2028 \u0085 \u0000 \u001b[2J',
    'long '.repeat(2000),
    'x'.repeat(5000),
    'ü'.repeat(5000),
    '\ud800',
    '',
  ]
  for (const text of evil) {
    test(`stays in its place: ${JSON.stringify(text.slice(0, 30))}`, () => {
      const changes = { reply: reply(550, '5.0.0', text), orcpt: `rfc822;${text}`, remote: text || 'hop' }
      for (const recipient of ['b@y.example', 'ü@y.example']) {
        const dsn = read({ envid: text, reports: [report({ ...changes, recipient }), report()] })
        assert.equal(dsn.groups.length, 3)
        assert.deepEqual([dsn.groups[1]?.get('action'), dsn.groups[1]?.get('status')], ['failed', '5.0.0'])
      }
    })
  }

  test('any text at all', () => {
    const any = fc.string({ unit: 'binary', maxLength: 400 })
    fc.assert(
      fc.property(any, any, any, (text, orcpt, envid) => {
        const dsn = read({ envid, reports: [report({ reply: reply(450, '', text), orcpt })] })
        assert.equal(dsn.groups.length, 2)
        assert.equal(dsn.groups[1]?.get('action'), 'failed')
      }),
      { numRuns: 300 },
    )
  })
})
