/** Guards over smtp-server: each fails when the library changes where app/smtp/ corrects it. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import dns from 'node:dns'
import { before, describe, mock, test } from 'node:test'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { SMTPServer } from 'smtp-server'
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js'
import builtInOptions from 'smtp-server/lib/tls-options.js'
import { type Reply, reply } from '../../../app/mail/reply.ts'
import { ConnectionServer } from '../../../app/smtp/connection-server.ts'
import { changingOptions, fixedOptions } from '../../../app/smtp/options.ts'
import type { Dialogue, ProtocolOptions } from '../../../app/smtp/protocol.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { type Endpoint, SmtpClient } from '../../support/client.ts'
import { atEnd, type Ending, endOfSuite } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'

/** Says yes to everything. */
const agreeable: Dialogue = {
  greet: () => reply(220, '', ''),
  greetingDelay: () => 0,
  refuseHaste: () => reply(554, '5.5.1', 'no'),
  mendsLineEnds: () => false,
  mended: () => {},
  tooMuch: () => undefined,
  authentication: () => 'offered',
  logOn: async () => reply(235, '2.7.0', 'yes'),
  staysLoggedOn: () => true,
  mail: () => reply(250, '2.1.0', 'yes'),
  recipient: () => reply(250, '2.1.5', 'yes'),
  inTransaction: false,
  refuseData: () => undefined,
  data: async content => {
    await content.read(() => undefined)
    return reply(250, '2.0.0', 'yes')
  },
  misbehaved: () => {},
  turnedDown: () => {},
  secured: () => {},
  reset: () => {},
}

describe('smtp-server', () => {
  const suite = endOfSuite()
  let options: ProtocolOptions
  let shown: string
  before(async () => {
    const { key, cert } = await makeCertificate(await makeFolder(suite))
    shown = cert
    options = { hostname: 'ours.example', maxMessageSize: 10_000, ...limits, tls: { key, cert } }
  })

  /** Ours, with a dialogue that says yes. */
  function ours(test: Ending, encryption: 'starttls' | 'tls' = 'starttls', dialogue = agreeable) {
    let count = 0
    const enter = () => ({ id: `session${++count}` })
    const server = new ConnectionServer(encryption, options, {
      enter,
      leave: () => {},
      begin: () => dialogue,
    })
    return listening(test, server)
  }

  /** The library alone, told what we tell it. */
  function plain(test: Ending, more: object = {}) {
    const server = new SMTPServer({
      ...fixedOptions('starttls'),
      ...changingOptions(options),
      onAuth: (_auth, _session, done) => done(null, { user: 'somebody' }),
      ...more,
    })
    return listening(test, server)
  }

  test('calls the methods that we override or call', async t => {
    const called: [object, readonly string[]][] = [
      [SMTPServer.prototype, ['connect', '_handleProxy', 'updateSecureContext']],
      [
        SMTPConnection.prototype,
        [
          'init',
          'connectionReady',
          'send',
          '_createParser',
          '_onCommand',
          '_isSupported',
          '_resetSession',
          '_setListeners',
          '_transmissionType',
          '_whenWritable',
          'handler_MAIL',
          'handler_RCPT',
          'handler_VRFY',
          'handler_HELP',
        ],
      ],
      [SMTPStream.prototype, ['_write', '_flushData']],
      [SMTPConnection.prototype, ['_onClose']],
    ]
    const spies = called.flatMap(([owner, names]) => names.map(name => [name, spyOn(owner, name)] as const))
    atEnd(t, () => {
      for (const restore of restorations.splice(0)) restore()
    })
    const client = await SmtpClient.open(t, await plain(t))
    for (const line of ['EHLO x', 'VRFY x', 'HELP', 'MAIL FROM:<a@b>', 'RCPT TO:<c@d>', 'DATA']) {
      assert.match(await client.ask(line), /^[23]/)
    }
    assert.match(await client.ask('x\r\n.'), /^250/)
    client.send('NO')
    await client.finish()
    for (const [name, calls] of spies) assert.ok(calls() > 0, `the library doesn't call ${name} any more`)
  })

  test('keeps its state where we read it', async t => {
    const { server, ...endpoint } = await listeningPlain(t)
    const client = await SmtpClient.open(t, endpoint)
    const [connection] = server.connections
    assert.ok(connection)
    for (const name of ['_ready', '_upgrading', '_handlerPending', '_nextHandler', '_parser'])
      assert.ok(Object.hasOwn(connection, name), name)
    assert.equal(connection._ready, true)
    assert.equal(connection._nextHandler, false)
    await client.ask('EHLO x')
    await client.ask('AUTH LOGIN')
    assert.equal(typeof connection._nextHandler, 'function')
    assert.ok(connection._parser instanceof SMTPStream)
    assert.equal(connection._parser.isClosed, false)
    assert.equal(connection._transactionCounter, 0)
    assert.equal(connection._unrecognizedCommands, 0)
    assert.ok(server._pendingSockets instanceof Map)
  })

  async function listeningPlain(test: Ending) {
    const server = new SMTPServer({ ...fixedOptions('starttls'), ...changingOptions(options) })
    return { server, ...(await listening(test, server)) }
  }

  test('waits before its greeting, and we do not', async t => {
    assert.ok((await greetingTime(t, await plain(t))) > 90, 'the library greets at once now: init is to go')
    const times: number[] = []
    const endpoint = await ours(t)
    for (let i = 0; i < 5; i++) times.push(await greetingTime(t, endpoint))
    assert.ok(Math.min(...times) < 10, `${times}`)
  })

  test('asks the DNS for names of clients, and we do not', async t => {
    const asked = mock.method(dns, 'reverse', (_ip: string, done: (error: Error) => void) =>
      done(new Error('no')),
    )
    atEnd(t, () => mock.restoreAll())
    await SmtpClient.open(t, await ours(t))
    assert.equal(asked.mock.callCount(), 0)
    await SmtpClient.open(t, await plain(t, { disableReverseLookup: false }))
    assert.equal(asked.mock.callCount(), 1)
  })

  test('never shows its built-in certificate', async t => {
    const mine = new X509Certificate(shown).fingerprint256
    const builtIn = new X509Certificate(String(builtInOptions({}).cert)).fingerprint256
    assert.notEqual(mine, builtIn)
    const implicit = await ours(t, 'tls')
    for (const servername of ['', 'localhost', 'other.example']) {
      const socket = await handshake(t, { ...implicit, ...(servername && { servername }) })
      assert.equal(socket.getPeerX509Certificate()?.fingerprint256, mine)
      const client = await SmtpClient.open(t, await ours(t))
      await client.ask('STARTTLS')
      assert.equal((await client.secure({ servername })).getPeerX509Certificate()?.fingerprint256, mine)
    }
  })

  test('shows a new certificate when it is given one', async t => {
    const server = new ConnectionServer('tls', options, reception)
    const endpoint = await listening(t, server)
    const { key, cert } = await makeCertificate(await makeFolder(t))
    server.update({ ...options, tls: { key, cert } })
    const socket = await handshake(t, endpoint)
    assert.equal(socket.getPeerX509Certificate()?.fingerprint256, new X509Certificate(cert).fingerprint256)
  })

  test('speaks no TLS older than 1.2', async t => {
    const old = { minVersion: 'TLSv1' as const, maxVersion: 'TLSv1.1' as const, ciphers: 'ALL:@SECLEVEL=0' }
    await assert.rejects(handshake(t, { ...(await ours(t, 'tls')), ...old }), /alert protocol version/)
  })

  test('an answer of ours that fails is a reply, and told', async t => {
    const broken: Dialogue = { ...agreeable, data: async () => Promise.reject(new Error('bang')) }
    const server = new ConnectionServer('none', options, { ...reception, begin: () => broken })
    const client = await SmtpClient.open(t, await listening(t, server))
    const told: unknown[] = []
    server.on('error', error => told.push(error))
    await client.say('MAIL FROM:<a@b>', 'RCPT TO:<c@d>', 'DATA')
    assert.match(await client.ask('x\r\n.'), /^451 4\.3\.0 /)
    assert.match(String(told), /bang/)
    assert.match(await client.ask('NOOP'), /^250 /)
  })

  describe('is corrected where it still', () => {
    const auth = `AUTH PLAIN ${Buffer.from('\0a\0b').toString('base64')}`
    const wrong: [string, string, RegExp, RegExp][] = [
      ['takes LF alone for a line end', 'NOOP\n', /^250/, /^500 5\.5\.2/],
      ['takes CR within a line', 'NOOP a\rRSET\r\n', /^250/, /^500 5\.5\.2/],
      ['decodes what is not base64', 'AUTH PLAIN !AGEAYg==\r\n', /^235/, /^501 5\.5\.2/],
      ['answers LHLO without a status', 'LHLO x\r\n', /^500 Error/, /^500 5\.5\.1/],
      ['says where it reads', 'HELP\r\n', /tools\.ietf\.org/, /^214 2\.0\.0 Postern/],
    ]
    for (const [name, line, before, after] of wrong) {
      test(name, async t => {
        assert.match(await sayTo(t, await plain(t), line), before, 'the library does it right now')
        assert.match(await sayTo(t, await ours(t), line), after)
      })
    }

    test('lets AUTH into a transaction', async t => {
      assert.match(await sayTo(t, await plain(t), 'MAIL FROM:<a@b>\r\n', `${auth}\r\n`), /^235/)
      const within = { ...agreeable, inTransaction: true }
      assert.match(await sayTo(t, await ours(t, 'starttls', within), `${auth}\r\n`), /^503 5\.5\.1/)
    })

    test('hands over local parts that others read as two addresses', async t => {
      const line = 'MAIL FROM:<a,b@c.example>\r\n'
      assert.match(await sayTo(t, await plain(t), line), /^250/)
      const asked: string[] = []
      const strict = { ...agreeable, mail: noteIn(asked, reply(553, '5.1.7', 'no')) }
      assert.match(await sayTo(t, await ours(t, 'starttls', strict), line), /^553 5\.1\.7 no$/)
      assert.deepEqual(asked, ['MAIL FROM:<a,b@c.example>'])
    })

    test('runs a line that the end of the connection cut off', async t => {
      const senders: string[] = []
      const library = await plain(t, {
        onMailFrom: ({ address }: { address: string }, _session: unknown, done: () => void) => {
          senders.push(address)
          done()
        },
      })
      const keep = { ...agreeable, mail: noteIn(senders, reply(250, '2.1.0', 'yes')) }
      for (const endpoint of [library, await ours(t, 'starttls', keep)]) {
        const client = await SmtpClient.open(t, endpoint)
        await client.ask('EHLO x')
        client.send('MAIL FROM:<cut@off.example>')
        await client.finish()
      }
      assert.deepEqual(senders, ['cut@off.example'])
    })
  })
})

const reception = { enter: () => ({ id: 'session' }), leave: () => {}, begin: () => agreeable }

function noteIn(lines: string[], answer: Reply): (line: string) => Reply {
  return line => {
    lines.push(line)
    return answer
  }
}

const restorations: (() => void)[] = []

/** Counts the calls, and lets them through. */
function spyOn(owner: object, name: string): () => number {
  const value: unknown = Reflect.get(owner, name)
  assert.equal(typeof value, 'function', `the library has no ${name} any more`)
  let calls = 0
  Reflect.set(owner, name, function (this: unknown, ...args: unknown[]) {
    calls++
    return typeof value === 'function' ? Reflect.apply(value, this, args) : undefined
  })
  restorations.push(() => Reflect.set(owner, name, value))
  return () => calls
}

async function listening(test: Ending, server: SMTPServer): Promise<Endpoint> {
  server.on('error', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  atEnd(test, () => {
    server.close()
    for (const connection of server.connections) connection._socket.destroy()
  })
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('it has no port')
  return { host: '127.0.0.1', port: address.port }
}

/** Milliseconds from the connection to the first byte. */
async function greetingTime(test: Ending, endpoint: Endpoint): Promise<number> {
  const start = performance.now()
  await SmtpClient.open(test, endpoint)
  return performance.now() - start
}

/** The answer to the last of these, after EHLO. */
async function sayTo(test: Ending, endpoint: Endpoint, ...lines: readonly string[]): Promise<string> {
  const client = await SmtpClient.open(test, endpoint)
  await client.ask('EHLO x')
  let answer = ''
  for (const line of lines) {
    client.send(line)
    answer = await client.reply()
  }
  return answer
}

async function handshake(test: Ending, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connectTls({ rejectUnauthorized: false, ...options })
  atEnd(test, () => void socket.destroy())
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  return socket
}

const limits = {
  idleTimeout: 10_000,
  sessionTimeout: 60_000,
  commandTimeout: 10_000,
  dataTimeout: 10_000,
  minDataRate: 0,
}
