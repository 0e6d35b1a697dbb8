/** VPOP3's three dialects: the document's examples, and lists written and read again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mapOf } from '../../../app/access/map.ts'
import { parseFrom } from '../../../app/access/network.ts'
import { compilePolicy } from '../../../app/access/policy.ts'
import { VERSIONS, type Version, writeVpop3 } from '../../../app/exchange/vpop3.ts'
import type { AccessRow } from '../../../app/settings/settings.ts'
import { anyMachine, anyRow } from '../access/list.ts'
import { machine, office, row } from '../access/office.ts'
import { mapOfImported, read, rowsOf, said } from './lists.ts'

const one = 'NOGLOBAL\n192.168.1.0 255.255.255.0 noauth\n0.0.0.0 0.0.0.0 fred bob\n'
const three = 'Allow 192.168.1.0 255.255.255.0 No Auth\nAllow Any - fred bob\n'
const five = '0\n1|2|192.168.1.0|24|1||\n1|0||0|0|fred\tbob|\n'

test("the document's example says the same in all three dialects, found by themselves", () => {
  const [first, ...others] = [read(one), read(three), read(five)]
  assert.ok(first)
  assert.deepEqual(rowsOf(first), ['allow 192.168.1.0/24 noauth', 'allow any - fred bob'])
  for (const other of others) {
    assert.deepEqual(rowsOf(other), rowsOf(first))
    assert.deepEqual(mapOfImported(other), mapOfImported(first))
  }
  assert.deepEqual(
    [first, ...others].map(({ dialect }) => dialect),
    ['vpop3-1.5', 'vpop3-3', 'vpop3-5'],
  )
  assert.deepEqual([first, ...others].flatMap(said), [])
  assert.deepEqual(
    [first, ...others].map(({ smtp }) => smtp.useGlobalAccess),
    [false, undefined, false],
  )
})

test("the document's list of version 5, in all three dialects", () => {
  const lists = [
    read(
      'NOGLOBAL\n!192.168.1.1\n!fe80::1\n127.0.0.0 255.0.0.0 noauth\n192.168.1.0 255.255.255.0 noauth\n0.0.0.0 0.0.0.0 support webmaster',
    ),
    read('Block - routers\nAllow - Local Nets No Auth\nAllow - Any - support webmaster'),
    read('0\n0|0||2|0||\n1|0||1|1||\n1|0||0|0|support\twebmaster|'),
  ]
  const [text, lines, store] = lists.map(mapOfImported)
  assert.deepEqual(store, lines)
  // 1.5 knows IPv4 only.
  const isV4 = (line: string) => !line.includes(':') || /^[\d.]+(\/|-| )/.test(line)
  assert.deepEqual(text?.filter(isV4), store?.filter(isV4))
  assert.deepEqual(lists.flatMap(said), [])
})

test("the document's other examples", () => {
  assert.deepEqual(rowsOf(read('192.168.1.0 255.255.255.0')), ['allow 192.168.1.0/24'])
  assert.equal(read('192.168.1.0 255.255.255.0').smtp.useGlobalAccess, true)
  assert.deepEqual(rowsOf(read('0.0.0.0 0.0.0.0')), ['allow any'])
  assert.deepEqual(rowsOf(read('Allow Any - fred bob')), ['allow any - fred bob'])
  assert.deepEqual(rowsOf(read('Block - routers\nAllow - Local Nets\nAllow - Any')), [
    'block routers',
    'allow local-networks',
    'allow any',
  ])
})

const lines: [string, string, string[]][] = [
  ['vpop3-1.5', '  ! 10.0.0.0   255.0.0.0 ', ['block 10.0.0.0/8']],
  ['vpop3-1.5', '10.0.0.7 Fred NOAUTH # the printer', ['allow 10.0.0.7 noauth - Fred']],
  ['vpop3-1.5', 'noauth 10.0.0.7', ['allow 10.0.0.7 noauth']],
  ['vpop3-3', 'ALLOW local nets NO AUTH', ['allow local-networks noauth']],
  ['vpop3-3', 'block 10.0.0.7', ['block 10.0.0.7']],
  ['vpop3-3', 'Allow 10.0.0.0/8 - fred, bob', ['allow 10.0.0.0/8 - fred bob']],
  ['vpop3-5', '1\n1|23|2001:db8::|32|0|fred|a | b', ['allow 2001:db8::/32 - fred']],
  ['vpop3-5', '1\n0|2|10.0.0.7|32|0|', ['block 10.0.0.7']],
]
for (const [dialect, text, rows] of lines) {
  test(`${dialect}: ${JSON.stringify(text)}`, () => {
    const imported = read(text)
    assert.equal(imported.dialect, dialect)
    assert.deepEqual(rowsOf(imported), rows)
    assert.deepEqual(said(imported), [])
  })
}

const lost: [string, RegExp][] = [
  ['NOGLOBAL\n10.0.0.1 255.0.0.0', /^! line 2: "10\.0\.0\.1" is not the start of its network/],
  ['NOGLOBAL\n300.0.0.1', /^! line 2: "300\.0\.0\.1" is not an IPv4 address/],
  ['10.0.0.0 255.0.255.0', /^! line 1: "255\.0\.255\.0" is not a netmask/],
  ['Allow Any\nPermit Any', /^! line 2: This line begins with neither Allow nor Block/],
  ['Allow Any - fred No Auth', /^! line 1: Write "No Auth" before the dash/],
  ['Allow Any\nAllow home.dyn.example', /^! line 2: "home\.dyn\.example" is a host name/],
  ['10.0.0.1\nhome.dyn.example noauth', /^! line 2: "home\.dyn\.example" is a host name/],
  ['Allow Mars', /^! line 1: "Mars" is not an address/],
  ['0\n1|100|DE|0|0||', /^! line 2: GeoIP rows/],
  ['0\n1|7|10.0.0.0|8|0||', /^! line 2: The type "7" is unknown/],
  ['0\n1|0||9|0||', /^! line 2: For type 0 the prefix must be/],
  ['0\n2|0||0|0||', /^! line 2: The first and the fifth part/],
  ['0\n1|2|10.0.0.0', /^! line 2: This line needs seven parts/],
  ['0\n1|23|10.0.0.0|8|0||', /^! line 2: Type 23 stands for IPv6/],
  ['0\n1|2|10.0.0.0|33|0||', /^! line 2: "\/33" is not a prefix/],
  ['1|0||0|0||\n0', /^! line 1: The first line should be 0 or 1|^! line 2: Whether the global list/],
  [`10.0.0.1 ${'x'.repeat(65)}`, /^! line 1: The name xxx.*over 64/],
]
for (const [text, remark] of lost) {
  test(`told by line: ${JSON.stringify(text.slice(0, 40))}`, () => {
    const imported = read(text)
    assert.match(said(imported)[0] ?? '', remark)
    assert.ok(imported.lostCount > 0)
  })
}

test('a comment belongs to the row after it, and one at the end to none', () => {
  const imported = read('# office\n# and printers\n10.0.0.0 255.0.0.0\n10.1.0.0 255.255.0.0\n# end')
  assert.deepEqual(
    imported.entries.map(({ row: { comment } }) => comment),
    ['office; and printers', ''],
  )
  assert.deepEqual(said(imported), [
    'line 4: This row never decides: those before it cover all its addresses.',
    'line 5: The comment at the end belongs to no row; it was left out.',
  ])
})

test('overlapping and contradictory rows: the first one decides, as there, and the others are told', () => {
  const imported = read('Allow 10.0.0.0/8\nBlock 10.0.0.0/8\nBlock 10.1.2.3\nAllow 10.0.0.0-11.0.0.0')
  assert.equal(imported.entries.length, 4)
  assert.deepEqual(
    said(imported).map(text => text.slice(0, 30)),
    ['line 2: This row never decides', 'line 3: This row never decides'],
  )
})

test('an empty list is empty, and an unknown one is not guessed', async () => {
  const { readList } = await import('../../../app/exchange/read.ts')
  for (const text of ['', '\n\n', '# nothing', 'hello world']) {
    assert.equal(readList([{ name: 'x', bytes: Buffer.from(text) }]).ok, false, text)
  }
  assert.deepEqual(read('NOGLOBAL').entries, [])
  assert.equal(read('NOGLOBAL').emptyMeant, 'everybody')
  assert.deepEqual(read('0\n').dialect, 'vpop3-5')
  assert.deepEqual(read('', 'vpop3-3').entries, [])
})

/** Rows that this version can hold. */
function fits(version: Version, { from }: AccessRow): boolean {
  const parsed = parseFrom(from)
  return parsed.ok && parsed.from.kind !== 'name' && (version === '5' || !from.includes(':'))
}

for (const version of VERSIONS) {
  test(`VPOP3 ${version}: what is written reads as the same map`, () => {
    const property = fc.property(
      fc.array(anyRow, { maxLength: 8 }),
      anyMachine,
      fc.boolean(),
      (all, here, useGlobalAccess) => {
        const access = all.filter(one => fits(version, one))
        const settings = office({
          smtp: { access, useGlobalAccess, internalMailWithoutAuthentication: false },
        })
        const written = writeVpop3(settings, here, version, 'service')
        assert.ok(written.ok)
        const imported = read(written.files[0]?.text ?? '', DIALECT[version])
        assert.equal(imported.lostCount, 0, JSON.stringify(said(imported)))
        if (version !== '3') assert.equal(imported.smtp.useGlobalAccess, useGlobalAccess)
        const again = imported.entries.map(({ row }) => row)
        const map = (rows: readonly AccessRow[]) =>
          probe(
            compilePolicy(office({ smtp: { access: rows, internalMailWithoutAuthentication: false } }), here),
            version,
          )
        assert.deepEqual(map(again), map(access))
      },
    )
    fc.assert(property, { numRuns: 500 })
  })
}

const oddNames = [
  'fred',
  'Fred',
  'noauth',
  'No',
  'a b',
  'a|b',
  'a,b',
  '#x',
  '-x',
  'no-auth',
  'x#y',
  '10.0.0.1',
  '255.255.0.0',
  'müller',
]
const oddRow = fc
  .tuple(
    anyRow,
    fc.subarray(oddNames, { maxLength: 2 }),
    fc.constantFrom('', 'a | b', '# c', 'two\nlines', ' x '),
  )
  .map(([one, users, comment]) => ({ ...one, users, comment }))

for (const version of VERSIONS) {
  test(`VPOP3 ${version}: random rows with odd names and comments: the same map, or refused with the row`, t => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
    t.diagnostic(`SEED=${seed}`)
    const counts = { same: 0, refused: 0 }
    const property = fc.property(
      fc.array(oddRow, { maxLength: 4 }),
      anyMachine,
      fc.constantFrom<'service' | 'global'>('service', 'global'),
      (rows, here, list) => {
        const smtp = { access: rows, internalMailWithoutAuthentication: false }
        const settings = list === 'global' ? office({ globalAccess: rows }) : office({ smtp })
        const written = writeVpop3(settings, here, version, list)
        if (!written.ok) {
          for (const { path } of written.problems) {
            const [, at, key] = /\[(\d+)\]\.(from|users)$/.exec(path) ?? []
            const refused = rows[Number(at)]
            assert.ok(refused?.enabled, path)
            if (key === 'from') assert.ok(!fits(version, refused), path)
            else
              assert.ok(
                refused.users.some(name => !/^(?:fred|Fred|müller|x#y|no-auth)$/.test(name)),
                path,
              )
          }
          counts.refused += 1
          return
        }
        counts.same += 1
        const imported = read(written.files[0]?.text ?? '', DIALECT[version])
        assert.equal(imported.lostCount, 0, JSON.stringify([written.files, said(imported)]))
        const again = imported.entries.map(({ row }) => row)
        const map = (access: readonly AccessRow[]) =>
          probe(compilePolicy(office({ smtp: { ...smtp, access } }), here), version)
        assert.deepEqual(map(again), map(rows))
      },
    )
    fc.assert(property, { numRuns: 2000, seed })
    assert.ok(counts.same > 200 && counts.refused > 200, JSON.stringify(counts))
  })
}

const DIALECT = { '1.5': 'vpop3-1.5', '3': 'vpop3-3', '5': 'vpop3-5' } as const

/** The whole map without the rows; IPv4 alone for 1.5. */
function probe(policy: ReturnType<typeof compilePolicy>, version: Version): string[] {
  const lines: { text: string; key: string }[] = []
  for (const { family, first, external, internal } of mapOf(policy)) {
    if (family === 6 && version === '1.5') continue
    const key = `${family} ${JSON.stringify([external, internal])}`
    if (lines.at(-1)?.key !== key) lines.push({ key, text: `${first} ${key}` })
  }
  return lines.map(({ text }) => text)
}

const refused: [Version, Partial<AccessRow>, string, RegExp][] = [
  ['1.5', { from: '2001:db8::1' }, 'smtp.access[0].from', /can't hold IPv6/],
  ['3', { from: 'fe80::/64' }, 'smtp.access[0].from', /can't hold IPv6/],
  ['1.5', { users: ['a b'] }, 'smtp.access[0].users', /the name "a b"/],
  ['1.5', { users: ['noauth'] }, 'smtp.access[0].users', /the name "noauth"/],
  ['3', { users: ['No'] }, 'smtp.access[0].users', /the name "No"/],
  ['5', { users: ['a|b'] }, 'smtp.access[0].users', /the name "a\|b"/],
]
for (const [version, change, path, text] of refused) {
  test(`VPOP3 ${version} can't hold ${JSON.stringify(change)}`, () => {
    const access = [{ ...row('allow any'), ...change }]
    const written = writeVpop3(office({ smtp: { access } }), machine, version, 'service')
    assert.ok(!written.ok)
    assert.equal(written.problems[0]?.path, path)
    assert.match(written.problems[0]?.text ?? '', text)
  })
}

test('a list that lets nobody send is never written as an empty one', () => {
  for (const access of [[], [row('off allow any')]]) {
    for (const version of VERSIONS) {
      const written = writeVpop3(office({ smtp: { access } }), machine, version, 'service')
      assert.ok(written.ok)
      assert.deepEqual(rowsOf(read(written.files[0]?.text ?? '', DIALECT[version])), ['block any'])
    }
  }
})
