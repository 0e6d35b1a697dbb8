/** What comes from others: every checksum and licence is looked at, every dependency has its reason, all stand in the SBOM. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readAudit } from '../../../scripts/test/audit.ts'
import { type Lockfile, lockfileProblems } from '../../../scripts/test/lockfile.ts'
import { runProcess } from '../../support/process.ts'

const root = join(import.meta.dirname, '../../..')
const read = (name: string) => readFileSync(join(root, name), 'utf8')
const lockfile: Lockfile = JSON.parse(read('package-lock.json'))
const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>

const integrity = `sha512-${'A'.repeat(86)}==`

test('the lockfile is well, and what is wrong with one is told', () => {
  assert.deepEqual(lockfileProblems(lockfile), [])
  const problemsOf = (locked: object) =>
    lockfileProblems({ packages: { '': {}, 'node_modules/x': { license: 'MIT', integrity, ...locked } } })
  assert.deepEqual(problemsOf({}), [])
  assert.match(problemsOf({ integrity: 'sha1-AAAA' }).join(), /^node_modules\/x has no SHA-512 checksum/)
  assert.match(problemsOf({ license: undefined }).join(), /names no licence/)
  assert.match(problemsOf({ license: 'GPL-3.0' }).join(), /is under GPL-3\.0/)
  assert.match(problemsOf({ license: 'MPL-2.0' }).join(), /is under MPL-2\.0/)
  assert.deepEqual(problemsOf({ license: 'MPL-2.0', dev: true }), [])
  assert.deepEqual(problemsOf({ license: '(GPL-2.0 OR MIT)' }), [])
})

test('the lockfile is that of package.json', () => {
  const own = lockfile.packages[''] as Record<string, unknown>
  assert.deepEqual(own['dependencies'], dependencies)
  assert.deepEqual(own['devDependencies'], devDependencies)
})

test('docs/dependencies.md tells of each dependency why it is there, and of none that isn’t', () => {
  const rows = read('docs/dependencies.md')
    .split('\n')
    .filter(line => /^\| [@a-z]/.test(line) && !line.startsWith('| package '))
  const told = rows.flatMap(row => {
    const [, names = '', why = ''] = row.split('|')
    assert.ok(why.trim().split(' ').length >= 3, row)
    return names
      .trim()
      .split(', ')
      .map(name => name.replace(/ [\d.]+$/, ''))
  })
  const there = [...Object.keys(dependencies), ...Object.keys(devDependencies)]
  assert.deepEqual([...told].sort(), [...there].sort())
})

test('an audit is read, and one that was not answered is no failure', () => {
  const answered = (severity: string) =>
    readAudit(JSON.stringify({ auditReportVersion: 2, vulnerabilities: { x: { severity } } }))
  assert.deepEqual(answered('low'), { kind: 'answered', known: 1, grave: [] })
  assert.deepEqual(answered('critical'), {
    kind: 'answered',
    known: 1,
    grave: ['x: a known hole, critical; see "npm audit".'],
  })
  for (const text of ['', 'no', '{"message":"405","statusCode":405,"error":{}}', 'null'])
    assert.deepEqual(readAudit(text), { kind: 'no answer' })
})

test('`npm run sbom` lists every package with its version and checksum, in CycloneDX', async t => {
  const { code, stdout, stderr } = await runProcess(t, ['npm', 'run', '--silent', 'sbom'], {
    cwd: root,
    timeout: 60_000,
  })
  assert.equal(code, 0, stderr)
  const bill = JSON.parse(stdout)
  assert.equal(bill.bomFormat, 'CycloneDX')
  const components = bill.components as { name: string; version: string; hashes?: { alg: string }[] }[]
  for (const name of Object.keys(dependencies)) {
    const version = lockfile.packages[`node_modules/${name}`]?.version
    const found = components.find(one => one.name === name && one.version === version)
    assert.ok(found, name)
    assert.equal(found.hashes?.[0]?.alg, 'SHA-512', name)
  }
  assert.ok(components.length >= 100)
})
