/** Rows in VPOP3's columns and in plain words; hours; strength; times. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addressOf, fromOf, newRow, rowWords, withType } from '../../../renderer/access/rows.ts'
import { hoursOf } from '../../../renderer/state/hours.ts'
import { placeOf } from '../../../renderer/state/place.ts'
import type { AccessRow } from '../../../renderer/state/settings.ts'
import { strengthOf } from '../../../renderer/state/strength.ts'
import { enumerate, formatBytes, relativeTime } from '../../../renderer/words/plain.ts'
import { titleOf } from '../../../renderer/words/titles.ts'

test('an address is taken apart and put together again', () => {
  const froms = [
    'any',
    'routers',
    '192.168.7.0/24',
    '10.0.0.5-10.0.0.9',
    '192.168.1.0 255.255.255.0',
    '2001:db8::/32',
    '10.0.0.1',
    '2001:db8::1',
    'nonsense',
  ]
  for (const from of froms) assert.equal(fromOf(addressOf(from)), from)
  assert.deepEqual(addressOf('192.168.7.0/24'), { type: 'ipv4', address: '192.168.7.0', prefix: '24' })
  assert.deepEqual(addressOf('2001:db8::/32'), { type: 'ipv6', address: '2001:db8::', prefix: '32' })
  fc.assert(
    fc.property(
      fc.ipV4(),
      fc.nat(32),
      (ip, prefix) => fromOf(addressOf(`${ip}/${prefix}`)) === `${ip}/${prefix}`,
    ),
  )
})

test('a type chosen keeps no address of another, and can be seen again', () => {
  for (const type of ['any', 'local-networks', 'routers', 'ipv4', 'ipv6'] as const)
    assert.equal(addressOf(withType('192.168.7.0/24', type)).type, type)
  assert.equal(withType('192.168.7.0/24', 'ipv4'), '192.168.7.0/24')
})

test('a row in words', () => {
  const row: AccessRow = { ...newRow, from: 'any', users: ['support', 'webmaster'] }
  assert.equal(rowWords(row), 'Allow Any, users support and webmaster')
  assert.equal(
    rowWords({ ...row, action: 'block', from: '10.0.0.0/8', users: [], enabled: false }),
    'Block 10.0.0.0/8, off',
  )
})

test('events are counted in their hours', () => {
  const now = Date.UTC(2026, 0, 5, 12, 30)
  const reply = { code: 550, status: '', text: 'no' }
  const one = { session: 's', client: 'c' }
  const hours = hoursOf(
    [
      { kind: 'accepted', time: now - 60_000, id: 'a', from: '', to: [], size: 1, ...one },
      { kind: 'connection-refused', time: now - 3_600_000, reply, ...one },
      { kind: 'accepted', time: now - 25 * 3_600_000, id: 'b', from: '', to: [], size: 1, ...one },
    ],
    now,
  )
  assert.equal(hours.length, 24)
  assert.deepEqual(hours.at(-1)?.counts, { accepted: 1, refused: 0, delivered: 0, deferred: 0 })
  assert.equal(hours.at(-2)?.counts.refused, 1)
  assert.equal(
    hours.reduce((sum, { counts }) => sum + counts.accepted, 0),
    1,
  )
})

test('a password is measured', () => {
  assert.equal(strengthOf('short', 'fred').level, 0)
  assert.equal(strengthOf('fred-is-here-today', 'fred').level, 0)
  assert.equal(strengthOf('aaaaaaaaaaaaaaaa', 'fred').level, 0)
  assert.equal(strengthOf('kettlebo', 'fred').level, 1)
  assert.equal(strengthOf('kettle boat harvest moss', 'fred').level, 3)
})

test('problems lead to their page, and are called by name', () => {
  assert.deepEqual(placeOf('smtp.access[2].from'), {
    page: 'smtp',
    tab: 'access',
    target: 'smtp.access[2].from',
  })
  assert.equal(placeOf('delivery.routes[0].hosts').page, 'senders')
  assert.equal(placeOf('delivery.dkim[0].enabled').page, 'security')
  assert.equal(placeOf('aliases["info@example.com"]').page, 'local-mail')
  assert.equal(placeOf('hostname').tab, 'advanced')
  assert.equal(titleOf('smtp.access[2].from'), 'IP Access Restrictions, row 3, Address')
  assert.equal(titleOf('aliases["info@example.com"][0]'), 'Alias info@example.com')
  assert.equal(titleOf('users[0].addresses[1]'), 'User 1, Addresses')
  assert.equal(titleOf('delivery.warnAfter'), 'Tell the sender after')
})

test('lists, sizes and times as people say them', () => {
  assert.equal(enumerate(['a', 'b', 'c']), 'a, b and c')
  assert.equal(enumerate(['a']), 'a')
  assert.equal(formatBytes(18_400), '18\u00a0KB')
  assert.equal(formatBytes(1), '1\u00a0byte')
  const now = Date.now()
  assert.equal(relativeTime(now - 5 * 60_000, now), '5\u00a0minutes ago')
  assert.equal(relativeTime(now + 2 * 3_600_000, now), 'in 2\u00a0hours')
  assert.equal(relativeTime(now + 3_599_000, now), 'in 1\u00a0hour')
})
