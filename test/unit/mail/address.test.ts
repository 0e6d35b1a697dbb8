import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Address,
  canonicalDomain,
  formatAddress,
  isAscii,
  mailboxKey,
  parseAddress,
} from '../../../app/mail/address.ts'

function parsed(text: string): Address {
  const result = parseAddress(text)
  assert.ok(result.ok, `${JSON.stringify(text)} refused: ${result.ok || result.problem}`)
  return result.address
}

function problem(text: string): string {
  const result = parseAddress(text)
  assert.ok(!result.ok, `${JSON.stringify(text)} taken as ${JSON.stringify(result)}`)
  return result.problem
}

const label63 = 'l'.repeat(63)
const longDomain = `${label63}.${label63}.${label63}.${'l'.repeat(60)}` // 252

/** Text, local part's content, domain, canonical form. */
const good: readonly [string, string, string, string?][] = [
  ['alice@d', 'alice', 'd'],
  ['alice@localhost', 'alice', 'localhost'],
  ['Alice.B@Example.COM', 'Alice.B', 'example.com', 'Alice.B@example.com'],
  ['"alice"@d', 'alice', 'd', 'alice@d'],
  ['"a.b"@d', 'a.b', 'd', 'a.b@d'],
  ['"\\a"@d', 'a', 'd', 'a@d'],
  ['"a,b"@d', 'a,b', 'd', '"a,b"@d'],
  ['"a@b"@d', 'a@b', 'd', '"a@b"@d'],
  ['"a\\"b"@d', 'a"b', 'd', '"a\\"b"@d'],
  ['"a\\\\b"@d', 'a\\b', 'd', '"a\\\\b"@d'],
  ['"a\\ b"@d', 'a b', 'd', '"a b"@d'],
  ['"(c)alice"@d', '(c)alice', 'd', '"(c)alice"@d'],
  ['"g:a;"@d', 'g:a;', 'd', '"g:a;"@d'],
  ['".a"@d', '.a', 'd', '".a"@d'],
  ['"a."@d', 'a.', 'd', '"a."@d'],
  ['"a..b"@d', 'a..b', 'd', '"a..b"@d'],
  ['" "@d', ' ', 'd', '" "@d'],
  ['""@d', '', 'd', '""@d'],
  ["!#$%&'*+-/=?^_`{|}~@d", "!#$%&'*+-/=?^_`{|}~", 'd'],
  ['a%b@d', 'a%b', 'd'],
  ['b!a@d', 'b!a', 'd'],
  ['a+tag@d', 'a+tag', 'd'],
  ['__proto__@d', '__proto__', 'd'],
  ['a@3com.example', 'a', '3com.example'],
  ['a@1.2.3.4.example', 'a', '1.2.3.4.example'],
  ['a@a--b.example', 'a', 'a--b.example'],
  ['a@4u', 'a', '4u'],
  ['a@x0x1', 'a', 'x0x1'],
  [`a@${label63}.example`, 'a', `${label63}.example`],
  [`a@${longDomain}`, 'a', longDomain],
  [`${'a'.repeat(64)}@d`, 'a'.repeat(64), 'd'],
  [`"${'a'.repeat(64)}"@d`, 'a'.repeat(64), 'd', `${'a'.repeat(64)}@d`],
  [`"${'\\a'.repeat(64)}"@d`, 'a'.repeat(64), 'd', `${'a'.repeat(64)}@d`],
  [`"${'a '.repeat(31)}"@d`, 'a '.repeat(31), 'd'],
  [`${'é'.repeat(32)}@d`, 'é'.repeat(32), 'd'],
  ['a@[127.0.0.1]', 'a', '[127.0.0.1]'],
  ['a@[IPv6:::1]', 'a', '[IPv6:::1]'],
  ['a@[IPv6:::]', 'a', '[IPv6:::]'],
  ['a@[ipv6:2001:DB8:0:0:0:0:0:1]', 'a', '[IPv6:2001:db8::1]', 'a@[IPv6:2001:db8::1]'],
  ['a@[IPv6:2001:0db8::0001]', 'a', '[IPv6:2001:db8::1]', 'a@[IPv6:2001:db8::1]'],
  ['a@[IPv6:1:0:0:2:0:0:0:3]', 'a', '[IPv6:1:0:0:2::3]', 'a@[IPv6:1:0:0:2::3]'],
  ['a@[IPv6:1:0:2:3:4:5:6:7]', 'a', '[IPv6:1:0:2:3:4:5:6:7]'],
  ['a@[IPv6:::ffff:192.0.2.1]', 'a', '[IPv6:::ffff:192.0.2.1]'],
  ['a@[IPv6:::FFFF:c000:201]', 'a', '[IPv6:::ffff:192.0.2.1]', 'a@[IPv6:::ffff:192.0.2.1]'],
  ['a@[IPv6:1:2:3:4:5:6:192.0.2.1]', 'a', '[IPv6:1:2:3:4:5:6:c000:201]', 'a@[IPv6:1:2:3:4:5:6:c000:201]'],
  ['jörg@d', 'jörg', 'd'],
  ['"jörg müller"@d', 'jörg müller', 'd'],
  ['用户@例え.jp', '用户', 'xn--r8jz45g.jp', '用户@xn--r8jz45g.jp'],
  ['a@bücher.example', 'a', 'xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
  ['a@BÜCHER.Example', 'a', 'xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
  ['a@bu\u0308cher.example', 'a', 'xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
  ['a@XN--BCHER-KVA.example', 'a', 'xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
  ['a@bücher.xn--bcher-kva', 'a', 'xn--bcher-kva.xn--bcher-kva', 'a@xn--bcher-kva.xn--bcher-kva'],
  ['a@straße.example', 'a', 'xn--strae-oqa.example', 'a@xn--strae-oqa.example'],
  ['a@ΣΑΣ.example', 'a', 'xn--mxa9ab.example', 'a@xn--mxa9ab.example'],
  ['a@אבג.example', 'a', 'xn--4dbcd.example', 'a@xn--4dbcd.example'],
]

test('takes what the grammar of a mailbox allows', () => {
  for (const [text, localPart, domain, canonical] of good) {
    const address = parsed(text)
    assert.deepEqual(address, { localPart, domain }, text)
    assert.equal(formatAddress(address), canonical ?? text)
  }
})

/** Text, what its problem says. */
const bad: readonly [string, RegExp][] = [
  ['', /no "@"/],
  ['alice', /no "@"/],
  ['@', /before the "@"/],
  ['@d', /before the "@"/],
  ['a@', /domain is missing/],
  ['a,b@d', /^"," must be quoted in a local part$/],
  ['a;b@d', /^";" must be quoted/],
  ['(c)alice@d', /^"\(" must be quoted/],
  ['alice(c)@d', /^"\(" must be quoted/],
  ['g:alice@d', /^":" must be quoted/],
  ['x(@d', /^"\(" must be quoted/],
  ['x)@d', /^"\)" must be quoted/],
  ['a"b@d', /^""" must be quoted/],
  ['a\\b@d', /^"\\" must be quoted/],
  ['a b@d', /^" " must be quoted/],
  [' a@d', /^" " must be quoted/],
  ['a @d', /^" " must be quoted/],
  ['a[b@d', /^"\[" must be quoted/],
  ['a]b@d', /^"\]" must be quoted/],
  ['<a@d', /^"<" can't stand in a local part here$/],
  ['<a@d>', /^"<" can't stand in a local part here$/],
  ['"<a>"@d', /^"<" can't stand in a local part here$/],
  ['"a> b"@d', /^">" can't stand in a local part here$/],
  ['"a\\>"@d', /^">" can't stand in a local part here$/],
  ['a@d>', /^">" can't stand in a domain/],
  ['A <a@d>', /" " must be quoted/],
  ['a@b@c', /^"@" can't stand in a domain/],
  ['@a,@b:c@d', /before the "@"/],
  ['.a@d', /dot/],
  ['a.@d', /dot/],
  ['a..b@d', /dot/],
  ['.@d', /dot/],
  ['"a"b@d', /followed by "@"/],
  ['"a".b@d', /followed by "@"/],
  ['"a"."b"@d', /followed by "@"/],
  ['b."a"@d', /^""" must be quoted/],
  ['"a" @d', /followed by "@"/],
  ['"a"', /followed by "@"/],
  ['"a"@', /domain is missing/],
  ['"a@d', /no closing/],
  ['"a\\"@d', /no closing/],
  ['"', /no closing/],
  ['"\\', /no closing/],
  ['"\\é"@d', /ASCII/],
  ['a@d e', /^" " can't stand/],
  ['a@ d', /^" " can't stand/],
  ['a@d ', /^" " can't stand/],
  ['a@d(c)', /^"\(" can't stand/],
  ['a@d,b@c', /^"," can't stand/],
  ['a@d:25', /^":" can't stand/],
  ['a@d/x', /^"\/" can't stand/],
  ['a@d?x', /^"\?" can't stand/],
  ['a@d#x', /^"#" can't stand/],
  ['a@%64', /^"%" can't stand/],
  ['a@u:p', /^":" can't stand/],
  ['a@d\\e', /^"\\" can't stand/],
  ['a@d_e', /^"_" can't stand/],
  ['a@*.d', /^"\*" can't stand/],
  ['a@.', /dot/],
  ['a@.d', /dot/],
  ['a@d..', /dot/],
  ['a@1.2.3.4.', /brackets/],
  ['a@[127.0.0.1].', /literal/],
  ['a@d..e', /dot/],
  ['a@-d', /"-"/],
  ['a@d-', /"-"/],
  ['a@d.-e', /"-"/],
  ['a@-é', /"-"/],
  ['a@é-', /"-"/],
  [`a@${'l'.repeat(64)}.example`, /63/],
  [`a@${'ü'.repeat(63)}.example`, /63/],
  [`a@${label63}.${label63}.${label63}.${'l'.repeat(61)}`, /254/],
  [`a@${label63}.${label63}.${label63}.${label63}`, /254/],
  [`a@${label63}.${label63}.${label63}.${label63}.l`, /255/],
  [`${'a'.repeat(65)}@d`, /64/],
  [`"${'a '.repeat(32)}"@d`, /64/],
  [`${'é'.repeat(33)}@d`, /64/],
  [`${'a'.repeat(9999)}@d`, /too long/],
  ['user@1.2.3.4', /brackets/],
  ['user@127.1', /brackets/],
  ['user@2130706433', /brackets/],
  ['user@0x7f.1', /brackets/],
  ['user@0x7f000001', /brackets/],
  ['user@a.0x1', /brackets/],
  ['user@a.0x', /brackets/],
  ['user@example.123', /brackets/],
  ['a@[127.0.0.1', /literal/],
  ['a@[127.0.0.1]x', /literal/],
  ['a@127.0.0.1]', /"\]" can't stand/],
  ['a@x[127.0.0.1]', /"\[" can't stand/],
  ['a@[]', /literal/],
  ['a@[127.1]', /literal/],
  ['a@[127.0.0.256]', /literal/],
  ['a@[127.0.0.01]', /literal/],
  ['a@[ 127.0.0.1]', /literal/],
  ['a@[127.0.0.1 ]', /literal/],
  ['a@[[127.0.0.1]]', /literal/],
  ['a@[0x7f.0.0.1]', /literal/],
  ['a@[::1]', /literal/],
  ['a@[IPv4:127.0.0.1]', /literal/],
  ['a@[IPv6:127.0.0.1]', /literal/],
  ['a@[IPv6: ::1]', /literal/],
  ['a@[IPv6:]', /literal/],
  ['a@[IPv6:::1%eth0]', /literal/],
  ['a@[IPv6:::12345]', /literal/],
  ['a@[IPv6:1::2::3]', /literal/],
  ['a@[IPv6:1:2:3:4:5:6:7]', /literal/],
  ['a@[IPv6:1:2:3:4:5:6:7::]', /literal/],
  ['a@[IPv6:1:2:3:4:5::192.0.2.1]', /literal/],
  ['a@[IPv6:::1]:25', /literal/],
  ['a@[X-tag:stuff]', /literal/],
  ['a@[example.com]', /literal/],
  ['a@[bücher]', /literal/],
  // Node's IDNA would map each of these to a plain domain.
  ['a@ｅxample.com', /internationalised/],
  ['a@example。com', /internationalised/],
  ['a@example．com', /internationalised/],
  ['a@ﬁ.example', /internationalised/],
  ['a@①.example', /internationalised/],
  ['a@１', /internationalised/],
  ['a@127.0.0.１', /internationalised/],
  ['a@\u212aelvin.example', /internationalised/],
  ['a@ſ.example', /internationalised/],
  ['a@example℀', /internationalised/],
  ['a@d／e', /internationalised/],
  ['a@İ.example', /internationalised/],
  ['a@xn--a.example', /internationalised/],
  ['a@xn--zzzzzz.example', /internationalised/],
  ['a@xn--', /"-"/],
  ['a@xn--example-.com', /"-"/],
  ['a@xn--ls8h-', /"-"/],
  ['a@\u0301a.example', /internationalised/],
]

test('refuses everything else, and says why', () => {
  for (const [text, why] of bad) assert.match(problem(text), why, JSON.stringify(text))
})

test('refuses characters nobody can see, wherever they stand', () => {
  const hidden = [
    ...Array.from({ length: 32 }, (_, code) => code),
    ...Array.from({ length: 33 }, (_, code) => code + 0x7f),
    ...[0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x2000, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029],
    ...[
      0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x202f, 0x2060, 0x2066, 0x2069, 0x3000, 0x3164, 0xfe0f, 0xfeff,
    ],
    ...[0xd800, 0xdbff, 0xdc00, 0xdfff, 0xfff9, 0xfffd, 0xfffe, 0xffff, 0xe0001, 0xe0041, 0x10ffff],
  ]
  for (const code of hidden) {
    const character = String.fromCodePoint(code)
    const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    for (const text of [
      `${character}a@d`,
      `a${character}b@d`,
      `"a${character}b"@d`,
      `"a\\${character}b"@d`,
      `a@d${character}`,
      `a@${character}d`,
      `a@d${character}e.example`,
      `a@[127.0.0.1${character}]`,
    ]) {
      assert.equal(problem(text), `the character ${name} isn't allowed in an address`)
    }
  }
})

test('a problem is short, printable ASCII, whatever it is about', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
      for (const attempt of [text, `${text}@d`, `"${text}"@d`, `a@${text}`, `a@[${text}]`]) {
        const result = parseAddress(attempt)
        if (!result.ok) assert.match(result.problem, /^[ -~]{1,120}$/)
      }
    }),
    { numRuns: 2000 },
  )
})

/** Strings made of what the grammar is about, so that many of them are addresses. */
const nearAddress = fc
  .array(
    fc.constantFrom(
      ...[
        'a',
        'B',
        '1',
        '.',
        '-',
        '@',
        '"',
        '\\',
        ' ',
        '(',
        ',',
        '<',
        '>',
        '[',
        ']',
        ':',
        '%',
        '!',
        '_',
        'é',
      ],
      ...[
        'e\u0301',
        'ß',
        'K',
        '١',
        'א',
        'xn--',
        'xn--bcher-kva',
        'IPv6:',
        '::1',
        '127.0.0.1',
        '\r\n',
        '\0',
        '"@',
        '@d',
      ],
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''))

function isSettled(text: string): void {
  const first = parseAddress(text)
  if (!first.ok) return
  const canonical = formatAddress(first.address)
  assert.deepEqual(parseAddress(canonical), first)
  assert.ok(Buffer.byteLength(canonical) <= 254)
  assert.match(
    first.address.domain,
    /^(?:[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*|\[[\d.]+\]|\[IPv6:[0-9a-f:.]+\])$/,
  )
  assert.equal(isAscii(first.address), /^[ -~]*$/.test(canonical))
}

test('never throws; what parses, formats and parses to the same address', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), isSettled), { numRuns: 2000 })
  fc.assert(fc.property(nearAddress, isSettled), { numRuns: 5000 })
  fc.assert(
    fc.property(nearAddress, nearAddress, (local, domain) => isSettled(`${local}@${domain}`)),
    { numRuns: 5000 },
  )
  fc.assert(
    fc.property(fc.ipV6(), ip => isSettled(`a@[IPv6:${ip}]`)),
    { numRuns: 1000 },
  )
})

test('every printable content survives quoting, but for angle brackets', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), text => {
      const localPart = text.replace(/[<>]/g, '')
      const address = { localPart, domain: 'example.com' }
      assert.deepEqual(parsed(formatAddress(address)), address)
    }),
    { numRuns: 2000 },
  )
})

test('no two characters give the same domain, but for case and composition', () => {
  const seen = new Map<string, string>()
  for (let code = 0x80; code <= 0x2ffff; code++) {
    const character = String.fromCodePoint(code)
    const domain = canonicalDomain(`a${character}.example`)
    if (domain === undefined) continue
    assert.match(domain, /^xn--/, `U+${code.toString(16)} gives ${domain}`)
    const folded = character.normalize('NFC').toLowerCase().normalize('NFC')
    assert.equal(
      seen.get(domain) ?? folded,
      folded,
      `U+${code.toString(16)} gives ${domain}, as another does`,
    )
    seen.set(domain, folded)
    assert.equal(canonicalDomain(domain), domain)
  }
  assert.ok(seen.size > 50_000)
})

test('very long text is refused at once', () => {
  for (const text of ['"'.repeat(1e6), '"\\"'.repeat(1e6), `a@${'.'.repeat(1e6)}`, 'é'.repeat(1e6)]) {
    assert.equal(problem(text), 'the address is too long')
    assert.equal(canonicalDomain(text), undefined)
  }
})

test('one dot behind the domain is the same address, and no second one', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        nearAddress,
        fc.domain().map(domain => `a@${domain}`),
      ),
      text => {
        const first = parseAddress(text)
        if (!first.ok || text.endsWith('.') || text.endsWith(']')) return
        assert.deepEqual(parseAddress(`${text}.`), first)
        assert.equal(parseAddress(`${text}..`).ok, false)
      },
    ),
    { numRuns: 5000 },
  )
  const longest = `a@${longDomain}`
  assert.deepEqual(parseAddress(`${longest}.`), parseAddress(longest))
})

test('the domain of settings may end in a dot, and nothing else is forgiven', () => {
  const table: readonly [string, string | undefined][] = [
    ['example.com', 'example.com'],
    ['Example.COM.', 'example.com'],
    ['localhost', 'localhost'],
    ['Bücher.example.', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['example.com..', undefined],
    ['.', undefined],
    ['', undefined],
    [' example.com', undefined],
    ['example.com\n', undefined],
    ['*.example.com', undefined],
    ['1.2.3.4', undefined],
    ['1.2.3.4.', undefined],
    ['[192.0.2.1]', undefined],
    ['a@example.com', undefined],
    ['example.com:25', undefined],
    [`${label63}.${label63}.${label63}.${label63}`, `${label63}.${label63}.${label63}.${label63}`],
    [`${label63}.${label63}.${label63}.${label63}.l`, undefined],
    // Below the limit as U-labels, above it as A-labels.
    [Array(6).fill('ü'.repeat(40)).join('.'), undefined],
  ]
  for (const [text, expected] of table) assert.equal(canonicalDomain(text), expected, text)
})

test('only a local part can need SMTPUTF8', () => {
  assert.equal(isAscii(parsed('a@bücher.example')), true)
  assert.equal(isAscii(parsed('"a b"@d')), true)
  assert.equal(isAscii(parsed('é@d')), false)
  assert.equal(isAscii(parsed('"é b"@d')), false)
})

test('a mailbox is the same in any case and composition, and two mailboxes never share a key', () => {
  const same = [
    ['Fred@Example.com', 'fred@example.COM'],
    ['"Fred"@d', 'fred@d'],
    ['JÖRG@d', 'jo\u0308rg@d'],
    ['ΓΙΩΡΓΟΣ@d', 'γιωργος@d'],
  ]
  for (const [one = '', other = ''] of same) assert.equal(mailboxKey(parsed(one)), mailboxKey(parsed(other)))
  const different = [
    ['"a@b"@c', 'a@c'],
    ['strasse@d', 'straße@d'],
    ['a@d', 'a@e'],
    ['"a b"@d', 'ab@d'],
    ['"a\\\\b"@d', '"a\\"b"@d'],
  ]
  for (const [one = '', other = ''] of different) {
    assert.notEqual(mailboxKey(parsed(one)), mailboxKey(parsed(other)))
  }
})
