import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Machine } from '../../../app/access/machine.ts'
import { type Client, formatSpan, formatValue, type Span } from '../../../app/access/network.ts'
import { compilePolicy, firstRow, isLocalNetwork } from '../../../app/access/policy.ts'
import type { AccessRow } from '../../../app/settings/settings.ts'
import { client, machine, office, policyOf, row } from './office.ts'

const TOP = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n } as const

interface Drawn {
  readonly kind: 'any' | 'local-networks' | 'routers' | 'span'
  readonly span: Span
  readonly enabled: boolean
}

/** Spans crowd on few addresses, so that they overlap, touch, nest and reach both ends of the space. */
const anySpan: fc.Arbitrary<Span> = fc
  .record({
    family: fc.constantFrom<4 | 6>(4, 6),
    ends: fc.tuple(fc.nat(40), fc.nat(40)),
    high: fc.boolean(),
    wide: fc.nat(9),
  })
  .map(({ family, ends, high, wide }) => {
    const top = TOP[family]
    const [a, b] = [BigInt(Math.min(...ends)), BigInt(Math.max(...ends))]
    if (wide === 0) return { family, first: a, last: top }
    return high ? { family, first: top - b, last: top - a } : { family, first: a, last: b }
  })

const anyRow: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.constantFrom('span', 'span', 'span', 'span', 'any', 'local-networks', 'routers'),
  span: anySpan,
  enabled: fc.boolean(),
})

const anyMachine: fc.Arbitrary<Machine> = fc.record({
  localNetworks: fc.array(anySpan, { maxLength: 3 }),
  routers: fc.array(anySpan, { maxLength: 2 }),
})

/** The page's own words: the first enabled row whose address matches, one after the other. */
function naive(
  rows: readonly Drawn[],
  { localNetworks, routers }: Machine,
  { family, value }: Client,
): number {
  const inside = (span: Span) => span.family === family && span.first <= value && value <= span.last
  const index = rows.findIndex(({ kind, span, enabled }) => {
    if (!enabled) return false
    if (kind === 'any') return true
    if (kind === 'span') return inside(span)
    return (kind === 'routers' ? routers : localNetworks).some(inside)
  })
  return index + 1
}

/** Each boundary and one beside it on both sides, and the ends of both spaces. */
function probes(rows: readonly Drawn[], { localNetworks, routers }: Machine): readonly Client[] {
  const spans = [...rows.map(({ span }) => span), ...localNetworks, ...routers]
  const points = spans.flatMap(({ family, first, last }) =>
    [first - 1n, first, first + 1n, last - 1n, last, last + 1n, 0n, TOP[family]].map(value => ({
      family,
      value,
    })),
  )
  return [...points, { family: 4, value: 0n } as const, { family: 6, value: TOP[6] } as const]
    .filter(({ family, value }) => value >= 0n && value <= TOP[family])
    .map(({ family, value }) => client(formatValue(family, value)))
}

function rowOf({ kind, span, enabled }: Drawn): AccessRow {
  return { ...row('allow any'), from: kind === 'span' ? formatSpan(span) : kind, enabled }
}

describe('the compiled list', () => {
  it('finds the row that a reading from the top finds, on both sides of every boundary', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 12 }), anyMachine, (rows, found) => {
        const policy = compilePolicy(office({ smtp: { access: rows.map(rowOf) } }), found)
        for (const probe of probes(rows, found)) {
          assert.equal(firstRow(policy.service, probe), naive(rows, found, probe), probe.text)
          const local = naive([{ ...LOCAL, kind: 'local-networks' }], found, probe)
          assert.equal(isLocalNetwork(policy, probe), local === 1, probe.text)
        }
      }),
      { numRuns: 4000 },
    )
  })

  it('is sorted, disjoint and without neighbours of the same row', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 12 }), anyMachine, (rows, found) => {
        const { ranges } = compilePolicy(office({ smtp: { access: rows.map(rowOf) } }), found).service
        for (const [starts, numbers] of [
          [[...ranges.v4Starts].map(BigInt), ranges.v4Rows],
          [ranges.v6Starts, ranges.v6Rows],
        ] as const) {
          assert.equal(starts[0], 0n)
          assert.equal(starts.length, numbers.length)
          for (let i = 1; i < starts.length; i++) {
            assert.ok((starts[i - 1] ?? 0n) < (starts[i] ?? 0n))
            assert.notEqual(numbers[i - 1], numbers[i])
          }
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('takes a row of many networks as one row', () => {
    const { service } = policyOf({ smtp: { access: ['block routers', 'allow local-networks'].map(row) } })
    const rows = [
      '192.168.1.1',
      'fe80::1',
      '127.0.0.1',
      '::1',
      '192.168.1.2',
      'fe80::2',
      '192.168.2.1',
      '::2',
    ]
    assert.deepEqual(
      rows.map(text => firstRow(service, client(text))),
      [1, 1, 2, 2, 2, 2, 0, 0],
    )
  })

  it('follows local networks and routers set by hand', () => {
    const policy = compilePolicy(office({ localNetworks: ['10.0.0.0/8'], routers: ['10.0.0.1'] }), machine)
    assert.deepEqual(
      ['10.0.0.1', '10.0.0.2', '192.168.1.1'].map(text => firstRow(policy.service, client(text))),
      [1, 2, 3],
    )
    assert.ok(isLocalNetwork(policy, client('10.0.0.2')))
    assert.ok(!isLocalNetwork(policy, client('127.0.0.1')))
  })

  it('matches nothing for routers where none are known', () => {
    const policy = compilePolicy(office(), { localNetworks: [], routers: [] })
    assert.equal(firstRow(policy.service, client('192.168.1.1')), 3)
  })

  it('is never compiled from a row that cannot be read', () => {
    assert.throws(() => policyOf({ smtp: { access: [row('block 010.0.0.1')] } }), /is not an IPv4 address/)
  })

  it('compiles 100,000 overlapping rows within a few seconds even on a busy machine', () => {
    // Far above what it takes (about half a second): quadratic work would take minutes.
    const access = Array.from({ length: 100_000 }, (_, i) => {
      const [a, b] = [(i * 2654435761) % 2 ** 32, (i * 40503) % 2 ** 32].sort((x, y) => x - y)
      return row(`allow ${formatValue(4, BigInt(a ?? 0))}-${formatValue(4, BigInt(b ?? 0))}`)
    })
    const start = performance.now()
    policyOf({ smtp: { access } })
    assert.ok(performance.now() - start < 5000)
  })
})

const LOCAL: Drawn = { kind: 'any', span: { family: 4, first: 0n, last: 0n }, enabled: true }
