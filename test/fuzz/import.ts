/** Random lists of other servers: in their own grammars, in every encoding, and spoilt. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { DIALECTS, type Dialect } from '../../app/exchange/dialect.ts'
import type { Imported } from '../../app/exchange/imported.ts'
import { readList } from '../../app/exchange/read.ts'
import { CHECKS } from '../../app/relay/checks.ts'
import { parseSettings } from '../../app/settings/parse.ts'
import { targetOf } from './target.ts'

const ENCODINGS = ['utf8', 'utf8-mark', 'utf16le', 'utf16be', 'latin1'] as const

interface ImportCase {
  readonly dialect: Dialect
  /** Whether the dialect is told, or has to be recognised. */
  readonly isNamed: boolean
  readonly lines: readonly string[]
  readonly end: string
  readonly encoding: (typeof ENCODINGS)[number]
  /** Where one byte of the file is put wrong, and which; absent: nowhere. */
  readonly spoilt: readonly [at: number, byte: number] | null
}

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom(
    '10.0.0.0',
    '192.168.1.7',
    '10.0.0.5-10.0.0.9',
    'any',
    '300.1.1.1',
    'mail.example.com',
    '::/0',
    '0.0.0.0',
  ),
)
const mask = fc.constantFrom('255.0.0.0', '255.255.255.0', '0.0.0.0', '255.0.255.0', '/24', '/33', '8')
const who = fc.constantFrom('noauth', 'fred', 'bob', 'müller', '"a b"', ',', '*')
const words = (...parts: readonly fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map(all => all.filter(part => part !== '').join(' '))
const maybe = (one: fc.Arbitrary<string>) => fc.oneof(one, fc.constant(''))

const comment = fc.constantFrom('# office', '#', '; x', '')
const lines: Readonly<Record<Dialect, fc.Arbitrary<string>>> = {
  'vpop3-1.5': fc.oneof(
    words(maybe(fc.constantFrom('!')), address, maybe(mask), maybe(who), maybe(comment)),
    fc.constantFrom('NOGLOBAL', 'noglobal', '0', '1', '!'),
    comment,
  ),
  'vpop3-3': fc.oneof(
    words(
      fc.constantFrom('Allow', 'Block', 'allow', 'Permit'),
      fc.oneof(address, fc.constantFrom('Local Nets', 'Routers', 'Any')),
      maybe(mask),
      maybe(fc.constantFrom('No Auth', '- fred', '- fred bob')),
    ),
    comment,
  ),
  'vpop3-5': fc
    .array(
      fc.oneof(address, mask, fc.constantFrom('0', '1', '2', '23', '', '32', 'fred', 'fred\tbob', 'a "b"')),
      { maxLength: 9 },
    )
    .map(fields => fields.join('|')),
  postfix: fc.oneof(
    words(
      fc.constantFrom('mynetworks =', 'smtpd_relay_restrictions =', 'mynetworks+=', '  '),
      address,
      maybe(mask),
      maybe(fc.constantFrom('$mynetworks', '$a', 'permit_mynetworks, reject', '!10.0.0.1')),
    ),
    fc.constantFrom(
      'a = $b',
      'b = $a',
      'smtpd_sasl_auth_enable = yes',
      'rubbish',
      '{ x = {',
      'smtpd_client_restrictions = check_client_access cidr:/etc/t',
    ),
    comment,
  ),
  hmailserver: fc.oneof(
    fc
      .tuple(address, address, fc.constantFrom('0', '961', '-5', 'x', '10', ''), fc.constantFrom('', '/'))
      .map(
        ([low, high, options, slash]) =>
          `<SecurityRange Name="a&amp;b" LowerIP="${low}" UpperIP="${high}" Priority="${options}" Options="${options}"${slash}>`,
      ),
    fc.constantFrom(
      '<Backup>',
      '</Backup>',
      '<SecurityRanges>',
      '</SecurityRanges>',
      '<!-- x',
      '-->',
      '<?xml version="1.0"?>',
      '<a b=>',
      '&lt;',
      ']]>',
    ),
  ),
}

const cases: fc.Arbitrary<ImportCase> = fc.constantFrom(...DIALECTS).chain(dialect =>
  fc.record({
    dialect: fc.constant(dialect),
    isNamed: fc.boolean(),
    lines: fc.array(
      fc.oneof(
        { weight: 12, arbitrary: lines[dialect] },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
      ),
      { maxLength: 12 },
    ),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    encoding: fc.constantFrom(...ENCODINGS),
    spoilt: fc.option(fc.tuple(fc.nat(), fc.nat({ max: 255 }))),
  }),
)

function bytesOf({ lines: all, end, encoding, spoilt }: ImportCase): Buffer {
  const text = all.join(end)
  const bytes = encoded(text, encoding)
  const [at, byte] = spoilt ?? []
  if (at !== undefined && byte !== undefined && bytes.length > 0) bytes[at % bytes.length] = byte
  return bytes
}

function encoded(text: string, encoding: ImportCase['encoding']): Buffer {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(text)
    case 'utf8-mark':
      return Buffer.from(`\ufeff${text}`)
    case 'latin1':
      return Buffer.from(text, 'latin1')
    case 'utf16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le')
    case 'utf16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
  }
}

/** Milliseconds of the processor for a few lines. */
const TIME = 2000

export const importTarget = targetOf<ImportCase>({
  name: 'import',
  cases,
  open: () => given => {
    const start = process.cpuUsage()
    const bytes = bytesOf(given)
    const understood = readList([{ name: 'list', bytes }], given.isNamed ? given.dialect : undefined)
    assert.ok(process.cpuUsage(start).user < TIME * 1000, 'it took seconds')
    if (!understood.ok) {
      assert.match(understood.problem, /^[A-Z].*\.$/s)
      return
    }
    const { imported } = understood
    isInPlace(imported, bytes)
    isTakenBySettings(imported)
    if (given.spoilt === null && given.isNamed) isWhole(imported, given)
  },
})

/** What is told stands somewhere in the file, in a sentence. */
function isInPlace({ entries, remarks, remarkCount, lostCount }: Imported, bytes: Buffer): void {
  // No line takes less than its end.
  const most = bytes.length + 1
  for (const { line, file } of [...entries, ...remarks]) {
    assert.ok(Number.isInteger(line) && line >= 0 && line <= most, `line ${line} of ${most}`)
    assert.equal(file, undefined)
  }
  for (const { text } of remarks) {
    assert.match(text, /^\S.*\.$/s)
    assert.doesNotMatch(text, /undefined|\[object|NaN/)
  }
  // Some remarks for each word, and none for words that aren't there.
  assert.ok(entries.length + remarkCount <= 4 * most, `${entries.length} rows and ${remarkCount} remarks`)
  assert.equal(remarkCount, remarks.length)
  assert.equal(lostCount, remarks.filter(({ lost }) => lost).length)
}

/** Every row and setting is one that the settings hold, but for accounts that aren't there. */
function isTakenBySettings({ entries, smtp }: Imported): void {
  const access = entries.map(({ row }) => row)
  const parsed = parseSettings({ smtp: { ...smtp, access } }, CHECKS)
  const problems = parsed.ok ? [] : parsed.problems
  assert.deepEqual(
    problems.filter(({ path }) => !/^smtp\.access\[\d+\]\.users/.test(path)),
    [],
  )
}

/** Lines that say something: each is a row, or is told of. The others' lines hang together, and are asked about elsewhere. */
function isWhole({ entries, remarks }: Imported, { dialect, lines: all, end, encoding }: ImportCase): void {
  if (!dialect.startsWith('vpop3') || encoding === 'latin1') return
  const told = new Set([...entries, ...remarks].map(({ line }) => line))
  const read = all.join(end).split(/\r\n|\n|\r/)
  for (const [index, text] of read.entries()) {
    const said = text
      .trim()
      .replace(/(^|\s)#.*$/s, '')
      .trim()
    if (said === '' || /^(?:noglobal|[01])$/i.test(said)) continue
    assert.ok(told.has(index + 1), `line ${index + 1}, ${JSON.stringify(text)}, is neither taken nor told of`)
  }
}
