import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { hostNamesIn, NOT_BY_NAME, namedAddresses } from '../../../app/access/name-answer.ts'
import { ageWords, nameWords } from '../../../app/access/name-facts.ts'
import { formatSpan, parseFrom } from '../../../app/access/network.ts'
import { compilePolicy } from '../../../app/access/policy.ts'
import { brief, decided, machine, office, row, span } from './office.ts'

/** The name that `from` is, `-` for something else, or `!` and the problem. */
function nameOf(from: string): string {
  const parsed = parseFrom(from)
  if (!parsed.ok) return `! ${parsed.problem}`
  return parsed.from.kind === 'name' ? parsed.from.name : '-'
}

describe('a host name in from', () => {
  const right: Record<string, string> = {
    'home.example.net': 'home.example.net',
    ' Home.Example.NET. ': 'home.example.net',
    'my-home.example.net': 'my-home.example.net',
    'büro.example.de': 'xn--bro-hoa.example.de',
    'xn--bro-hoa.example.de': 'xn--bro-hoa.example.de',
    'büro.example.xn--p1ai': 'xn--bro-hoa.example.xn--p1ai',
    '1and1.com': '1and1.com',
    '84-12-3-4.dyn.isp.example': '84-12-3-4.dyn.isp.example',
    '4.3.2.1.dyn.isp.example': '4.3.2.1.dyn.isp.example',
    'fritz.box': 'fritz.box',
    '10.0.0.5': '-',
    '10.0.0.0/24': '-',
    '10.0.0.0-10.0.0.9': '-',
    'local-networks': '-',
    '2001:db8::1': '-',
  }
  for (const [from, name] of Object.entries(right))
    it(`takes ${JSON.stringify(from)}`, () => assert.equal(nameOf(from), name))

  const wrong: Record<string, RegExp> = {
    printer:
      /is not an address: write any, local-networks, .* or a whole host name such as home\.example\.net/,
    router: /is not an address/,
    'Local Nets': /is not an address/,
    localhost: /is not an address/,
    'pc.localhost': /is this very machine: write 127\.0\.0\.1/,
    'printer.local': /isn't in the DNS, .*: write its address/,
    'home.example.net/24': /A host name stands alone: write home\.example\.net without/,
    'home.example.net 255.255.255.0': /A host name stands alone/,
    'home.example.net:25': /A host name stands alone/,
    'https://home.example.net/x': /A host name stands alone: write home\.example\.net/,
    'fred@home.example.net': /A host name stands alone/,
    '*.example.net': /is more than one host: write the name of one/,
    'my_home.example.net': /is not a host name: .*can't stand in a domain/,
    '-home.example.net': /is not a host name/,
    'home..example.net': /is not a host name/,
    '192.168.1.lo': /is not an address/,
    '192.168.1.l': /is not an address/,
    '10.0.0.5-foo': /"foo" is not an address/,
    '10.0.0.5-x.example': /is not an address/,
    'ｈome.example.net': /is not a host name/,
    [`${'a'.repeat(64)}.example.net`]: /is not a host name/,
    [`${'a.'.repeat(124)}example.net`]: /longer than/,
  }
  for (const [from, problem] of Object.entries(wrong))
    it(`refuses ${JSON.stringify(from.slice(0, 40))}`, () => assert.match(nameOf(from), problem))

  it('is never what is an address, a network or a range', () => {
    const v4 = fc.ipV4()
    const written = fc.oneof(
      v4,
      fc.ipV6(),
      fc.tuple(v4, fc.nat(32)).map(([address, prefix]) => `${address}/${prefix}`),
      fc.tuple(v4, v4).map(ends => ends.join('-')),
    )
    fc.assert(fc.property(written, text => assert.match(nameOf(text), /^[-!]/)))
  })
})

describe('what a name stands for', () => {
  const taken = (addresses: readonly string[]) => namedAddresses(addresses, NOT_BY_NAME).taken.map(formatSpan)

  it('is public addresses only, each once', () => {
    assert.deepEqual(taken(['203.0.113.7', '2001:db8::7', '::ffff:203.0.113.7', '203.0.113.8']), [
      '203.0.113.7',
      '2001:db8::7',
      '203.0.113.8',
    ])
    const inside =
      '0.0.0.0 0.1.2.3 10.1.2.3 100.64.0.1 127.0.0.1 127.9.9.9 169.254.169.254 172.31.0.1 192.168.1.1 224.0.0.251 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:192.168.1.1 fe80::1 fd00::1 ff02::1 64:ff9b::7f00:1'
    assert.deepEqual(taken(inside.split(' ')), [])
    assert.deepEqual(taken(['0.0.0.0/0', '::/0', 'any', '203.0.113.7-203.0.113.9', '']), [])
  })

  const list = ['allow home.example.net noauth', 'block away.example.net', 'allow 203.0.113.0/24 noauth'].map(
    row,
  )
  const settings = office({ smtp: { access: list } })
  const answers = (names: Record<string, string[]>) => ({
    ...machine,
    names: new Map(
      Object.entries(names).map(([name, texts]) => [name, { taken: texts.map(span), refused: [] }]),
    ),
  })
  const to = 'friend@elsewhere.example'

  it('decides like a row with these addresses, and like no row without one', () => {
    const policy = compilePolicy(
      settings,
      answers({ 'home.example.net': ['198.51.100.7'], 'away.example.net': ['203.0.113.5'] }),
    )
    assert.equal(brief(decided(policy, '198.51.100.7', undefined, to)), '250 service 1')
    assert.equal(brief(decided(policy, '198.51.100.8', undefined, to)), '550 5.7.1 service -')
    assert.equal(brief(decided(policy, '203.0.113.5', undefined, to)), '550 5.7.1 service 2')
    const none = compilePolicy(settings, machine)
    assert.equal(brief(decided(none, '198.51.100.7', undefined, to)), '550 5.7.1 service -')
    assert.equal(brief(decided(none, '203.0.113.5', undefined, to)), '250 service 3')
  })

  it('is nothing of the local networks and routers, which rows name as such', () => {
    const policy = compilePolicy(
      settings,
      answers({ 'home.example.net': ['192.168.1.50', '192.168.1.1', '198.51.100.7'] }),
    )
    const found = policy.machine.names?.get('home.example.net')
    assert.deepEqual(found?.taken.map(formatSpan), ['198.51.100.7'])
    assert.deepEqual(found?.refused.map(formatSpan), ['192.168.1.50', '192.168.1.1'])
  })

  it('is asked for once for each name in rows that are on', () => {
    const rows = ['allow a.example.net', 'allow A.example.net.', 'off allow b.example.net', 'block any'].map(
      row,
    )
    assert.deepEqual(
      hostNamesIn(office({ smtp: { access: rows }, globalAccess: [row('block c.example.net')] })),
      ['a.example.net', 'c.example.net'],
    )
  })
})

it('says how old an answer is', () => {
  const minute = 60_000
  const ages: [number, string][] = [
    [-5, 'just now'],
    [59_999, 'just now'],
    [minute, '1 minute ago'],
    [2 * minute + 5, '2 minutes ago'],
    [60 * minute, '1 hour ago'],
    [47 * 60 * minute, '47 hours ago'],
    [48 * 60 * minute, '2 days ago'],
  ]
  for (const [ms, words] of ages) assert.equal(ageWords(ms), words)
  const facts = { name: 'home.example.net', addresses: ['203.0.113.7'], refused: [], answered: 0 }
  assert.equal(nameWords(facts, 2 * minute), 'home.example.net: 203.0.113.7, 2 minutes ago')
  assert.equal(
    nameWords(
      { ...facts, refused: ['10.0.0.1'], failing: { since: minute, why: 'the DNS server is silent' } },
      3 * minute,
    ),
    'home.example.net: 203.0.113.7, 3 minutes ago; 10.0.0.1 not taken, for no host name stands for it; the DNS server is silent (first 2 minutes ago)',
  )
  assert.equal(nameWords({ name: 'a.b', addresses: [], refused: [] }, 0), 'a.b: no address')
})
