/** Nothing is dropped in silence: every line of a list is a row, a setting, or is told of. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Dialect } from '../../../app/exchange/dialect.ts'
import type { Imported } from '../../../app/exchange/imported.ts'
import { read } from './lists.ts'

const addresses = [
  '10.0.0.0',
  '192.168.1.7',
  '0.0.0.0',
  '2001:db8::1',
  '10.0.0.5-10.0.0.9',
  'any',
  '300.1.1.1',
]
const masks = ['255.0.0.0', '255.255.255.0', '0.0.0.0', '/24', '/33', '8', '255.0.255.0']
const words: Readonly<Record<'vpop3-1.5' | 'vpop3-3', readonly string[]>> = {
  'vpop3-1.5': [...addresses, ...masks, '!', 'noauth', 'fred', 'bob', '#', '# office', 'NOGLOBAL', ',', '|'],
  'vpop3-3': [...addresses, ...masks, 'Allow', 'Block', 'No Auth', '-', 'fred', 'Local Nets', 'routers', '#'],
}
const fields = ['0', '1', '2', '23', '100', '', '24', '32', 'fred', 'fred\tbob', ...addresses]
const results = ['OK', 'REJECT', 'DUNNO', '554 no', 'permit_sasl_authenticated, reject', 'FILTER x:y', '']
const patterns = [...addresses, '10.0.0.0/8', '!10.0.0.0/8', 'if 10.0.0.0/8', 'endif', '[2001:db8::]/32']

const spaced = (some: readonly string[]) =>
  fc.array(fc.constantFrom(...some), { minLength: 1, maxLength: 6 }).map(parts => parts.join(' '))
const stored = fc
  .array(fc.constantFrom(...fields), { minLength: 1, maxLength: 8 })
  .map(parts => parts.join('|'))

/** Lines that say nothing by the dialect's own rules; a comment of 1.5 goes with the row after it. */
const isSilent = (line: string) => line.trim() === '' || line.trim().startsWith('#')

const dialects: readonly [Dialect, fc.Arbitrary<string>][] = [
  ['vpop3-1.5', spaced(words['vpop3-1.5'])],
  ['vpop3-3', spaced(words['vpop3-3'])],
  ['vpop3-5', stored],
]

for (const [dialect, line] of dialects) {
  test(`${dialect}: each of 3,000 random lists' lines`, t => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
    t.diagnostic(`SEED=${seed}`)
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), lines => {
        const imported = read(lines.join('\n'), dialect)
        const told = new Set([...imported.entries, ...imported.remarks].map(({ line: at }) => at))
        for (const [index, text] of lines.entries()) {
          const isSetting = /^(noglobal|[01])$/i.test(
            text
              .trim()
              .replace(/(^|\s)#.*$/, '')
              .trim(),
          )
          if (isSilent(text) || isSetting) continue
          assert.ok(told.has(index + 1), `line ${index + 1} of ${JSON.stringify(lines)}`)
        }
      }),
      { numRuns: 3000, seed },
    )
  })
}

/** Lines named in a remark's words, as `lines 1-3, 7`. */
function linesNamed(remarks: Imported['remarks'], file?: string): number[] {
  const named = remarks
    .filter(one => one.file === file)
    .flatMap(({ text }) => [...text.matchAll(/\blines? ([\d, -]+)/g)])
  return named.flatMap(([, list = '']) =>
    list.split(',').flatMap(run => {
      const [first = 0, last = first] = run.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, at) => first + at)
    }),
  )
}

function toldIn({ entries, remarks }: Imported, file?: string): ReadonlySet<number> {
  const places = [...entries, ...remarks].filter(one => one.file === file).map(({ line }) => line)
  return new Set([...places, ...linesNamed(remarks, file)])
}

test("Postfix: each of 3,000 random tables' lines", t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEED=${seed}`)
  const line = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...patterns), fc.constantFrom(...results)) },
    { weight: 1, arbitrary: fc.constant(['# office', ''] as [string, string]) },
  )
  const main =
    'smtpd_sasl_auth_enable = yes\nsmtpd_relay_restrictions = check_client_access cidr:/etc/t, permit_sasl_authenticated, reject\n'
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), pairs => {
      const lines = pairs.map(pair => pair.join(' '))
      const told = toldIn(read(main, 'postfix', { t: lines.join('\n') }), 't')
      for (const [index, text] of lines.entries()) {
        // What is passed on is left out of the entries after it: no row of its own.
        if (/ DUNNO$/.test(text)) continue
        assert.ok(told.has(index + 1), `line ${index + 1} of ${JSON.stringify(lines)}: ${text}`)
      }
    }),
    { numRuns: 3000, seed },
  )
})

const restrictions = [
  'permit_mynetworks',
  'permit_sasl_authenticated',
  'permit_auth_destination',
  'check_client_access cidr:/etc/t',
  'check_client_access hash:/etc/t',
  'check_client_access',
  'check_sender_access static:{550 No, never}',
  'reject_unknown_client_hostname',
  'permit_tls_clientcerts',
  'our_class',
  '$office',
  'reject',
  'permit',
  'reject_unauth_destination',
]
const networks = [
  '10.0.0.0/8',
  '!10.0.0.1',
  '!!10.0.0.2',
  '10.0.0.1/8',
  'hash:/x',
  '/etc/x',
  'cidr:/etc/t',
  '$office',
]
const mainLine = fc.oneof(
  fc.constantFrom(
    '# comment',
    'rubbish',
    'two words = 1',
    '  10.1.0.0/16',
    'myhostname = mail.example.com',
    'smtpd_sasl_auth_enable = yes',
    'smtpd_restriction_classes = our_class',
    'our_class = permit_sasl_authenticated, reject',
    'office = 10.2.0.0/16',
    'smtpd_client_restrictions = check_client_access cidr:/etc/t',
    'smtpd_recipient_restrictions = reject_unauth_destination',
    'mydestination = example.com',
    'compatibility_level = 3.6',
  ),
  fc.subarray(networks).map(words => `mynetworks = ${words.join(', ')}`),
  fc.shuffledSubarray(restrictions).map(words => `smtpd_relay_restrictions = ${words.join(', ')}`),
  fc.shuffledSubarray(restrictions, { maxLength: 3 }).map(words => `    ${words.join(', ')}`),
)
/** Those that are read and say nothing of their own. */
const MAIN_SETTING = /^(?:mynetworks|smtpd_relay_restrictions|smtpd_sasl_auth_enable|compatibility_level)\b/

test("Postfix: each of 3,000 random main.cfs' lines", t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEED=${seed}`)
  fc.assert(
    fc.property(fc.array(mainLine, { minLength: 1, maxLength: 10 }), lines => {
      const imported = read(lines.join('\n'), 'postfix', { t: '10.0.0.0/9 OK\n' })
      const told = toldIn(imported)
      let setting = false
      for (const [index, text] of lines.entries()) {
        if (text.trim() === '') continue
        const goesOn = /^\s/.test(text)
        // A class or a name that stands for words elsewhere is a part of what asks for it.
        const isPart = /^(?:our_class|office|smtpd_restriction_classes)\b/.test(text)
        if (!text.startsWith('#')) setting = goesOn ? setting : MAIN_SETTING.test(text) || isPart
        if (!told.has(index + 1) && !(setting && !text.startsWith('#')))
          assert.fail(`line ${index + 1} of ${JSON.stringify(lines)}: ${JSON.stringify(imported.remarks)}`)
      }
    }),
    { numRuns: 3000, seed },
  )
})

/** For the lines that set something: what stands on them is looked at word by word. */
test('Postfix: each network of mynetworks is a row, is cut out of one, or is told of', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(networks.slice(0, -2), { minLength: 1 }), words => {
      const text = `mynetworks =\n${words.map(word => `  ${word}\n`).join('')}smtpd_relay_restrictions = permit_mynetworks, reject\n`
      const told = toldIn(read(text, 'postfix'))
      for (const [index, word] of words.entries()) {
        const isExcluded = word === '!10.0.0.1'
        if (!isExcluded) assert.ok(told.has(index + 2), `${word} of ${words}`)
      }
    }),
    { numRuns: 300 },
  )
})

test("hMailServer: each of 2,000 random backups' elements", t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEED=${seed}`)
  const value = fc.constantFrom(
    '',
    '0',
    '1',
    '961',
    '-5',
    'x',
    '10.0.0.0',
    '10.0.0.9',
    '::1',
    '255.255.255.255',
    '1e9',
  )
  const attributes = fc.record(
    { Name: value, LowerIP: value, UpperIP: value, Priority: value, Options: value, Expires: value },
    { requiredKeys: [] },
  )
  const range = attributes.map(
    some =>
      `<SecurityRange ${Object.entries(some)
        .map(([name, text]) => `${name}="${text}"`)
        .join(' ')}/>`,
  )
  const other = fc.constantFrom(
    '<Domain Name="a.example"/>',
    '<Accounts><Account/></Accounts>',
    '<Rule Name="x"/>',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(range, range, other), { minLength: 1, maxLength: 6 }), elements => {
      const text = `<Backup>\n<SecurityRanges>\n${elements.join('\n')}\n</SecurityRanges>\n<Domains>\n</Domains>\n</Backup>`
      const told = toldIn(read(text, 'hmailserver'))
      for (const [index, element] of elements.entries()) assert.ok(told.has(index + 3), `${element}`)
      assert.ok(told.has(elements.length + 4), 'Domains')
    }),
    { numRuns: 2000, seed },
  )
})
