/** What is exported to Postfix reads again as the same map. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rowsMapOf } from '../../../app/access/map.ts'
import { formatSpan } from '../../../app/access/network.ts'
import { compilePolicy, type Policy } from '../../../app/access/policy.ts'
import type { Relaying } from '../../../app/access/relaying.ts'
import { importOf } from '../../../app/control/import.ts'
import { exportPostfix } from '../../../app/exchange/postfix-export.ts'
import { tablesNamedIn } from '../../../app/exchange/postfix-tables.ts'
import type { Settings } from '../../../app/settings/settings.ts'
import { anyMachine, anySettings } from '../access/list.ts'
import { machine, office, user } from '../access/office.ts'

/** Accounts with names to be told apart, one of them off. */
const users = [
  user('support', { addresses: ['support@example.com', 'Help@example.com'] }),
  user('webmaster'),
  user('fred', { enabled: false }),
  user('sam@example.com', { addresses: [] }),
]

/** The list as it reads again, in otherwise the same settings; or why not. */
function again(settings: Settings, policy: Policy) {
  const made = exportPostfix(settings, policy)
  if (!made.ok) return made
  const main = made.files.find(({ name }) => name === 'main.cf')
  assert.ok(main)
  const needed = tablesNamedIn(main.text)
  const files = made.files.filter(({ name }) => needed.includes(name))
  const asked = [main, ...files].map(({ name, text }) => ({
    name,
    base64: Buffer.from(text).toString('base64'),
  }))
  const imported = importOf({ files: asked }, settings)
  const edits = Object.fromEntries(
    imported.edits
      .filter(({ path }) => path !== 'smtp.access')
      .map(({ path, value }) => [path.slice(5), value]),
  )
  return {
    ok: true,
    imported,
    settings: { ...settings, smtp: { ...settings.smtp, ...edits, access: imported.rows } },
  } as const
}

/** Every address with who may send from it, among those who can log on. */
function lines(policy: Policy, { users }: Settings): string[] {
  const known = users.filter(({ enabled }) => enabled).map(({ name }) => name.toLowerCase())
  const brief = (relaying: Relaying) => {
    if (relaying.kind !== 'after-login') return relaying.kind
    // Every account is written by name there, for a Postfix may know others.
    const some = known.filter(name => relaying.users?.includes(name) ?? true)
    return some.length === 0 ? 'never' : some.join(' ')
  }
  const found: { what: string; family: 4 | 6; first: bigint; last: bigint }[] = []
  for (const { family, first, last, external, internal } of rowsMapOf(policy)) {
    const what = `${brief(external)}; ${brief(internal)}`
    const before = found.at(-1)
    if (before?.what === what && before.family === family) before.last = last
    else found.push({ what, family, first, last })
  }
  return found.map(({ what, ...span }) => `${formatSpan(span)} ${what}`)
}

test('the document’s office: the same rows, but for addresses in place of words', () => {
  const settings = office()
  const read = again(settings, compilePolicy(settings, machine))
  assert.ok(read.ok)
  const { remarks, lostCount, rows } = read.imported
  assert.equal(lostCount, 0, JSON.stringify(remarks))
  assert.deepEqual(
    lines(compilePolicy(read.settings, machine), settings),
    lines(compilePolicy(settings, machine), settings),
  )
  assert.deepEqual(
    rows
      .filter(({ from }) => !from.includes(':'))
      .map(({ action, from, users, withoutAuthentication }) =>
        `${action} ${from}${withoutAuthentication ? ' noauth' : ''} ${users.join(' ')}`.trim(),
      ),
    [
      'allow 0.0.0.0-126.255.255.255 support webmaster',
      'allow 127.0.0.0/8 noauth',
      'allow 128.0.0.0-192.168.0.255 support webmaster',
      'allow 192.168.1.0 noauth',
      'block 192.168.1.1',
      'allow 192.168.1.2-192.168.1.255 noauth',
      'allow 192.168.2.0-255.255.255.255 support webmaster',
    ],
  )
})

test('2,000 random settings: the same map, or the reason', t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEED=${seed}`)
  const counts = { same: 0, exportRefused: 0, importRefused: 0 }
  fc.assert(
    fc.property(anySettings, anyMachine, (some, here) => {
      const settings = { ...some, users }
      const policy = compilePolicy(settings, here)
      const read = again(settings, policy)
      if (!read.ok) {
        assert.ok(read.problems.every(({ path, text }) => /\.from$/.test(path) && /host name/.test(text)))
        counts.exportRefused += 1
        return
      }
      const { lostCount, remarks } = read.imported
      if (lostCount > 0) {
        const lost = remarks.filter(one => one.lost)
        assert.ok(settings.smtp.antiRelay === 'authenticated-users', JSON.stringify(lost))
        counts.importRefused += 1
        return
      }
      assert.deepEqual(lines(compilePolicy(read.settings, here), settings), lines(policy, settings))
      counts.same += 1
    }),
    { numRuns: 2000, seed },
  )
  t.diagnostic(JSON.stringify(counts))
  assert.ok(counts.same > 800 && counts.importRefused < 200, JSON.stringify(counts))
})

const addresses = [
  'a@example.com',
  'a+b@example.com',
  "o'hara@example.com",
  '"a b"@example.com',
  'ä@example.com',
]
const anyAccount = fc.record({
  name: fc.constantFrom('sam', 'Sam Smith', '#sam', 'müller', 'sam@example.com'),
  addresses: fc.subarray(addresses),
  enabled: fc.constantFrom(true, true, false),
})
/** What Postfix's maps can't hold, by what postmap(1) says of keys. */
const isHeld = (name: string) => /^[!-~]+$/.test(name) && !name.startsWith('#')

test('what Postfix can’t express is refused with its path, and nothing else is', () => {
  const property = fc.property(anySettings, anyAccount, anyMachine, (some, { name, ...change }, here) => {
    const settings = { ...some, users: [...users.slice(0, 3), user(name, change)] }
    const made = exportPostfix(settings, compilePolicy(settings, here))
    const counted = [
      ...settings.smtp.access.map((row, index) => ({ row, path: `smtp.access[${index}].from` })),
      ...(settings.smtp.useGlobalAccess ? settings.globalAccess : []).map((row, index) => ({
        row,
        path: `globalAccess[${index}].from`,
      })),
    ]
    const expected = [
      ...counted.flatMap(({ row, path }) => (row.enabled && row.from === 'home.example.net' ? [path] : [])),
      ...(change.enabled && !isHeld(name) ? ['users[3].name'] : []),
      ...change.addresses.flatMap((address, index) =>
        change.enabled && /["ä]/.test(address) ? [`users[3].addresses[${index}]`] : [],
      ),
    ]
    assert.deepEqual(made.ok ? [] : [...new Set(made.problems.map(({ path }) => path))], expected)
  })
  fc.assert(property, { numRuns: 1000 })
})
