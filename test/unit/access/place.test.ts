/** A set of addresses in words says those addresses and no others, to whoever reads it from left to right. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseFrom, type Span } from '../../../app/access/network.ts'
import { internetOf } from '../../../app/access/open-relay.ts'
import { placeWords } from '../../../app/access/place.ts'
import { EVERYWHERE, joinSpans, sameSpans, withoutSpans } from '../../../app/access/spans.ts'
import { anySpan } from './list.ts'
import { policyOf } from './office.ts'

const policy = policyOf({ localNetworks: [], routers: [] })

function spansNamed(text: string): readonly Span[] {
  const whole = /^every (?:IPv([46]) )?address$/.exec(text)
  if (whole) return EVERYWHERE.filter(({ family }) => whole[1] === undefined || whole[1] === `${family}`)
  const parsed = parseFrom(text)
  assert.ok(parsed.ok && parsed.from.kind === 'span', text)
  return [parsed.from.span]
}

const listOf = (text: string) => text.split(/, | and /).flatMap(spansNamed)

/** What stands behind "except" is excepted, up to the end of the sentence. */
function readBack(words: string): readonly Span[] {
  const [named = '', ...excepted] = words.split(' except ')
  return withoutSpans(listOf(named), excepted.flatMap(listOf))
}

const few = fc.array(anySpan, { minLength: 1, maxLength: 5 }).map(joinSpans)
const whole = fc.constantFrom(...EVERYWHERE)

/** Of one family much, of the other little, is what a list for the office and some of IPv6 comes to. */
const mixed = fc
  .tuple(whole, few, few)
  .map(([all, holes, others]) => joinSpans([...withoutSpans([all], holes), ...others]))

test('what is named and what is excepted can be read back', () => {
  const anything = fc.oneof(few, mixed).filter(spans => spans.length > 0 && spans.length <= 5)
  fc.assert(
    fc.property(anything, spans => {
      const words = placeWords(spans, policy)
      if (/of the Internet$/.test(words)) return
      assert.ok(sameSpans(readBack(words), spans), words)
    }),
    { numRuns: 3000 },
  )
})

test('what is excepted stands last, behind what is named', () => {
  const of = (...texts: readonly string[]) => texts.flatMap(spansNamed)
  const most = withoutSpans(of('every IPv4 address'), of('192.168.1.0/24', '10.0.0.0/8'))
  assert.equal(
    placeWords([...most, ...of('2001:db8::/112')], policy),
    '2001:db8::/112 and every IPv4 address except 10.0.0.0/8 and 192.168.1.0/24',
  )
})

test('the Internet as a whole, or all of one family there, is no list of exceptions', () => {
  const internet = internetOf(policy)
  assert.equal(placeWords(internet, policy), 'every address of the Internet')
  for (const one of [4, 6])
    assert.equal(
      placeWords(
        internet.filter(({ family }) => family === one),
        policy,
      ),
      `every IPv${one} address of the Internet`,
    )
})

test('however many are named, the exceptions are told', () => {
  const holes = listOf('192.168.1.0/24')
  const many = Array.from({ length: 20 }, (_, at) => spansNamed(`2001:db8:${at}::/64`)).flat()
  assert.equal(
    placeWords([...withoutSpans(listOf('every IPv4 address'), holes), ...many], policy),
    '2001:db8::/64, 2001:db8:1::/64, 2001:db8:2::/64, 2001:db8:3::/64, 2001:db8:4::/64 and 15 more, and every IPv4 address except 192.168.1.0/24',
  )
})
