/** Random SMTP sessions with a whole relay, from a grammar; each is read along by what the RFC says a server does. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { password, type RunningRelay, startRelay } from '../support/relay.ts'
import { isAccepted, isKept } from './smtp-books.ts'
import { follow, type Told } from './smtp-model.ts'
import { targetOf } from './target.ts'

interface SmtpCase {
  /** The client's address: of the office, a stranger's, or the router's. */
  readonly from: string
  readonly encryption: 'none' | 'starttls' | 'starttls-required'
  /** Everything that is sent, a character for each byte. */
  readonly parts: readonly string[]
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
const plain = (user: string, word: string) => Buffer.from(`\0${user}\0${word}`).toString('base64')

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
const cases: fc.Arbitrary<SmtpCase> = fc.record({
  from: fc.constantFrom('127.0.0.1', '127.0.1.7', '127.0.9.9', '127.0.9.9', '127.0.1.1'),
  encryption: fc.constantFrom('starttls', 'none', 'starttls-required'),
  parts: fc
    .tuple(
      fc.constantFrom(
        ['EHLO client.example\r\n'],
        ['EHLO client.example\r\n'],
        ['EHLO client.example\r\n'],
        [],
      ),
      fc.array(step, { maxLength: 10 }),
    )
    .map(([greeting, steps]) => [...greeting, ...steps.flat()]),
  chunk: fc.constantFrom(0, 0, 1, 5, 1000, 100_000),
})

/** Milliseconds for a session of a few kilobytes. */
const PATIENCE = 20_000

export const MOST_BYTES = 4096
export const MOST_RECIPIENTS = 5

export const smtpTarget = targetOf<SmtpCase>({
  name: 'smtp',
  cases,
  open: async ending => {
    const listeners = ['none', 'starttls', 'starttls-required'].map(encryption => ({
      address: '127.0.0.1',
      port: 0,
      encryption,
    }))
    const relay = await startRelay(ending, {
      smtp: {
        listeners,
        maxMessageSize: MOST_BYTES,
        maxRecipients: MOST_RECIPIENTS,
        maxConnectionsPerClient: 100,
        ids: { enabled: false },
      },
      delivery: { routes: [{ to: ['*'], via: 'hold' }] },
    })
    return async given => {
      const sent = Buffer.from(given.parts.join(''), 'latin1')
      const start = relay.events.length
      const said = await converse(relay, given, sent)
      const told: Told = follow(sent, said, MOST_BYTES)
      await isAccepted(relay, given.from, told, MOST_RECIPIENTS)
      await isKept(relay, told, start)
      const kinds = relay.events.slice(start).filter(({ kind }) => kind === 'error' || kind === 'warning')
      assert.deepEqual(kinds, [])
    }
  },
})

/** Sends it all, as soon as the greeting is there; what the relay said until it closed. */
async function converse(
  relay: RunningRelay,
  { from, encryption, parts, chunk }: SmtpCase,
  sent: Buffer,
): Promise<string> {
  const socket = connect({ ...relay.endpoint(encryption), localAddress: from, allowHalfOpen: true })
  const said: Buffer[] = []
  const isClosed = new Promise<boolean>(resolve => socket.on('close', () => resolve(true)))
  const greeted = new Promise<void>(resolve => socket.once('data', () => resolve()))
  socket.on('error', () => undefined).on('data', bytes => said.push(bytes))
  socket.on('end', () => socket.end())
  await once(socket, 'connect')
  await Promise.race([greeted, isClosed])
  const pieces = chunk === 0 ? parts.map(part => Buffer.from(part, 'latin1')) : cut(sent, chunk)
  for (const piece of pieces) {
    if (!socket.writable) break
    await new Promise<void>(resolve => socket.write(piece, () => resolve()))
  }
  if (socket.writable) socket.end()
  const late = new Promise<boolean>(resolve => setTimeout(resolve, PATIENCE, false).unref())
  const hasEnded = await Promise.race([isClosed, late])
  socket.destroy()
  assert.ok(hasEnded, `the session doesn't end; it said ${JSON.stringify(Buffer.concat(said).toString())}`)
  return Buffer.concat(said).toString('latin1')
}

function cut(bytes: Buffer, length: number): Buffer[] {
  // Of what is long, some bytes at a time are enough.
  const step = Math.max(length, Math.ceil(bytes.length / 2000))
  return Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) =>
    bytes.subarray(at * step, (at + 1) * step),
  )
}
