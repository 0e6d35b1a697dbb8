import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatSpan, formatValue, parseClient, parseFrom } from '../../../app/access/network.ts'

/** What `from` means, in the fewest words, or `!` and the problem. */
function meaning(from: string): string {
  const parsed = parseFrom(from)
  if (!parsed.ok) return `! ${parsed.problem}`
  return parsed.from.kind === 'span' ? formatSpan(parsed.from.span) : parsed.from.kind
}

describe('what a row says in from', () => {
  const right: Record<string, string> = {
    any: 'any',
    ' Any ': 'any',
    'LOCAL-networks': 'local-networks',
    Routers: 'routers',
    '192.168.1.5': '192.168.1.5',
    '0.0.0.0': '0.0.0.0',
    '255.255.255.255': '255.255.255.255',
    '2001:DB8:0:0::1': '2001:db8::1',
    '::': '::',
    '192.168.1.0/24': '192.168.1.0/24',
    '0.0.0.0/0': '0.0.0.0/0',
    '192.168.1.5/32': '192.168.1.5',
    '2001:db8::/32': '2001:db8::/32',
    '::/0': '::/0',
    '::1/128': '::1',
    '192.168.1.0 255.255.255.0': '192.168.1.0/24',
    '192.168.1.0\t  255.255.255.0': '192.168.1.0/24',
    '0.0.0.0 0.0.0.0': '0.0.0.0/0',
    '10.1.2.3 255.255.255.255': '10.1.2.3',
    '10.0.0.0 255.128.0.0': '10.0.0.0/9',
    '10.0.0.5-10.0.0.9': '10.0.0.5-10.0.0.9',
    '10.0.0.5 - 10.0.0.9': '10.0.0.5-10.0.0.9',
    '10.0.0.5-10.0.0.5': '10.0.0.5',
    '10.0.0.0-10.0.0.255': '10.0.0.0/24',
    '10.0.0.1-10.0.1.0': '10.0.0.1-10.0.1.0',
    '0.0.0.0-255.255.255.255': '0.0.0.0/0',
    '2001:db8::1-2001:db8::ff': '2001:db8::1-2001:db8::ff',
    '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff': '::/0',
    '::ffff:192.168.1.5': '192.168.1.5',
    '::ffff:c0a8:105': '192.168.1.5',
    '::ffff:192.168.1.0/120': '192.168.1.0/24',
    '::ffff:0:0/96': '0.0.0.0/0',
    '::ffff:10.0.0.1-10.0.0.7': '10.0.0.1-10.0.0.7',
  }
  for (const [from, means] of Object.entries(right)) {
    it(`takes ${JSON.stringify(from)}`, () => assert.equal(meaning(from), means))
  }

  const wrong: Record<string, RegExp> = {
    '': /^! Nothing is written here/,
    'Local Nets': /"Local Nets" is not an address: write any, local-networks, routers/,
    anybody: /is not an address/,
    '010.0.0.1': /is not an IPv4 address: write four numbers/,
    '0x7f.1': /is not an IPv4 address/,
    '127.1': /is not an IPv4 address/,
    '3232235777': /is not an IPv4 address/,
    '1.2.3.256': /is not an IPv4 address/,
    '1.2.3.4.5': /is not an IPv4 address/,
    '1.2.3.': /is not an IPv4 address/,
    '١.2.3.4': /is not an address/,
    '192.168.1.*': /is not an address/,
    '[::1]': /is not an IPv6 address/,
    '1::2::3': /is not an IPv6 address/,
    '12345::': /is not an IPv6 address/,
    '::1.2.3': /is not an IPv6 address/,
    'fe80::1%eth0': /write fe80::1 without it/,
    '192.168.1.5/24': /write 192\.168\.1\.0\/24, or 192\.168\.1\.5 for the one machine\.$/,
    '192.168.1.5 255.255.255.0':
      /write 192\.168\.1\.0 255\.255\.255\.0, or 192\.168\.1\.5 for the one machine\.$/,
    '2001:db8::1/64': /write 2001:db8::\/64, or 2001:db8::1 for the one machine\.$/,
    '::ffff:10.0.0.1/104': /write 10\.0\.0\.0\/8, or 10\.0\.0\.1/,
    '::ffff:0:0/95': /write ::fffe:0:0\/95/,
    '10.0.0.0/33': /"\/33" is not a prefix: write a number from 0 to 32/,
    '10.0.0.0/-1': /is not an address|is not a range|is not a prefix|is not an IPv4 address/,
    '10.0.0.0/08': /is not a prefix/,
    '10.0.0.0/': /is not a prefix/,
    '10.0.0.0/8/8': /is not a prefix/,
    '10.0.0.0/1e1': /is not a prefix/,
    '10.0.0.0/255.0.0.0': /for this netmask it is 10\.0\.0\.0\/8/,
    '2001:db8::/129': /from 0 to 128/,
    '10.0/8': /"10\.0" is not an IPv4 address/,
    '/8': /is not an address/,
    '10.0.0.0 255.0.255.0': /"255\.0\.255\.0" is not a netmask/,
    '10.0.0.0 0.0.0.255': /is not a netmask/,
    '10.0.0.0 24': /is not a netmask/,
    '10.0.0.0 ::ffff:255.0.0.0': /is not a netmask/,
    '10.0.0.0 noauth': /is not a netmask/,
    '2001:db8:: ffff:ffff::': /has no netmask: write its prefix/,
    '10.0.0.0 255.0.0.0 noauth': /is not an address/,
    '10.0.0.9-10.0.0.5': /runs backwards: write 10\.0\.0\.5-10\.0\.0\.9\.$/,
    '10.0.0.1-2001:db8::1': /mixes IPv4 and IPv6/,
    '::1-::ffff:10.0.0.1': /mixes IPv4 and IPv6/,
    '10.0.0.1-': /is not a range/,
    '-10.0.0.1': /is not a range/,
    '10.0.0.1-10.0.0.2-10.0.0.3': /is not a range/,
    '10.0.0.1-9': /"9" is not an IPv4 address/,
    '10.0.0.0/8-11.0.0.0/8': /is not an address/,
  }
  for (const [from, problem] of Object.entries(wrong)) {
    it(`refuses ${JSON.stringify(from)} in one sentence`, () => {
      assert.match(meaning(from), /^! [^\n]{10,260}\.$/)
      assert.match(meaning(from), problem)
    })
  }

  it('quotes no more of a long text than a person wants to read', () => {
    assert.ok(meaning(`${'x'.repeat(100_000)} y z`).length < 300)
  })

  it('never throws, and what it takes it can read again from its own words', () => {
    const digits = fc.stringMatching(/^[\d.:a-f/ \-%x]{0,40}$/)
    fc.assert(
      fc.property(fc.oneof(digits, fc.string(), fc.ipV4Extended(), fc.ipV6()), text => {
        const parsed = parseFrom(text)
        if (!parsed.ok || parsed.from.kind !== 'span') return
        const { span } = parsed.from
        assert.ok(0n <= span.first && span.first <= span.last)
        assert.ok(span.last < 1n << (span.family === 4 ? 32n : 128n))
        assert.deepEqual(parseFrom(formatSpan(span)), parsed)
      }),
      { numRuns: 5000 },
    )
  })

  it('reads every network and range that it prints', () => {
    const value = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })
    fc.assert(
      fc.property(value, value, fc.constantFrom(4, 6), fc.nat(128), (a, b, kind, bits) => {
        const family = kind === 4 ? 4 : 6
        const top = (1n << (family === 4 ? 32n : 128n)) - 1n
        const [first = 0n, last = 0n] = [a & top, b & top].sort((x, y) => (x < y ? -1 : 1))
        const hosts = ((1n << BigInt(bits)) - 1n) & top
        for (const span of [
          { family, first, last },
          { family, first: first & ~hosts, last: first | hosts },
        ] as const) {
          // A mapped address is IPv4's.
          if (family === 6 && (span.first >> 32n === 0xffffn || span.last >> 32n === 0xffffn)) return
          assert.deepEqual(parseFrom(formatSpan(span)), { ok: true, from: { kind: 'span', span } })
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a client', () => {
  it('is IPv4 where the address is mapped, and has no zone id', () => {
    const seven = { text: '10.0.0.7', family: 4, value: 0x0a000007n, words: Uint32Array.of(0x0a000007) }
    for (const text of ['10.0.0.7', '::ffff:10.0.0.7', '::FFFF:a00:7', '::ffff:10.0.0.7%2']) {
      assert.deepEqual(parseClient(text), seven)
    }
    assert.deepEqual(parseClient('255.255.255.255')?.words, Uint32Array.of(0xffffffff))
    assert.deepEqual(parseClient('FE80:0::1%eth0'), {
      text: 'fe80::1',
      family: 6,
      value: (0xfe80n << 112n) | 1n,
      words: Uint32Array.of(0xfe800000, 0, 0, 1),
    })
  })

  it('is nothing where the text is no address', () => {
    for (const text of [
      '',
      'localhost',
      '10.0.0',
      '010.0.0.1',
      '10.0.0.1%eth0',
      '10.0.0.0/8',
      '[::1]',
      ' ::1',
    ]) {
      assert.equal(parseClient(text), undefined, text)
    }
  })

  it('prints IPv6 as RFC 5952 wants it', () => {
    assert.equal(formatValue(6, 0x20010db8000000000001000000000001n), '2001:db8::1:0:0:1')
    assert.equal(formatValue(6, 0x20010db8000100010001000100000001n), '2001:db8:1:1:1:1:0:1')
  })
})
