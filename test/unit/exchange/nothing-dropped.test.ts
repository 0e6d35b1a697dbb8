/** Nothing is dropped in silence: every line of a list is a row, a setting, or is told of. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Dialect } from '../../../app/exchange/dialect.ts'
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

test("Postfix: each of 3,000 random tables' lines, as far as addresses are left for them", t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEED=${seed}`)
  const line = fc
    .tuple(fc.constantFrom(...patterns), fc.constantFrom(...results))
    .map(([pattern, result]) => `${pattern} ${result}`)
  const main =
    'smtpd_sasl_auth_enable = yes\nsmtpd_relay_restrictions = check_client_access cidr:/etc/t, permit_sasl_authenticated, reject\n'
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), lines => {
      const { entries, remarks } = read(main, 'postfix', { t: lines.join('\n') })
      const places = [...entries, ...remarks].filter(({ file }) => file === 't').map(({ line: at }) => at)
      const passes = lines.flatMap((text, at) => (/ DUNNO$/.test(text) ? [at + 1] : []))
      const told = new Set([...places, ...passes])
      for (const [index, text] of lines.entries()) {
        // What is passed on before it leaves an entry nothing: Postfix never looks at it either.
        const isCut = lines.slice(0, index).some(earlier => / DUNNO$/.test(earlier))
        if (!isCut) assert.ok(told.has(index + 1), `line ${index + 1} of ${JSON.stringify(lines)}: ${text}`)
      }
    }),
    { numRuns: 3000, seed },
  )
})
