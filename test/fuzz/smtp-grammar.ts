/** The grammar of random SMTP sessions: honest ones, odd ones, and those that change to TLS on the way. */
import fc from 'fast-check'
import { password } from '../support/relay.ts'

export interface SmtpCase {
  /** The client's address: of the office, a stranger's, or the router's. */
  readonly from: string
  readonly encryption: 'none' | 'starttls' | 'starttls-required' | 'tls'
  /** Everything that is sent, a character for each byte. */
  readonly parts: readonly string[]
  /** What is sent through TLS, where STARTTLS in `parts` led to it. */
  readonly secured?: readonly string[]
  /** Bytes of each write; 0: a part each. */
  readonly chunk: number
}

const recipients = [
  'fred@example.com',
  'SUPPORT@EXAMPLE.COM',
  'nobody@example.com',
  'someone@elsewhere.example',
  'other@elsewhere.example',
  'postmaster',
  'a%b@example.com',
  'a!b@example.com',
  '"a@elsewhere.example"@example.com',
  '@example.com:a@elsewhere.example',
  'a,b@elsewhere.example',
  'a@[127.0.0.1]',
  'someone@elsewhere.example> NOTIFY=NEVER',
  '"x> NOTIFY=NEVER"@elsewhere.example',
]
const senders = [
  '',
  'a@client.example',
  'fred@example.com',
  'a,b@d',
  'a@b',
  '"a\\"b"@d.example',
  'jörg@d.example',
]
const plain = (user: string, word: string, identity = '') =>
  Buffer.from(`${identity}\0${user}\0${word}`).toString('base64')

const path = (some: readonly string[]) =>
  fc.constantFrom(...some).map(one => Buffer.from(one).toString('latin1'))
const mail = fc
  .tuple(
    path(senders),
    fc.constantFrom(
      '',
      '',
      '',
      ' SIZE=10',
      ' SIZE=9999999',
      ' BODY=8BITMIME',
      ' SMTPUTF8',
      ' RET=HDRS ENVID=x',
      ' X=1',
      ' SIZE=1 SIZE=1',
    ),
  )
  .map(([sender, rest]) => `MAIL FROM:<${sender}>${rest}`)
const rcpt = fc
  .tuple(
    path(recipients),
    fc.constantFrom('', '', '', ' NOTIFY=NEVER', ' NOTIFY=SUCCESS,DELAY', ' ORCPT=rfc822;a+40b', ' NOTIFY=X'),
  )
  .map(([to, rest]) => `RCPT TO:<${to}>${rest}`)
const auth = fc.constantFrom(
  `AUTH PLAIN ${plain('support', password)}`,
  `AUTH PLAIN ${plain('support', 'wrong')}`,
  `AUTH PLAIN ${plain('fred', password)}`,
  `AUTH PLAIN\r\n${plain('support', password)}`,
  `AUTH LOGIN\r\n${Buffer.from('support').toString('base64')}\r\n${Buffer.from(password).toString('base64')}`,
  'AUTH LOGIN\r\n*',
  'AUTH PLAIN\r\nMAIL FROM:<a@b>',
  'AUTH PLAIN =',
  'AUTH GSSAPI',
  // To act as oneself, as another, as nobody there is, and as whom the log-on's own name says where that is empty.
  ...['support', 'SUPPORT@example.com', 'webmaster', 'fred@example.com', 'nobody', '\u017fupport'].flatMap(
    identity => [
      `AUTH PLAIN ${plain('support', password, identity)}`,
      `AUTH PLAIN\r\n${plain('', password, identity)}`,
    ],
  ),
)
const other = fc.constantFrom(
  ...[
    'NOOP',
    'RSET',
    'RSET',
    'HELP',
    'VRFY fred',
    'EXPN x',
    'noop x',
    'DATA x',
    'BDAT 3 LAST',
    'XCLIENT ADDR=127.0.1.5',
    'LHLO x',
    '',
  ],
  ...[
    'HELO client.example',
    'EHLO client.example',
    'EHLO',
    'EHLO a b',
    ' NOOP',
    'NOOP\t',
    'QUIT x',
    'STARTTLS x',
    'TURN',
    'GET / HTTP/1.0',
  ],
)
/** What is no line of commands. */
const odd = fc.constantFrom(
  'NOOP\nNOOP',
  'NOOP\rNOOP',
  'NOOP \0',
  'RCPT TO:<a@b\r\0>',
  'NOOP \xff',
  `NOOP ${'x'.repeat(3000)}`,
  '\x16\x03\x01',
)
const command = fc.oneof(
  { weight: 6, arbitrary: mail },
  { weight: 8, arbitrary: rcpt },
  { weight: 3, arbitrary: auth },
  { weight: 5, arbitrary: other },
  { weight: 1, arbitrary: odd },
)
const contentLine = fc.constantFrom(
  ...[
    'Subject: x',
    '',
    'text',
    '.',
    '..',
    '...x',
    '.x',
    'ü',
    'Received: by x',
    'x'.repeat(1200),
    '\0',
    'a\nb',
    'a\rb',
  ],
  ...[
    '\n.\nMAIL FROM:<smuggled@x>\nRCPT TO:<someone@elsewhere.example>',
    '\r.\r',
    '\n.',
    'RCPT TO:<smuggled@elsewhere.example>',
    'QUIT',
  ],
)
/** A dot alone is stuffed, as an honest client does, or not, as one that smuggles. */
const content = fc
  .tuple(
    fc.array(contentLine, { maxLength: 6 }),
    fc.boolean(),
    fc.constantFrom('\r\n.\r\n', '\r\n.\r\n', '\r\n.\r\n', '\n.\r\n', '\r\n.\n', ''),
  )
  .map(
    ([lines, isStuffed, end]) =>
      `${lines.map(one => (isStuffed ? one.replace(/^\./, '..') : one)).join('\r\n')}${end}`,
  )
const data = content.map(text => [`DATA\r\n`, text])
const lineOf = (one: fc.Arbitrary<string>) => one.map(text => [`${text}\r\n`])

const transaction = fc
  .tuple(mail, fc.array(rcpt, { minLength: 1, maxLength: 4 }), data)
  .map(([from, to, sent]) => [`${from}\r\n`, ...to.map(one => `${one}\r\n`), ...sent])
const step = fc.oneof(
  { weight: 4, arbitrary: transaction },
  { weight: 8, arbitrary: lineOf(command) },
  { weight: 2, arbitrary: data },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ['QUIT\r\n'],
      ['STARTTLS\r\n', 'EHLO smuggled.example\r\nMAIL FROM:<a@b>\r\n'],
      ['MAIL FR'],
    ),
  },
)
const steps = (maxLength: number) =>
  fc
    .tuple(
      fc.constantFrom(
        ['EHLO client.example\r\n'],
        ['EHLO client.example\r\n'],
        ['EHLO client.example\r\n'],
        [],
      ),
      fc.array(step, { maxLength }),
    )
    .map(([greeting, steps]) => [...greeting, ...steps.flat()])
const client = {
  from: fc.constantFrom('127.0.0.1', '127.0.1.7', '127.0.9.9', '127.0.9.9', '127.0.1.1'),
  chunk: fc.constantFrom(0, 0, 1, 5, 1000, 100_000),
}
const unchanged: fc.Arbitrary<SmtpCase> = fc.record({
  ...client,
  encryption: fc.constantFrom('starttls', 'none', 'starttls-required', 'tls'),
  parts: steps(10),
})
/** In one part with STARTTLS it is there before TLS is; in one of its own it may be taken for TLS. */
const smuggled = fc.constantFrom(
  ['STARTTLS\r\n'],
  ['STARTTLS\r\n'],
  ['starttls\r\n'],
  ['STARTTLS\r\nEHLO smuggled.example\r\nMAIL FROM:<smuggled@x>\r\nRCPT TO:<fred@example.com>\r\n'],
  ['STARTTLS\r\nEHLO smug', 'gled.example\r\n'],
  ['STARTTLS\r\nMAIL FR'],
  ['STARTTLS\r\n', 'RSET\r\n'],
  ['STARTTLS\r\n\x16\x03\x01\x00\x05'],
)
/** Something said or begun in the clear, that nobody remembers; then a whole session through TLS. */
const upgraded: fc.Arbitrary<SmtpCase> = fc
  .tuple(
    fc.record({ ...client, encryption: fc.constantFrom('starttls', 'starttls-required') }),
    fc.oneof(
      { weight: 2, arbitrary: fc.constant(['EHLO client.example\r\n']) },
      { arbitrary: steps(3), weight: 1 },
    ),
    smuggled,
    steps(8),
  )
  .map(([given, before, starttls, secured]) => ({ ...given, parts: [...before, ...starttls], secured }))
export const cases: fc.Arbitrary<SmtpCase> = fc.oneof(
  { weight: 2, arbitrary: unchanged },
  { weight: 1, arbitrary: upgraded },
)
