/** Lists as nobody would write them: rows that overlap, nest, touch and contradict each other, for property tests. */
import fc from 'fast-check'
import type { Machine } from '../../../app/access/machine.ts'
import { type Client, formatSpan, formatValue, type Span } from '../../../app/access/network.ts'
import { spansOf } from '../../../app/access/policy.ts'
import type {
  AccessRow,
  IdsSettings,
  Listener,
  Settings,
  SmtpSettings,
} from '../../../app/settings/settings.ts'
import { client, office } from './office.ts'

export const TOP = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n } as const
export const NAMES = ['support', 'webmaster', 'fred']

/** A host name, of which `anyMachine` knows an address or none. */
const HOST = 'home.example.net'

/** Spans crowd on few addresses, some of them private, and reach both ends of the space. */
export const anySpan: fc.Arbitrary<Span> = fc
  .record({
    family: fc.constantFrom<4 | 6>(4, 4, 6),
    ends: fc.tuple(fc.nat(40), fc.nat(40)),
    at: fc.constantFrom<'bottom' | 'top' | 'private'>('bottom', 'top', 'private'),
    wide: fc.nat(9),
  })
  .map(({ family, ends, at, wide }) => {
    const top = TOP[family]
    const [a, b] = [BigInt(Math.min(...ends)), BigInt(Math.max(...ends))]
    if (wide === 0) return { family, first: a, last: top }
    const start = at === 'bottom' ? 0n : at === 'top' ? top - 40n : PRIVATE[family]
    return { family, first: start + a, last: start + b }
  })

/** They straddle the beginning of 10.0.0.0/8 and fc00::/7. */
const PRIVATE = { 4: (10n << 24n) - 20n, 6: (0xfcn << 120n) - 20n } as const

export const anyRow: fc.Arbitrary<AccessRow> = fc
  .record({
    kind: fc.constantFrom('span', 'span', 'span', 'span', 'any', 'local-networks', 'routers', HOST),
    span: anySpan,
    action: fc.constantFrom('allow', 'allow', 'block'),
    withoutAuthentication: fc.boolean(),
    mendLineEnds: fc.boolean(),
    users: fc.subarray([...NAMES, 'ghost'], { maxLength: 2 }),
    enabled: fc.constantFrom(true, true, true, false),
  })
  .map(({ kind, span, ...row }) => ({ ...row, from: kind === 'span' ? formatSpan(span) : kind, comment: '' }))

export const anyMachine: fc.Arbitrary<Machine> = fc.record({
  localNetworks: fc.array(anySpan, { maxLength: 3 }),
  routers: fc.array(anySpan, { maxLength: 2 }),
  names: fc.option(fc.array(anySpan, { maxLength: 2 })).map(spans => {
    const taken = (spans ?? []).map(({ family, first }) => ({ family, first, last: first }))
    return new Map(spans ? [[HOST, { taken, refused: [] }]] : [])
  }),
})

const rows = fc.array(anyRow, { maxLength: 8 })

/** Two of them for old devices: where only these are chosen, strangers can't connect. */
const LISTENERS: Listener[] = [
  { address: '127.0.0.1', port: 25, encryption: 'none' },
  { address: '127.0.0.1', port: 587, encryption: 'starttls' },
  { address: '127.0.0.1', port: 2525, encryption: 'none', oldDevices: true },
  { address: '127.0.0.1', port: 2465, encryption: 'tls', oldDevices: true },
]

const entries = (...words: string[]) =>
  fc.array(fc.oneof({ weight: 4, arbitrary: anySpan.map(formatSpan) }, fc.constantFrom(...words)), {
    maxLength: 2,
  })

const anyIds: fc.Arbitrary<IdsSettings> = fc
  .record({
    enabled: fc.constantFrom(true, true, true, false),
    neverBlock: entries('local-networks', 'routers'),
    alwaysBlock: fc.oneof(fc.constant([]), fc.array(anySpan.map(formatSpan), { maxLength: 3 })),
  })
  .map(ids => ({ ...office().smtp.ids, ...ids }))

/** The spans of both lists of the guard. */
export function idsSpans({ smtp: { ids } }: Settings, machine: Machine): readonly Span[] {
  return [...ids.alwaysBlock, ...ids.neverBlock].flatMap(entry => spansOf(entry, machine))
}

export const anySmtp = fc.record({
  authentication: fc.constantFrom('disabled', 'allowed', 'required'),
  internalMailWithoutAuthentication: fc.boolean(),
  antiRelay: fc.constantFrom('client-address', 'client-address', 'authenticated-users'),
  useGlobalAccess: fc.boolean(),
  access: rows,
  plaintextAuthentication: fc.constantFrom('local-networks', 'never', 'always'),
  listeners: fc.oneof({ weight: 5, arbitrary: fc.subarray(LISTENERS, { minLength: 1 }) }, fc.constant([])),
  ids: anyIds,
}) satisfies fc.Arbitrary<Partial<SmtpSettings>>

export const anySettings = fc
  .record({ smtp: anySmtp, globalAccess: fc.oneof(fc.constant([]), rows) })
  .map(change => office(change))

/** Each end of each span and the addresses beside it, and the ends of both spaces. */
export function probes(spans: readonly Span[]): readonly Client[] {
  const points = spans.flatMap(({ family, first, last }) =>
    [first - 1n, first, first + 1n, last - 1n, last, last + 1n].map(value => ({ family, value })),
  )
  const ends = ([4, 6] as const).flatMap(family => [0n, TOP[family]].map(value => ({ family, value })))
  const within = [...points, ...ends].filter(({ family, value }) => value >= 0n && value <= TOP[family])
  const texts = new Set(within.map(({ family, value }) => formatValue(family, value)))
  return [...texts].map(client)
}
