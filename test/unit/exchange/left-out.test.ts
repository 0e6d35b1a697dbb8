/** An export tells what of a list the other server has nothing for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicy } from '../../../app/access/policy.ts'
import type { Exported } from '../../../app/exchange/exported.ts'
import { exportPostfix } from '../../../app/exchange/postfix-export.ts'
import { VERSIONS, writeVpop3 } from '../../../app/exchange/vpop3.ts'
import type { AccessRow } from '../../../app/settings/settings.ts'
import { machine, office, row } from '../access/office.ts'
import { read, said } from './lists.ts'

function settingsWith(access: readonly AccessRow[]) {
  const base = office()
  return { ...base, smtp: { ...base.smtp, access } }
}

function notes(exported: Exported): readonly string[] {
  assert.ok(exported.ok)
  return exported.notes
}

const plain = row('allow 192.168.1.0/24')
const mending = { ...plain, mendLineEnds: true }

test('rows that mend line ends, of the rows that count', () => {
  for (const version of VERSIONS) {
    const told = (rows: readonly AccessRow[]) =>
      notes(writeVpop3(settingsWith(rows), machine, version, 'service')).filter(note =>
        /line ends/.test(note),
      )
    assert.deepEqual(told([plain, { ...mending, enabled: false }]), [])
    assert.match(told([plain, mending]).join('\n'), /^smtp\.access\[1\]: VPOP3 .* mends no line ends/)
  }
  const written = (rows: readonly AccessRow[]) => {
    const settings = settingsWith(rows)
    const exported = exportPostfix(settings, compilePolicy(settings, machine))
    assert.ok(exported.ok)
    const text = (name: string) => exported.files.find(file => file.name === name)?.text
    assert.match(text('main.cf') ?? '', /^smtpd_forbid_bare_newline = reject$/m)
    return text('postern-bare-newline.cidr')
  }
  assert.equal(written([plain, { ...mending, enabled: false }]), undefined)
  assert.equal(written([plain, mending]), undefined)
  assert.equal(written([mending]), '192.168.1.0/24\tOK\n')
})

test('the end of a comment that is too long for a row', () => {
  const long = 'x'.repeat(1001)
  const lists = [
    (comment: string) => `# ${comment}\nNOGLOBAL\n192.168.1.0 255.255.255.0\n`,
    (comment: string) => `0\n1|2|192.168.1.0|24|0||${comment}\n`,
    (comment: string) =>
      `<Backup><SecurityRanges><SecurityRange Name="${comment}" LowerIP="10.0.0.1" UpperIP="10.0.0.9" Priority="1" Options="1"/></SecurityRanges></Backup>`,
  ]
  for (const list of lists) {
    const about = (comment: string) =>
      said(read(list(comment))).filter(sentence => /1000 characters/.test(sentence))
    assert.deepEqual(about(long.slice(1)), [])
    assert.equal(about(long).length, 1, list('…'))
  }
})

test('what says who may log on, and how', () => {
  const backup = (options: number) =>
    `<Backup><SecurityRanges><SecurityRange Name="a" LowerIP="10.0.0.1" UpperIP="10.0.0.9" Priority="1" Options="${options}"/></SecurityRanges></Backup>`
  const wants = (options: number) =>
    said(read(backup(options))).filter(sentence => /wants encryption/.test(sentence))
  assert.equal(wants(1 + 131072).length, 1)
  assert.deepEqual([...wants(1), ...wants(131072)], [])
  const main = (more: string) =>
    `mynetworks = 10.0.0.0/8\nsmtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n${more}`
  const lost = said(read(main('smtpd_sasl_exceptions_networks = 203.0.113.0/24\n')))
  assert.ok(
    lost.some(sentence => /smtpd_sasl_exceptions_networks was not taken/.test(sentence)),
    lost.join('; '),
  )
})

test('addresses that are always blocked', () => {
  const settings = office()
  const ids = { ...settings.smtp.ids, alwaysBlock: ['203.0.113.0/24'] }
  const told = (given: typeof settings) =>
    notes(exportPostfix(given, compilePolicy(given, machine))).join('\n')
  assert.match(told({ ...settings, smtp: { ...settings.smtp, ids } }), /always blocked here/)
  assert.doesNotMatch(told(settings), /always blocked/)
})
