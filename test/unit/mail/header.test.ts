import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseAddress } from '../../../app/mail/address.ts'
import { formatDate, newMessageId, receivedField } from '../../../app/mail/header.ts'

const facts = {
  helo: 'client.example',
  client: '192.0.2.1',
  hostname: 'mail.example.com',
  protocol: 'ESMTPSA',
  id: '0AbC1',
  time: 1763996767000,
}

function unfold(field: string): string {
  return field
    .replace(/\r\n(?=[ \t])/g, '')
    .replace(/\t/g, ' ')
    .trimEnd()
}

test('writes all the facts, folded', () => {
  const field = receivedField({
    ...facts,
    tls: 'TLSv1.3 with cipher TLS_AES_256_GCM_SHA384',
    recipient: 'bob@example.org',
  })
  assert.equal(
    field.replace(/;\s+.*/s, ''),
    [
      'Received: from client.example ([192.0.2.1]) by mail.example.com with ESMTPSA',
      '\t(TLSv1.3 with cipher TLS_AES_256_GCM_SHA384) id 0AbC1 for <bob@example.org>',
    ].join('\r\n'),
  )
  assert.ok(unfold(field).endsWith(`; ${formatDate(facts.time)}`))
  assert.ok(field.endsWith('\r\n'))
  for (const line of field.split('\r\n')) assert.ok(line.length < 78, line)
})

test('leaves out what is not known', () => {
  assert.equal(
    unfold(receivedField({ ...facts, protocol: 'SMTP' })),
    `Received: from client.example ([192.0.2.1]) by mail.example.com with SMTP id 0AbC1; ${formatDate(facts.time)}`,
  )
  assert.doesNotMatch(receivedField({ ...facts, recipient: '' }), /for/)
  assert.doesNotMatch(receivedField({ ...facts, recipient: 'a@d> (x\r\nX: y' }), /for|X:/)
})

test('names the client as an address literal', () => {
  const table: readonly [string, string][] = [
    ['192.0.2.1', '([192.0.2.1])'],
    ['2001:DB8::1', '([IPv6:2001:db8::1])'],
    ['::1', '([IPv6:::1])'],
    ['::ffff:192.0.2.1', '([192.0.2.1])'],
    ['::FFFF:192.0.2.1', '([192.0.2.1])'],
    ['fe80::1%eth0', '([IPv6:fe80::1])'],
    ['', '(unknown)'],
    ['x) by evil (', '(unknown)'],
  ]
  for (const [client, expected] of table) {
    assert.ok(
      unfold(receivedField({ ...facts, client })).includes(` from client.example ${expected} by `),
      client,
    )
  }
})

test('makes any HELO harmless, and keeps it recognisable', () => {
  const table: readonly [string, string][] = [
    ['Client.Example', 'Client.Example'],
    ['DESKTOP_1', 'DESKTOP_1'],
    ['1.2.3.4', '1.2.3.4'],
    ['[192.0.2.9]', '[192.0.2.9]'],
    ['[ipv6:2001:DB8::9]', '[IPv6:2001:db8::9]'],
    ['[192.0.2.9', '?192.0.2.9'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['', 'unknown'],
    ['x) (y', 'x???y'],
    ['a\r\nX-Evil: 1', 'a??X-Evil??1'],
    ['a; Mon, 1 Jan', 'a??Mon??1?Jan'],
    ['a\0\x1b"\\<>@', 'a???????'],
    ['é é', '???'],
    ['('.repeat(500), '?'.repeat(64)],
    ['h'.repeat(255), 'h'.repeat(255)],
    ['h'.repeat(5000), 'h'.repeat(64)],
  ]
  for (const [helo, expected] of table) {
    assert.ok(unfold(receivedField({ ...facts, helo })).startsWith(`Received: from ${expected} ([`), helo)
  }
})

test('no facts break the field: lines within 998, every fold followed by white space', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 })
  fc.assert(
    fc.property(text, text, text, text, text, (helo, client, tls, protocol, recipient) => {
      for (const to of [recipient, `"${recipient}"@d`]) {
        const field = receivedField({
          ...facts,
          helo,
          client,
          tls,
          protocol,
          hostname: tls,
          id: helo,
          recipient: to,
        })
        assert.match(field, /^Received: from \S+(?:\r\n\t| )\([^()]*\)(?:\r\n\t| )by /)
        assert.match(field, /^(?:[^\r\n]{1,998}\r\n\t)*[^\r\n]{1,998}\r\n$/)
        const ours = field.replace(/ ?for <.*>;/s, ';')
        if (parseAddress(to).ok) assert.ok(field.includes(`for <${to}>;`))
        else assert.match(ours, /^[ -~\t\r\n]*$/)
        assert.ok(unfold(field).endsWith(`; ${formatDate(facts.time)}`))
      }
    }),
    { numRuns: 1000 },
  )
})

test('the longest recipient there can be stays on a line', () => {
  const recipient = `${'a'.repeat(64)}@${`${'l'.repeat(62)}.`.repeat(2)}${'l'.repeat(63)}`
  assert.ok(parseAddress(recipient).ok)
  assert.ok(receivedField({ ...facts, recipient }).includes(`\r\n\tfor <${recipient}>;\r\n\t`))
})

/** A zone is read once by Node, so each needs its own process. */
function dateIn(zone: string, ms: number): string {
  const code = `import { formatDate } from './app/mail/header.ts'\nprocess.stdout.write(formatDate(${ms}))`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', code],
    {
      env: { ...process.env, TZ: zone },
      encoding: 'utf8',
    },
  )
  assert.equal(stderr, '')
  return stdout
}

test('writes a date with its zone', () => {
  assert.equal(dateIn('UTC', 0), 'Thu, 01 Jan 1970 00:00:00 +0000')
  assert.equal(dateIn('Europe/Berlin', 1763996767000), 'Mon, 24 Nov 2025 16:06:07 +0100')
  assert.equal(dateIn('Europe/Berlin', 1751371267000), 'Tue, 01 Jul 2025 14:01:07 +0200')
  assert.equal(dateIn('America/St_Johns', 1763996767000), 'Mon, 24 Nov 2025 11:36:07 -0330')
  assert.equal(dateIn('Asia/Kathmandu', 1763996767000), 'Mon, 24 Nov 2025 20:51:07 +0545')
})

test('a date reads back to the same second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), seconds => {
      const text = formatDate(seconds * 1000)
      assert.match(text, /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/)
      assert.equal(Date.parse(text), seconds * 1000)
    }),
  )
})

test('message ids are unique, and addresses in form', () => {
  const ids = new Set(Array.from({ length: 10_000 }, () => newMessageId('mail.example.com')))
  assert.equal(ids.size, 10_000)
  for (const id of ids) assert.match(id, /^<[a-z0-9]+\.[a-f0-9]{20}@mail\.example\.com>$/)
  assert.match(newMessageId('Bücher.example.'), /@xn--bcher-kva\.example>$/)
  assert.match(newMessageId('not a host\r\n'), /^<[a-z0-9.]+@localhost>$/)
})
