/** Random parameters of DSN (RFC 3461) and AUTH, judged by a reader of its own, and what a report makes of them. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { composeDsn } from '../../app/delivery/dsn.ts'
import { parseMail, parseRcpt } from '../../app/mail/path.ts'
import { formatReply, parseReply, type Reply } from '../../app/mail/reply.ts'
import { decodeXtext } from '../../app/mail/xtext.ts'
import { targetOf } from './target.ts'

interface DsnCase {
  /** Behind `MAIL FROM:<a@d.example>`. */
  readonly mail: readonly string[]
  /** Behind `RCPT TO:<b@d.example>`. */
  readonly rcpt: readonly string[]
  /** To be encoded and decoded. */
  readonly plain: string
  /** What a next hop said, as it came. */
  readonly reply: string
}

const plain = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
)
const piece = fc.constantFrom(
  ...[
    'a',
    'Z',
    '9',
    '+2B',
    '+3D',
    '+20',
    '+0D',
    '+0A',
    '+00',
    '+7F',
    '+C3+A9',
    '+2b',
    '+',
    '+2',
    '=',
    '@',
    ';',
    '\\',
    '<',
    '>',
  ],
  ...['"', 'é', '\0', '\r\n', '\t', 'x'.repeat(99), 'rfc822;', '\\x{F6}', '\\x{', ',', '.'],
)
const xtext = fc.oneof(
  plain.map(encodeXtext),
  fc.array(piece, { maxLength: 6 }).map(pieces => pieces.join('')),
)
const spelt = (word: string) => fc.constantFrom(word, word.toLowerCase(), word.replace('S', 'ſ'))
const notify = fc
  .array(fc.constantFrom('NEVER', 'SUCCESS', 'FAILURE', 'DELAY', 'success', 'ALWAYS', ''), { maxLength: 4 })
  .map(words => words.join(','))
const parameter = (name: string, value: fc.Arbitrary<string>) =>
  fc.tuple(spelt(name), fc.constantFrom('=', '=', '=', '=', '', '=='), value).map(parts => parts.join(''))
const mail = fc.oneof(
  parameter('RET', fc.constantFrom('FULL', 'HDRS', 'hdrs', 'NONE', '')),
  parameter('ENVID', xtext),
  parameter('AUTH', fc.oneof(xtext, fc.constant('<>'))),
)
const rcpt = fc.oneof(
  parameter('NOTIFY', notify),
  parameter(
    'ORCPT',
    fc
      .tuple(fc.constantFrom('rfc822;', 'RFC822;', 'utf-8;', 'x-y;', ';', '', 'r c;'), xtext)
      .map(p => p.join('')),
  ),
)
const replies = fc
  .array(
    fc.tuple(
      fc.constantFrom('550-', '550 ', '250 ', '4', '999 ', '', '550'),
      fc.constantFrom('5.1.1 ', '9.9.9 ', '5.1 ', ''),
      fc.string({ unit: 'binary', maxLength: 60 }),
    ),
    { maxLength: 4 },
  )
  .map(lines => lines.map(parts => parts.join('')).join('\r\n'))

const cases: fc.Arbitrary<DsnCase> = fc.record({
  mail: fc.array(mail, { maxLength: 3 }),
  rcpt: fc.array(rcpt, { maxLength: 2 }),
  plain,
  reply: replies,
})

/** RFC 3461 section 4: what isn't a visible ASCII character other than `+` and `=` goes in hexadecimal. */
function encodeXtext(text: string): string {
  return [...Buffer.from(text)]
    .map(byte => {
      const isPlain = byte > 32 && byte < 127 && byte !== 43 && byte !== 61
      return isPlain ? String.fromCharCode(byte) : `+${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

/** Octet by octet; undefined where it is no xtext. */
function readXtext(text: string): Buffer | undefined {
  const octets: number[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code <= 32 || code >= 127 || code === 61) return undefined
    if (code !== 43) octets.push(code)
    else {
      const hex = text.slice(at + 1, at + 3)
      if (!/^[0-9A-F]{2}$/.test(hex)) return undefined
      octets.push(Number.parseInt(hex, 16))
      at += 2
    }
  }
  return Buffer.from(octets)
}

function isPrintable(octets: Buffer | undefined): octets is Buffer {
  return octets !== undefined && octets.length > 0 && octets.every(one => one >= 32 && one < 127)
}

/** What the parameter's value comes to; undefined where it is wrong. */
function expected(name: string, value: string): unknown {
  const octets = readXtext(value)
  switch (name) {
    case 'RET':
      return /^(?:FULL|HDRS)$/.test(value.replace(/[a-z]/g, one => one.toUpperCase()))
        ? value.toUpperCase()
        : undefined
    case 'ENVID':
      return value.length <= 100 && isPrintable(octets) ? octets.toString() : undefined
    case 'NOTIFY': {
      const words = value.split(',').map(word => word.replace(/[a-z]/g, one => one.toUpperCase()))
      const known = ['NEVER', 'SUCCESS', 'FAILURE', 'DELAY'].filter(word => words.includes(word))
      const isRight =
        words.every(word => known.includes(word)) && (!known.includes('NEVER') || known.length === 1)
      return isRight ? known : undefined
    }
  }
  return undefined
}

/** Undefined where the simple reader leaves it to the parser. */
function verdict(parameters: readonly string[], known: readonly string[]): 'ok' | 501 | 555 | undefined {
  const seen = new Set<string>()
  for (const parameter of parameters) {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(parameter) ?? []
    const upper = name.replace(/[a-z]/g, one => one.toUpperCase())
    if (/[ \r\n\t\0]/.test(parameter) || upper === 'ORCPT' || upper === 'AUTH') return undefined
    if (seen.has(upper)) return 501
    if (!known.includes(upper)) return 555
    if (value === undefined || value === '' || expected(upper, value) === undefined) return 501
    seen.add(upper)
  }
  return 'ok'
}

function outcome(
  parsed: { readonly ok: true } | { readonly ok: false; readonly reply: Reply },
): number | 'ok' {
  if (parsed.ok) return 'ok'
  assert.match(formatReply(parsed.reply), /^5\d\d 5\.\d\.\d [ -~]{1,200}$/)
  return parsed.reply.code
}

export const dsnTarget = targetOf<DsnCase>({
  name: 'dsn',
  cases,
  open: () => given => {
    decodesWhatItEncodes(given.plain)
    const sent = parseMail(`MAIL FROM:<a@d.example> ${given.mail.join(' ')}`.trimEnd())
    const named = parseRcpt(`RCPT TO:<b@d.example> ${given.rcpt.join(' ')}`.trimEnd(), false)
    const [mailVerdict, rcptVerdict] = [
      verdict(given.mail, ['RET', 'ENVID']),
      verdict(given.rcpt, ['NOTIFY']),
    ]
    if (mailVerdict !== undefined) assert.equal(outcome(sent), mailVerdict, given.mail.join(' '))
    else outcome(sent)
    if (rcptVerdict !== undefined) assert.equal(outcome(named), rcptVerdict, given.rcpt.join(' '))
    else outcome(named)
    if (!sent.ok || !named.ok) return
    const { envid } = sent.command
    const { orcpt, notify } = named.command
    for (const text of [envid, orcpt]) if (text !== undefined) assert.match(text, /^[ -~]+$/)
    const envids = given.mail.map(one => expected('ENVID', one.slice('ENVID='.length).trimEnd()))
    if (envid !== undefined) assert.ok(envids.includes(envid), `${envid} was never sent`)
    if (notify)
      assert.deepEqual(
        notify,
        expected('NOTIFY', given.rcpt.find(one => /^notify/i.test(one))?.slice(7) ?? ''),
      )
    reportsOnly({ envid, orcpt }, parseReply(given.reply))
  },
})

function decodesWhatItEncodes(text: string): void {
  const decoded = decodeXtext(encodeXtext(text))
  if (/^[ -~]*$/.test(text)) assert.equal(decoded, text)
  // What can't be seen isn't taken; what is taken is what was meant.
  else assert.ok([undefined, Buffer.from(text).toString()].includes(decoded), `it became ${decoded}`)
}

/** A report says the parameters again, on one line each, and gets no field more than these. */
function reportsOnly(
  { envid, orcpt }: { envid: string | undefined; orcpt: string | undefined },
  reply: Reply = { code: 550, status: '5.1.1', text: 'no such user' },
): void {
  const report = { action: 'failed', recipient: 'b@d.example', reply, remote: 'hop.example' } as const
  const original = { part: 'header', bytes: Buffer.from('Subject: x\r\n') } as const
  const text = composeDsn({
    hostname: 'mail.example.com',
    to: 'a@d.example',
    ...(envid === undefined ? {} : { envid }),
    ...{ arrived: 1, now: 2, tried: 2, until: 3, original },
    reports: [{ ...report, ...(orcpt === undefined ? {} : { orcpt }) }],
  }).toString()
  assert.doesNotMatch(text, /[^\r]\n|\r[^\n]|\0/)
  const status =
    text.split(/Content-Type: message\/(?:global-)?delivery-status\r\n/)[1]?.split('\r\n\r\n') ?? []
  const fields = status.slice(1, 3).flatMap(group => group.split('\r\n'))
  const value = (name: string) => fields.find(line => line.startsWith(`${name}: `))?.slice(name.length + 2)
  assert.equal(value('Original-Envelope-Id')?.trim(), envid === undefined ? undefined : oneSpaced(envid))
  assert.equal(value('Original-Recipient')?.trim(), orcpt === undefined ? undefined : oneSpaced(orcpt))
  assert.deepEqual(
    fields.map(line => /^([A-Za-z-]+): /.exec(line)?.[1]),
    [
      ...(envid === undefined ? [] : ['Original-Envelope-Id']),
      ...['Reporting-MTA', 'Arrival-Date'],
      ...(orcpt === undefined ? [] : ['Original-Recipient']),
      ...['Final-Recipient', 'Action', 'Status', 'Remote-MTA', 'Diagnostic-Code', 'Last-Attempt-Date'],
    ],
  )
}

/** White space has no meaning there (RFC 3464 section 2.1.1). */
function oneSpaced(text: string): string {
  return text.trim()
}
