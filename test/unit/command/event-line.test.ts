/** Every kind of event is a line that a person reads and a terminal survives. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventLine } from '../../../app/command/event-line.ts'
import { styleOf } from '../../../app/command/style.ts'
import type { EventBody } from '../../../app/log/event.ts'
import { now } from '../../support/command.ts'

const reply = { code: 550, status: '5.7.1', text: 'No' }
const at = { session: 's1', client: '192.0.2.1' }
const bodies: { readonly [Kind in EventBody['kind']]: [Extract<EventBody, { kind: Kind }>, string] } = {
  started: [{ kind: 'started', version: '1', folder: '/d' }, 'started, version 1, data folder /d'],
  stopped: [{ kind: 'stopped' }, 'stopped'],
  listening: [
    { kind: 'listening', address: '::', port: 25, encryption: 'starttls' },
    'listening on :: port 25, encryption starttls',
  ],
  'settings-applied': [
    { kind: 'settings-applied', by: 'window', words: 'x' },
    'settings changed by window: x',
  ],
  'settings-refused': [
    { kind: 'settings-refused', by: 'file', problems: ['a', 'b'] },
    'settings of file refused: a (and 1 more)',
  ],
  'connection-refused': [
    { kind: 'connection-refused', reply, ...at },
    '[s1] 192.0.2.1 refused: 550 5.7.1 No',
  ],
  blocked: [
    { kind: 'blocked', address: '192.0.2.1', points: 450, until: now, why: '9 wrong passwords' },
    '192.0.2.1 is blocked until 2024-05-01 12:00:00 after 9 wrong passwords (450 points)',
  ],
  unblocked: [
    { kind: 'unblocked', address: '2001:db8::/64', by: 'window' },
    '2001:db8::/64 was unblocked by window',
  ],
  'tls-failed': [{ kind: 'tls-failed', text: 'old', ...at }, '[s1] 192.0.2.1 could not agree on TLS: old'],
  'logged-on': [{ kind: 'logged-on', user: 'fred', ...at }, '[s1] 192.0.2.1 logged on as fred'],
  'logon-failed': [
    { kind: 'logon-failed', user: 'fred', reply, ...at },
    '[s1] 192.0.2.1 could not log on as fred: 550 5.7.1 No',
  ],
  'recipient-refused': [
    { kind: 'recipient-refused', user: 'fred', from: '', to: 'b@y', reply, list: 'service', row: 3, ...at },
    '[s1] 192.0.2.1 (fred) may not relay from <> to b@y: 550 5.7.1 No (row 3 of the service list)',
  ],
  'message-refused': [
    { kind: 'message-refused', from: 'a@x', reply, ...at },
    '[s1] 192.0.2.1 message from a@x refused: 550 5.7.1 No',
  ],
  'session-refused': [
    { kind: 'session-refused', user: 'fred', reply, ...at },
    '[s1] 192.0.2.1 (fred) was refused: 550 5.7.1 No',
  ],
  abandoned: [
    { kind: 'abandoned', user: 'fred', from: '', to: ['b@y', 'c@z'], ...at },
    '[s1] 192.0.2.1 (fred) was accepted from <> to b@y, c@z, and sent no message',
  ],
  accepted: [
    { kind: 'accepted', id: 'A1', from: 'a@x', to: ['b@y', 'c@z'], size: 5, ...at },
    '[s1] A1 accepted from 192.0.2.1: a@x to b@y, c@z, 5 bytes',
  ],
  delivered: [
    { kind: 'delivered', id: 'A1', to: 'b@y', via: 'mx y', reply },
    'A1 delivered to b@y by mx y: 550 5.7.1 No',
  ],
  deferred: [
    { kind: 'deferred', id: 'A1', to: 'b@y', via: 'mx y', reply, next: now },
    'A1 for b@y must wait until 2024-05-01 12:00:00, mx y said: 550 5.7.1 No',
  ],
  'hop-down': [
    { kind: 'hop-down', hop: 'y:25', reply, own: true, next: now, waiting: 312 },
    'y:25 takes no mail, which waits until 2024-05-01 12:00:00 (312 messages): No',
  ],
  'hop-up': [
    { kind: 'hop-up', hop: 'y:25', since: now, waiting: 1 },
    'y:25 takes mail again, after it did not since 2024-05-01 12:00:00 (1 message)',
  ],
  failed: [
    { kind: 'failed', id: 'A1', to: 'b@y', via: 'mx y', reply },
    'A1 for b@y failed for good, mx y said: 550 5.7.1 No',
  ],
  held: [{ kind: 'held', id: 'A1', to: 'b@y', why: 'no route' }, 'A1 for b@y is held: no route'],
  bounced: [
    { kind: 'bounced', id: 'A1', dsn: 'A2', to: 'a@x' },
    'A1: the failure was reported to a@x, in message A2',
  ],
  'queue-changed': [{ kind: 'queue-changed', id: 'A1', change: 'retry' }, 'A1 set to be tried by hand'],
  rerouted: [
    { kind: 'rerouted', id: 'A1', to: 'b@y', before: 'smart host a:25', after: 'smart host b:25' },
    'A1 for b@y goes another way now: smart host b:25 (before: smart host a:25)',
  ],
  'rerouted-all': [
    { kind: 'rerouted-all', recipients: 2000, messages: 1500 },
    '2000 recipients of 1500 messages go another way now',
  ],
  'name-resolved': [
    {
      kind: 'name-resolved',
      name: 'a.example.net',
      addresses: ['203.0.113.8'],
      before: ['203.0.113.7'],
      refused: ['10.0.0.1'],
    },
    'a.example.net is 203.0.113.8 now, in the access list (before: 203.0.113.7); not taken: 10.0.0.1',
  ],
  'name-unresolved': [
    {
      kind: 'name-unresolved',
      name: 'a.example.net',
      why: 'the DNS server is silent',
      addresses: ['203.0.113.8'],
      refused: [],
    },
    "a.example.net in the access list can't be looked up, since the DNS server is silent; it goes on as 203.0.113.8",
  ],
  'certificate-used': [
    { kind: 'certificate-used', names: ['mail.example.com'], until: Date.UTC(2027, 1, 3) },
    'a new certificate is in use, for mail.example.com until 2027-02-03',
  ],
  'signed-in': [
    { kind: 'signed-in', name: 'cloud', user: 'office@x', provider: 'Microsoft' },
    'signed in as office@x with Microsoft, for the secret cloud',
  ],
  'sign-in-refused': [
    { kind: 'sign-in-refused', name: 'cloud', user: 'office@x', why: 'the password was changed' },
    'mail waits until somebody signs in again as office@x, for the secret cloud: the password was changed',
  ],
  warning: [{ kind: 'warning', text: 'w' }, 'warning: w'],
  error: [{ kind: 'error', text: 'e' }, 'error: e'],
}

const own = { code: 451, status: '4.4.1', text: 'mx y:25 refused the connection' }
const barred = { kind: 'recipient-refused', from: 'a@x', to: 'b@y', list: null, row: null, ...at } as const
const others: readonly [EventBody, string][] = [
  [
    { ...barred, reply: { code: 550, status: '5.1.1', text: 'No such mailbox here' } },
    '[s1] 192.0.2.1 sends from a@x to b@y, which is no mailbox here: 550 5.1.1 No such mailbox here',
  ],
  [
    { ...barred, reply: { code: 530, status: '5.7.0', text: 'Log on' } },
    '[s1] 192.0.2.1 must log on first to send from a@x to b@y: 530 5.7.0 Log on',
  ],
  [
    { ...barred, reply: { code: 452, status: '4.5.3', text: 'Too many' } },
    "[s1] 192.0.2.1 can't send from a@x to b@y: 452 4.5.3 Too many",
  ],
  [{ kind: 'settings-refused', by: 'file', problems: ['a'] }, 'settings of file refused: a'],
  [
    { kind: 'deferred', id: 'A1', to: 'b@y', via: 'mx y:25', reply: own, own: true, next: now },
    'A1 for b@y must wait until 2024-05-01 12:00:00: mx y:25 refused the connection',
  ],
  [
    { kind: 'failed', id: 'A1', to: 'b@y', via: 'mailbox b', reply: own, own: true },
    'A1 for b@y failed for good: mx y:25 refused the connection',
  ],
  [
    { kind: 'delivered', id: 'A1', to: 'b@y', via: 'mailbox b', reply: own, own: true },
    'A1 delivered to b@y by mailbox b',
  ],
  [
    { kind: 'bounced', id: 'A1', dsn: 'A2', to: 'a@x', about: 'delay' },
    'A1: the delay was reported to a@x, in message A2',
  ],
]

for (const [body, line] of others) {
  test(`another line of ${body.kind}: ${line}`, () => {
    assert.equal(eventLine({ ...body, time: now }, styleOf(false)), `2024-05-01 12:00:00  ${line}`)
  })
}

for (const [body, line] of Object.values(bodies)) {
  test(`the line of ${body.kind}`, () => {
    assert.equal(eventLine({ ...body, time: now }, styleOf(false)), `2024-05-01 12:00:00  ${line}`)
  })

  test(`hostile text in ${body.kind}`, () => {
    const evil = JSON.parse(JSON.stringify({ ...body, time: now }), (key, value) =>
      typeof value === 'string' && !['kind', 'change', 'list'].includes(key)
        ? `${value}\u001b[2J\r\n\u009b\u202e`
        : value,
    )
    const plain = eventLine(evil, styleOf(false))
    assert.doesNotMatch(plain, /[\u0000-\u001f\u007f-\u009f\u202e]/)
    const dressed = eventLine(evil, styleOf(true)).replace(/\u001b\[(?:\d|3[1-3])m/g, '')
    assert.equal(dressed, plain)
  })
}
