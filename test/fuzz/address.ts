/** Random addresses, judged by a reader of its own that goes letter by letter. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { formatAddress, mailboxKey, parseAddress } from '../../app/mail/address.ts'
import { parseMail, parseRcpt } from '../../app/mail/path.ts'
import { targetOf } from './target.ts'

const atom = fc.string({
  unit: fc.constantFrom(..."abzAZ019!#$%&'*+-/=?^_`{|}~"),
  minLength: 1,
  maxLength: 12,
})
const dotString = fc.array(atom, { minLength: 1, maxLength: 5 }).map(atoms => atoms.join('.'))
const quoted = fc
  .array(
    fc.constantFrom(' ', '@', ',', '.', '..', '\\"', '\\\\', 'a', '%', '!', '(', ')', ';', ':', '[', 'ü'),
    { maxLength: 12 },
  )
  .map(parts => `"${parts.join('')}"`)
const label = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'abxn019-'), minLength: 1, maxLength: 10 }),
  fc.constantFrom(
    'bücher',
    'BÜCHER',
    'xn--bcher-kva',
    'xn--',
    'x_y',
    '',
    'l'.repeat(63),
    'l'.repeat(64),
    'example',
  ),
)
const domain = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 5 }).map(labels => labels.join('.')),
  fc.ipV4().map(ip => `[${ip}]`),
  fc.ipV6().map(ip => `[IPv6:${ip}]`),
)
const local = fc.oneof(
  dotString,
  quoted,
  fc.integer({ min: 60, max: 68 }).map(length => 'a'.repeat(length)),
  fc.constantFrom(
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    'jörg',
    'a,b',
    '(c)a',
    'g:a',
    'x(',
    'a"b',
    'a%b',
    'a!b',
    '<a>',
  ),
)
/** Put in anywhere: what ends lines, hides, or parts addresses for some other reader. */
const odd = fc.constantFrom(
  '\r',
  '\n',
  '\r\n',
  '\0',
  '\t',
  '\u00ad',
  '\u202e',
  '\ufeff',
  '@',
  ',',
  '"',
  ' ',
  '.',
  '%40',
)

const address = fc.tuple(local, domain).map(parts => parts.join('@'))
const cases = fc.oneof(
  { weight: 3, arbitrary: address },
  {
    weight: 2,
    arbitrary: fc.tuple(address, odd, fc.nat()).map(([text, piece, at]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + piece + text.slice(place)
    }),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
)

/**
 * Whether it is an ASCII dot-string at a domain of plain labels (RFC 5321 sections 4.1.2, 4.5.3.1, 2.3.5); undefined
 * where this simple reader can't tell: quoted, not ASCII, literals and A-labels.
 */
function simpleVerdict(whole: string): boolean | undefined {
  // The name of the root, behind a domain.
  const text = whole.replace(/(?<=[^.@])\.$/, '')
  if (/[^\0-\x7f]|["[\]<>]|xn--/i.test(text)) return undefined
  const at = text.lastIndexOf('@')
  if (at < 0) return false
  const [localPart, host] = [text.slice(0, at), text.slice(at + 1)]
  if (localPart.length > 64 || text.length > 254) return false
  for (const part of localPart.split('.'))
    if (
      part === '' ||
      [...part].some(one => !/[A-Za-z0-9]/.test(one) && !"!#$%&'*+-/=?^_`{|}~".includes(one))
    )
      return false
  const labels = host.split('.')
  for (const one of labels) {
    if (one === '' || one.length > 63 || one.startsWith('-') || one.endsWith('-')) return false
    if ([...one].some(letter => !/[A-Za-z0-9-]/.test(letter))) return false
  }
  // A last label that a resolver would take for a number (WHATWG URL section 3.5).
  return !/^(?:[0-9]+|0[xX][0-9a-fA-F]*)$/.test(labels.at(-1) ?? '')
}

export const addressTarget = targetOf({
  name: 'address',
  cases,
  open: () => text => {
    const parsed = parseAddress(text)
    const simple = simpleVerdict(text)
    if (simple !== undefined) assert.equal(parsed.ok, simple, parsed.ok ? 'taken' : parsed.problem)
    agreesWithCommands(text, parsed.ok)
    if (!parsed.ok) {
      assert.match(parsed.problem, /^[ -~]{5,100}$/)
      return
    }
    const written = formatAddress(parsed.address)
    assert.deepEqual(parseAddress(written), parsed)
    assert.equal(formatAddress(parsed.address), written)
    assert.doesNotMatch(written, /[\0-\x1f\x7f<>]/)
    const octets = Buffer.byteLength(written)
    assert.ok(octets <= 254 && octets - parsed.address.domain.length - 1 <= 64, `it has ${octets} octets`)
    assert.match(parsed.address.domain, /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9.]+\]|\[IPv6:[0-9a-f:.]+\])$/)
    const again = parseAddress(mailboxKey(parsed.address).replace(/^.*@/s, 'x@'))
    assert.equal(again.ok && again.address.domain, parsed.address.domain)
  },
})

/** MAIL and RCPT take in brackets what the parser takes, and nothing else. */
function agreesWithCommands(text: string, isAddress: boolean): void {
  // Said without a parameter, they end with their path; others have names of their own for it.
  if (/^(?:|postmaster)$/i.test(text) || /[<>]/.test(text)) return
  const mail = parseMail(`MAIL FROM:<${text}> SMTPUTF8`)
  const rcpt = parseRcpt(`RCPT TO:<${text}>`, true)
  assert.deepEqual([mail.ok, rcpt.ok], [isAddress, isAddress])
}
