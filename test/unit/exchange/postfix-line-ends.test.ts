/** `smtpd_forbid_bare_newline` and its exclusions become rows that mend, and what can't is said by line. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicy } from '../../../app/access/policy.ts'
import { mendsLineEnds } from '../../../app/access/ruling.ts'
import { exportPostfix } from '../../../app/exchange/postfix-export.ts'
import type { AccessRow } from '../../../app/settings/settings.ts'
import { client, machine, office, row } from '../access/office.ts'
import { mapOfRows, read, said } from './lists.ts'

const CLIENTS = ['10.1.1.1', '10.1.1.2', '10.1.1.9', '10.2.0.1', '192.0.2.7', '2001:db8::1']
const main = (lines: string) =>
  `compatibility_level = 3.6\nmynetworks = 10.1.1.0/24\nsmtpd_relay_restrictions = permit_mynetworks, reject\n${lines}\n`

function mendsFor(access: readonly AccessRow[]): string[] {
  const policy = compilePolicy(office({ smtp: { access } }), machine)
  return CLIENTS.filter(text => mendsLineEnds(policy, client(text)))
}

function imported(lines: string, tables: Record<string, string> = {}) {
  const list = read(main(lines), 'postfix', tables)
  const plain = read(main(''), 'postfix')
  const rows = (one: typeof list) => one.entries.map(entry => entry.row)
  assert.deepEqual(mapOfRows(rows(list)), mapOfRows(rows(plain)), 'who may send stays as it is')
  return {
    mends: mendsFor(rows(list)),
    said: said(list).filter(text => /bare_newline/.test(text)),
    rows: rows(list),
  }
}

const reject = 'smtpd_forbid_bare_newline = reject\nsmtpd_forbid_bare_newline_exclusions ='

test('a row for just these addresses mends; a part of one, or of what no row is for, gets a row of its own', () => {
  const whole = imported(`${reject} 10.1.1.0/24`)
  assert.deepEqual([whole.mends, whole.said], [['10.1.1.1', '10.1.1.2', '10.1.1.9'], []])
  assert.equal(whole.rows.length, read(main(''), 'postfix').entries.length)
  assert.deepEqual(imported(`${reject} 10.1.1.2, 10.2.0.0/16`).mends, ['10.1.1.2', '10.2.0.1'])
  const table = { 'old.cidr': '10.1.1.1 OK\n2001:db8::/32 OK\n' }
  assert.deepEqual(imported(`${reject} cidr:/etc/postfix/old.cidr`, table), {
    ...imported(`${reject} 10.1.1.1, [2001:db8::]/32`),
  })
})

test('what can’t be taken is said in its line', () => {
  const { mends, said: told } = imported(`${reject} 10.1.1.1\n  !10.1.1.2 hash:/etc/postfix/x`)
  assert.deepEqual(mends, ['10.1.1.1'])
  assert.match(
    told.join('\n'),
    /^! line 6: .*!10\.1\.1\.2 was not taken.*\n! line 6: .*hash:.* was not taken/,
  )
})

test('what Postfix took and Postern refuses is said, for each value', () => {
  const about = (lines: string) => imported(lines).said.join('\n')
  assert.match(
    about('smtpd_forbid_bare_newline = no'),
    /^line 4: .*is no: Postfix takes .* from everybody\. Postern refuses them/,
  )
  assert.match(about('smtpd_forbid_bare_newline = normalize'), /wants CR LF only where a message ends/)
  assert.match(about('smtpd_forbid_bare_newline = reject'), /exclusions is not set: .*\$mynetworks/)
  assert.match(about('smtpd_forbid_bare_newline_exclusions = 10.1.1.1'), /no effect/)
  assert.equal(about(reject), '')
})

test('who may say that mail comes from another client is no matter that is passed over', () => {
  for (const name of ['xclient', 'xforward']) {
    const told = said(read(main(`smtpd_authorized_${name}_hosts = 10.1.1.9`), 'postfix')).join('\n')
    assert.match(
      told,
      new RegExp(`line 4: smtpd_authorized_${name}_hosts was not taken: .*${name.toUpperCase()}`),
    )
    assert.doesNotMatch(told, /don't say who may send/)
  }
})

test('an export and what is read of it take such lines from the same addresses', () => {
  const access = ['block 10.1.1.9', 'allow 10.1.1.0/24 noauth', 'allow any - fred'].map(row)
  for (const marked of [[0], [1], [0, 1], [2], []]) {
    const rows = access.map((one, at) => ({ ...one, mendLineEnds: marked.includes(at) }))
    const settings = office({ smtp: { access: rows } })
    const exported = exportPostfix(settings, compilePolicy(settings, machine))
    assert.ok(exported.ok)
    const [list, ...tables] = exported.files
    const again = read(
      list?.text ?? '',
      'postfix',
      Object.fromEntries(tables.map(({ name, text }) => [name, text])),
    )
    assert.deepEqual(mendsFor(again.entries.map(entry => entry.row)), mendsFor(rows))
    assert.equal(again.lostCount, 0, said(again).join('\n'))
  }
})
