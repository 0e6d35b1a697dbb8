/** hMailServer's backup: IP ranges, their priorities and their boxes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide } from '../../../app/access/decide.ts'
import { type Client, formatValue, type Span } from '../../../app/access/network.ts'
import { compilePolicy } from '../../../app/access/policy.ts'
import { anySpan, probes } from '../access/list.ts'
import { address, machine, office } from '../access/office.ts'
import { read, rowsOf, said } from './lists.ts'

const allow = { smtp: 1, ll: 64, le: 128, el: 256, ee: 512 }
const ask = { ll: 8192, le: 16384, el: 32768, ee: 65536 }
const all = allow.smtp + allow.ll + allow.le + allow.el + allow.ee

interface Range {
  readonly name?: string
  readonly lower?: string
  readonly upper?: string
  readonly priority?: number
  readonly options: number
  readonly expires?: boolean
}

function backup(ranges: readonly Range[]): string {
  const elements = ranges.map(
    ({ name = 'x', lower = '10.0.0.0', upper = '10.255.255.255', priority = 20, options, expires }) =>
      `<SecurityRange Name="${name}" LowerIP="${lower}" UpperIP="${upper}" Priority="${priority}" Options="${options}" ExpiresTime="2001-01-01 00:00:00" Expires="${expires ? 1 : 0}"/>`,
  )
  return `<?xml version="1.0" encoding="utf-8"?>\n<Backup>\n<!-- <SecurityRange Name="no"/> -->\n<Settings><SecurityRanges>\n${elements.join('\n')}\n</SecurityRanges></Settings></Backup>`
}

test('a fresh hMailServer: this computer and the Internet', () => {
  const imported = read(
    backup([
      {
        name: 'Internet',
        lower: '0.0.0.0',
        upper: '255.255.255.255',
        priority: 10,
        options: allow.smtp + allow.ll + allow.le + allow.el + ask.ll + ask.le,
      },
      { name: 'My computer', lower: '127.0.0.1', upper: '127.0.0.1', priority: 30, options: all },
    ]),
  )
  assert.equal(imported.dialect, 'hmailserver')
  assert.deepEqual(rowsOf(imported), ['allow 127.0.0.1 noauth', 'allow 0.0.0.0/0'])
  assert.deepEqual(
    imported.entries.map(({ row, line }) => [row.comment, line]),
    [
      ['My computer', 6],
      ['Internet', 5],
    ],
  )
  assert.equal(imported.lostCount, 0)
  assert.match(said(imported).join('\n'), /line 5: The IP range "Internet" tells local senders from others/)
  assert.equal(imported.smtp.authentication, 'required')
})

const boxes: [string, number, string][] = [
  ['everything', all, 'allow 10.0.0.0/8 noauth'],
  ['log-on for outside, both', all + ask.le + ask.ee, 'allow 10.0.0.0/8'],
  ['log-on for local senders only', all + ask.le, 'allow 10.0.0.0/8 noauth'],
  ['outside for nobody', allow.smtp + allow.ll + allow.el, 'block 10.0.0.0/8'],
  ['outside from foreign senders only, after log-on', allow.smtp + allow.ee + ask.ee, 'allow 10.0.0.0/8'],
  ['no SMTP', all - allow.smtp, 'block 10.0.0.0/8'],
]
for (const [name, options, expected] of boxes) {
  test(`boxes: ${name}`, () => assert.deepEqual(rowsOf(read(backup([{ options }]))), [expected]))
}

test('a range that is no network, one of IPv6, and a name with entities', () => {
  const imported = read(
    backup([
      { lower: '10.0.0.5', upper: '10.0.0.9', options: all },
      { lower: '2001:db8::', upper: '2001:db8::ffff', options: all, name: 'A &amp; B &#x41;&quot;' },
    ]),
  )
  assert.deepEqual(rowsOf(imported), ['allow 10.0.0.5-10.0.0.9 noauth', 'allow 2001:db8::/112 noauth'])
  assert.equal(imported.entries[1]?.row.comment, 'A & B A"')
})

const lost: [string, Range | string, RegExp][] = [
  ['a ban that expires', { options: all, expires: true }, /^! line 5: .*for a time only/],
  [
    'an end before its start',
    { options: all, lower: '10.0.0.9', upper: '10.0.0.5' },
    /^! line 5: .*LowerIP up to/,
  ],
  ['no address', { options: all, lower: 'x' }, /^! line 5: .*LowerIP up to/],
  [
    'a document type',
    '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "bb">]><Backup/>',
    /^! line 2: This file defines a document type/,
  ],
  ['an unknown entity', backup([{ options: all, name: '&lol;' }]), /^! line 5: The entity &lol; is unknown/],
  ['a cut file', backup([{ options: all }]).slice(0, -9), /^! line \d: The file ends within/],
  ['no backup', '<html><body/></html>', /^! the file: This is no backup/],
  ['wrong nesting', '<Backup><a></b></Backup>', /^! line 1: Another element ends here/],
  ['an attribute twice', '<Backup a="1" a="2"/>', /^! line 1: The attribute a is given twice/],
  ['two documents', '<Backup/><Backup/>', /^! line 1: A second document/],
  ['nesting without end', '<Backup>'.repeat(1000), /^! line 1: Elements are nested over 50 deep/],
]
for (const [name, what, remark] of lost) {
  test(`told by line: ${name}`, () => {
    const imported = read(typeof what === 'string' ? what : backup([what]))
    assert.match(said(imported)[0] ?? '', remark)
    assert.deepEqual(rowsOf(imported), [])
  })
}

test('ranges that overlap with one priority are told', () => {
  const imported = read(
    backup([
      { options: all },
      { name: 'y', options: all + ask.le + ask.ee, lower: '10.1.0.0', upper: '11.0.0.0' },
    ]),
  )
  assert.match(said(imported).join('\n'), /line 6: The IP ranges "x" and "y" overlap and have one priority/)
})

interface ModelRange {
  readonly span: Span
  readonly priority: number
  readonly options: number
}

/**
 * hMailServer's rule by its manual ("IP ranges"): of the ranges that hold the address the one with the highest priority
 * counts, none means no connection. Its box for the way from this sender to this recipient must be ticked, and where
 * authentication is ticked for it, somebody must have logged on. The sender's address is whatever the client says.
 */
function accepts(ranges: readonly ModelRange[], from: Client, isLoggedOn: boolean, isLocalSender: boolean) {
  const [range] = ranges
    .filter(({ span }) => span.family === from.family && span.first <= from.value && from.value <= span.last)
    .sort((a, b) => b.priority - a.priority)
  if (!range || !(range.options & allow.smtp)) return false
  const [box, asks] = isLocalSender ? [allow.le, ask.le] : [allow.ee, ask.ee]
  return (range.options & box) !== 0 && (isLoggedOn || (range.options & asks) === 0)
}

const anyOptions = fc
  .subarray([...Object.values(allow), ...Object.values(ask), 2, 8, 1024, 2048, 131072])
  .map(bits => bits.reduce((sum, bit) => sum + bit, 0))
/** Which of two ranges with one priority counts the manual leaves open. */
const anyRanges = fc.uniqueArray(
  fc.record({ span: anySpan, priority: fc.integer({ min: -5, max: 200 }), options: anyOptions }),
  { maxLength: 9, selector: ({ priority }) => priority },
)

test('2,000 random sets of ranges: hMailServer’s rule and ours let through the same, at every boundary', t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEED=${seed}`)
  let accepted = 0
  fc.assert(
    fc.property(anyRanges, ranges => {
      const imported = read(
        backup(
          ranges.map(({ span: { family, first, last }, ...range }) => ({
            ...range,
            lower: formatValue(family, first),
            upper: formatValue(family, last),
          })),
        ),
        'hmailserver',
      )
      assert.equal(imported.lostCount, 0, said(imported).join('\n'))
      const access = imported.entries.map(({ row }) => row)
      const policy = compilePolicy(office({ smtp: { ...imported.smtp, access } }), machine)
      for (const from of probes(ranges.map(({ span }) => span))) {
        for (const account of [undefined, 'support']) {
          const theirs = [true, false].some(isLocal => accepts(ranges, from, account !== undefined, isLocal))
          const ours = decide(policy, from, account, address('a@elsewhere.example')).verdict === 'accept'
          assert.equal(ours, theirs, `${from.text} ${account}`)
          if (ours) accepted += 1
        }
      }
    }),
    { numRuns: 2000, seed },
  )
  assert.ok(accepted > 2000)
})

test('what else a backup holds is named, wherever the ranges stand', () => {
  const text = backup([{ options: all }])
    .replace('<Settings>', '<Info/>\n<Configuration>\n<Rules/>')
    .replace('</Settings>', '<Domains><Domain/></Domains></Configuration>')
  assert.deepEqual(said(read(text)), [
    "the file: The backup's other parts were left out: Info (line 4), Rules (line 6), Domains (line 8).",
  ])
})

test('a backup without IP ranges, or what is no XML, is told so and is no empty list', () => {
  const lostOf = (text: string) =>
    read(text, 'hmailserver')
      .remarks.filter(({ lost }) => lost)
      .map(({ text }) => text)
  assert.deepEqual(lostOf('<?xml version="1.0"?><Backup><Properties/></Backup>'), [
    'This backup holds no IP ranges: make one in hMailServer with its settings ticked.',
  ])
  assert.deepEqual(lostOf('10.0.0.0 255.0.0.0'), ['This is no XML: it begins with other text.'])
})
