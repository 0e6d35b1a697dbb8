/** Imports that must not pass for what they are not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importOf } from '../../../app/control/import.ts'
import type { Dialect } from '../../../app/exchange/dialect.ts'
import { parseSettings } from '../../../app/settings/parse.ts'
import { checks } from '../settings/checks.ts'

function read(text: string, dialect: Dialect) {
  const parsed = parseSettings({ hostname: 'mail.example.com' }, checks)
  assert.ok(parsed.ok)
  const files = [{ name: 'list', base64: Buffer.from(text).toString('base64') }]
  return importOf({ files, dialect, leaveOut: true }, parsed.value)
}

test('a file of which nothing could be taken is no empty list, whatever is left out', () => {
  for (const [text, dialect] of [
    ['this is no backup', 'hmailserver'],
    ['<Backup>', 'hmailserver'],
    ['what 1 2 3', 'vpop3-3'],
  ] as const) {
    const { rows, lostCount, isEmpty, problems } = read(text, dialect)
    assert.deepEqual([rows, isEmpty], [[], false])
    assert.ok(lostCount > 0)
    assert.match(problems.map(({ text }) => text).join(), /nothing of this one could be taken/)
  }
})

test('an empty list is one, and asks', () => {
  const { isEmpty, problems } = read('# nothing\n', 'vpop3-1.5')
  assert.deepEqual([isEmpty, problems], [true, []])
})

test('a netmask that was mistyped is no user', () => {
  for (const line of ['!10.0.0.0 255.0.0', '10.0.0.0 8', 'fd00:: ffff::', '10.0.0.0 255.255.255.0 10.1']) {
    const { rows, lostCount } = read(`${line}\n192.0.2.1\n`, 'vpop3-1.5')
    assert.deepEqual(
      rows.map(({ from }) => from),
      ['192.0.2.1'],
      line,
    )
    assert.equal(lostCount, 1)
  }
  assert.deepEqual(read('10.0.0.0 255.0.0.0 noauth fred bob2 x.y\n', 'vpop3-1.5').rows[0]?.users, [
    'fred',
    'bob2',
    'x.y',
  ])
})
