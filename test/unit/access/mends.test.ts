/** `mendLineEnds` is told wherever settings are: in what a change does, as a finding, and in the steps of a decision. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide } from '../../../app/access/decide.ts'
import { findingsOf } from '../../../app/access/findings.ts'
import { mapOf } from '../../../app/access/map.ts'
import { applyEdits } from '../../../app/access/mend.ts'
import { mendDifference } from '../../../app/access/mend-difference.ts'
import { compilePolicy } from '../../../app/access/policy.ts'
import { mendsLineEnds } from '../../../app/access/ruling.ts'
import { compareSenders } from '../../../app/control/comparison.ts'
import type { AccessRow, Settings } from '../../../app/settings/settings.ts'
import { address, client, machine, office, row } from './office.ts'

const mending = (words: string): AccessRow => ({ ...row(words), mendLineEnds: true })
const lists = (access: readonly AccessRow[], globalAccess: readonly AccessRow[] = []): Settings =>
  office({ globalAccess, smtp: { access, useGlobalAccess: true } })
const policyOf = (settings: Settings) => compilePolicy(settings, machine)
const device = '192.168.1.77'

test('a change of it alone is told in words, gained and lost, and where', () => {
  const [off, on] = [lists([row(`allow ${device}`)]), lists([mending(`allow ${device}`)])]
  const words = (before: Settings, after: Settings) =>
    compareSenders(before, after, policyOf).map(line => [line.change, line.words, line.ranges])
  assert.deepEqual(words(off, on), [
    ['gained', `Lines that end in LF alone are taken, and mended, from ${device}.`, [device]],
  ])
  assert.deepEqual(words(on, off), [
    ['lost', `Lines that end in LF alone are refused now, from ${device}.`, [device]],
  ])
  assert.deepEqual(words(on, on), [])
  const silent = lists([mending(`allow ${device}`)], [row('allow any')])
  assert.deepEqual(words(off, silent), [])
})

const rows = fc.array(
  fc
    .record({
      words: fc.constantFrom(
        'allow any',
        'block 10.0.0.0/8',
        `allow ${device}`,
        'allow 192.168.1.0/24',
        'off allow any',
      ),
      mendLineEnds: fc.boolean(),
    })
    .map(({ words, mendLineEnds }) => ({ ...row(words), mendLineEnds })),
  { maxLength: 4 },
)

test('of random lists: exactly the addresses whose lines are taken by one and not by the other', () => {
  const clients = [
    '10.0.0.0',
    '9.255.255.255',
    device,
    '192.168.1.78',
    '192.168.2.0',
    '203.0.113.9',
    '2001:db8::1',
  ]
  fc.assert(
    fc.property(rows, rows, rows, rows, (a, b, c, d) => {
      const [before, after] = [policyOf(lists(a, b)), policyOf(lists(c, d))]
      const lines = mendDifference(
        { policy: before, map: mapOf(before) },
        { policy: after, map: mapOf(after) },
      )
      for (const text of clients) {
        const [was, is] = [before, after].map((policy): boolean => mendsLineEnds(policy, client(text)))
        const told = lines.filter(({ ranges }) =>
          mendsLineEnds(policyOf(lists(ranges.map(range => mending(`allow ${range}`)))), client(text)),
        )
        assert.deepEqual(
          told.map(({ change }) => change),
          was === is ? [] : [is ? 'gained' : 'lost'],
          text,
        )
      }
    }),
    { numRuns: 300 },
  )
})

test('on a row for everybody it is a finding, mended by a click that changes nothing else', () => {
  for (const from of ['any', '0.0.0.0/0', '::/0', '0.0.0.0-255.255.255.255']) {
    const settings = lists([row('block routers'), { ...mending('allow any - fred'), from }])
    const policy = policyOf(settings)
    const found = findingsOf({ settings, policy, map: mapOf(policy) }).filter(
      ({ kind }) => kind === 'mends-for-everybody',
    )
    assert.deepEqual(
      found.map(({ list, row: number }) => [list, number]),
      [['service', 2]],
      from,
    )
    const edited = applyEdits(settings, found[0]?.mend.edits ?? [])
    assert.ok(edited.ok)
    const mended = edited.value as Settings
    assert.deepEqual(mended, {
      ...settings,
      smtp: { ...settings.smtp, access: settings.smtp.access.map(one => ({ ...one, mendLineEnds: false })) },
    })
  }
  for (const narrow of [
    mending(`allow ${device}`),
    mending('allow local-networks'),
    mending('off allow any'),
    row('allow any'),
  ]) {
    const settings = lists([narrow])
    const kinds = findingsOf({ settings, policy: policyOf(settings), map: mapOf(policyOf(settings)) }).map(
      ({ kind }) => kind,
    )
    assert.ok(!kinds.includes('mends-for-everybody'), narrow.from)
  }
})

test('the steps say it for every recipient, and only where every list that counts does', () => {
  const says = (settings: Settings, to: string) =>
    decide(policyOf(settings), client(device), undefined, address(to)).steps.filter(step =>
      /LF alone/.test(step),
    )
  const [outside, here] = ['b@elsewhere.example', 'fred@example.com']
  for (const to of [outside, here]) {
    const own = mending('allow 192.168.1.0/24')
    assert.deepEqual(says(lists([own]), to), [
      'Lines that end in LF alone are taken from it, and mended, by row 1.',
    ])
    assert.deepEqual(says(lists([own], [row('block 10.0.0.0/8'), mending('allow any')]), to), [
      "Lines that end in LF alone are taken from it, and mended, by row 1 of the service's list and row 2 of the global list.",
    ])
    assert.deepEqual(says(lists([own], [row('allow any')]), to), [])
    assert.deepEqual(says(lists([row('allow any')], [own]), to), [])
    assert.deepEqual(says(lists([]), to), [])
  }
})
