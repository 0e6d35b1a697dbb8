/** Known holes, sessions: order, log-on, TLS, commands of old and limits, each with the reply that the RFC asks for. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { before, describe, test } from 'node:test'
import builtInOptions from 'smtp-server/lib/tls-options.js'
import { makeCertificate } from '../support/certificate.ts'
import { SmtpClient } from '../support/client.ts'
import { endOfSuite } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { password, type RunningRelay, startRelay } from '../support/relay.ts'
import { startSink } from '../support/sink.ts'

const stranger = '127.0.9.9'
const mail = 'MAIL FROM:<a@client.example>'
const right = `AUTH PLAIN ${Buffer.from(`\0support\0${password}`).toString('base64')}`
const wrong = `AUTH PLAIN ${Buffer.from('\0support\0guess').toString('base64')}`
const asAnother = (who: string) =>
  `AUTH PLAIN ${Buffer.from(`${who}\0support\0${password}`).toString('base64')}`

describe('known holes: commands', () => {
  const suite = endOfSuite()
  let relay: RunningRelay
  before(async () => {
    relay = await startRelay(suite, { smtp: { maxRecipients: 5, maxConnectionsPerClient: 100 } })
  })

  const table: [hole: string, lines: readonly string[], answer: RegExp][] = [
    ['AUTH within a transaction', [mail, right], /^503 5\.5\.1 /],
    ['AUTH within a transaction, cut in two', [mail, 'AUTH LOGIN'], /^503 5\.5\.1 /],
    ['AUTH twice', [right, right], /^503 5\.5\.1 /],
    ['AUTH to act as another', [asAnother('webmaster')], /^535 5\.7\.8 .*authorization identity/],
    ['AUTH to act as nobody', [asAnother('nobody')], /^535 5\.7\.8 .*authorization identity/],
    [
      'AUTH to act as another, cut in two',
      ['AUTH PLAIN', asAnother('fred').slice(11)],
      /^535 5\.7\.8 .*identity/,
    ],
    ['AUTH to act as oneself', [asAnother('support@example.com')], /^235 /],
    ['AUTH before EHLO of a session', ['RSET', right], /^235 /],
    ['a parameter of MAIL that nobody knows', [`${mail} XYZZY=1`], /^555 5\.5\.4 .*XYZZY/],
    ['a parameter of MAIL without a name', [`${mail} =1`], /^555 5\.5\.4 /],
    ['one of RCPT at MAIL', [`${mail} NOTIFY=NEVER`], /^555 5\.5\.4 .*NOTIFY/],
    ['one of an extension that is not offered', [`${mail} REQUIRETLS`], /^555 5\.5\.4 /],
    ['HOLDFOR, BY and MT-PRIORITY', [`${mail} HOLDFOR=60`], /^555 5\.5\.4 /],
    ['a parameter of RCPT that nobody knows', [mail, 'RCPT TO:<fred@example.com> X=1'], /^555 5\.5\.4 /],
    ['the same twice', [`${mail} SIZE=1 SIZE=2`], /^501 5\.5\.4 .*twice/],
    ['VRFY', ['VRFY fred'], /^252 2\.1\.5 /],
    ['VRFY of nobody', ['VRFY nobody'], /^252 2\.1\.5 /],
    ['VRFY with a smuggled end', ['VRFY fred\x0b250 fred'], /^500 5\.5\.2 /],
    ...['EXPN staff', 'WIZ', 'SHELL', 'KILL', 'DEBUG', 'TURN', 'ETRN example.com', 'ATRN example.com'].map(
      line => [line, [line], /^500 5\.5\.1 /] satisfies [string, readonly string[], RegExp],
    ),
    ...['SEND FROM:<a@b.example>', 'SOML FROM:<a@b.example>', 'SAML FROM:<a@b.example>', 'ONEX', 'VERB'].map(
      line => [line, [line], /^500 5\.5\.1 /] satisfies [string, readonly string[], RegExp],
    ),
    ['XCLIENT', ['XCLIENT ADDR=127.0.0.1 LOGIN=support'], /^500 5\.5\.1 /],
    ['XFORWARD', ['XFORWARD ADDR=127.0.0.1'], /^500 5\.5\.1 /],
    ['PROXY in a session', ['PROXY TCP4 127.0.0.1 127.0.0.1 1 25'], /^500 5\.5\.1 /],
    ['BDAT', [mail, 'RCPT TO:<fred@example.com>', 'BDAT 3 LAST'], /^500 5\.5\.1 /],
    ['a look-alike of MAIL', ['maıl FROM:<a@b.example>'], /^500 5\.5\.2 /],
    ['a look-alike of STARTTLS', ['ſtarttls'], /^500 5\.5\.2 /],
  ]
  for (const [hole, lines, answer] of table) {
    test(`${hole}: ${lines.at(-1)?.slice(0, 40)}`, async t => {
      const client = await SmtpClient.open(t, relay.endpoint(), { from: stranger })
      const answers = await client.say(...lines)
      assert.match(answers.at(-1) ?? '', answer)
    })
  }

  test('none of them made the client another, or let it relay', async t => {
    const client = await SmtpClient.open(t, relay.endpoint(), { from: stranger })
    const lines = ['XCLIENT ADDR=127.0.0.1', 'XFORWARD ADDR=127.0.0.1', mail, 'RCPT TO:<b@elsewhere.example>']
    assert.match((await client.say(...lines)).at(-1) ?? '', /^530 5\.7\.0 /)
    assert.equal(
      relay.events.find(event => 'client' in event && event.client === '127.0.0.1'),
      undefined,
    )
  })

  test('who wanted to act as another is logged on as neither, and told of', async t => {
    const client = await SmtpClient.open(t, relay.endpoint(), { from: '127.0.9.44' })
    const answers = await client.say(asAnother('webmaster'), mail, 'RCPT TO:<b@elsewhere.example>')
    assert.match(answers.at(-1) ?? '', /^530 5\.7\.0 /)
    const told = relay.events.filter(event => 'client' in event && event.client === '127.0.9.44')
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['logon-failed', 'recipient-refused'],
    )
    const guess = asAnother('webmaster').replace(
      /\S+$/,
      Buffer.from('webmaster\0support\0guess').toString('base64'),
    )
    assert.match(await client.ask('RSET'), /^250 /)
    assert.match(await client.ask(guess), /^535 5\.7\.8 User name or password is wrong$/)
  })

  test('a header of the PROXY protocol before the greeting makes nobody another', async t => {
    const client = await SmtpClient.connect(t, relay.endpoint(), stranger)
    client.send('PROXY TCP4 127.0.0.1 127.0.0.1 1 25\r\n')
    assert.match(await client.end(), /^554 5\.5\.1 /)
  })

  test('recipients beyond the limit are asked to come in another message', async t => {
    const client = await SmtpClient.open(t, relay.endpoint())
    const recipients = Array.from({ length: 300 }, (_, at) => `RCPT TO:<r${at}@elsewhere.example>`)
    const [, ...answers] = await client.say(mail, ...recipients)
    assert.equal(answers.filter(answer => /^250 2\.1\.5 /.test(answer)).length, 5)
    assert.equal(answers.filter(answer => /^452 4\.5\.3 /.test(answer)).length, 295)
    assert.match(await client.ask('DATA'), /^354 /)
    assert.match(await client.ask('x\r\n.'), /^250 /)
    const [message] = await relay.control.listQueue({})
    assert.equal(message?.envelope.recipients.length, 5)
  })
})

describe('known holes: talking before the greeting', () => {
  const early = `EHLO bot\r\n${mail}\r\nRCPT TO:<fred@example.com>\r\nDATA\r\nspam\r\n.\r\nQUIT\r\n`

  for (const [who, from] of [
    ['a stranger', stranger],
    ['a machine of the office', '127.0.0.1'],
  ] as const) {
    for (const [what, bytes] of [
      ['a whole session', early],
      ['half a command', 'EH'],
    ] as const) {
      test(`${what} of ${who} is refused, and nothing of it is done`, async t => {
        const relay = await startRelay(t)
        const client = await SmtpClient.connect(t, relay.endpoint(), from)
        client.send(bytes)
        assert.match(await client.end(), /^554 5\.5\.1 Wait for the greeting .*\r\n$/)
        const { reply } = await relay.event('connection-refused')
        assert.equal(reply.code, 554)
        assert.equal((await relay.control.listQueue({})).length, 0)
        client.reset()
        await relay.waitForSessions(0)
      })
    }
  }

  test('a stranger who trickles it in before the greeting, too', async t => {
    const relay = await startRelay(t)
    const client = await SmtpClient.connect(t, relay.endpoint(), stranger)
    setTimeout(() => client.send('EHLO bot\r\n'), 20)
    assert.match(await client.end(), /^554 5\.5\.1 /)
  })

  test('inside TLS from the first byte, too', async t => {
    const relay = await startRelay(t)
    const client = await SmtpClient.connect(t, relay.endpoint('tls'), stranger)
    await client.secure()
    client.send(early)
    assert.match(await client.end(), /^554 5\.5\.1 /)
  })

  test('behind the greeting everything may come at once', async t => {
    const relay = await startRelay(t)
    const client = await SmtpClient.open(t, relay.endpoint(), { from: stranger })
    client.send(early)
    const answers = [/^250[- ]/, /^250 2\.1\.0 /, /^250 2\.1\.5 /, /^354 /, /^250 2\.0\.0 /, /^221 /]
    for (const answer of answers) assert.match(await client.reply(), answer)
  })
})

describe('known holes: TLS', () => {
  test('a log-on is neither offered nor taken without TLS, but where the settings say so', async t => {
    const relay = await startRelay(t, { smtp: { plaintextAuthentication: 'local-networks' } })
    const client = await SmtpClient.open(t, relay.endpoint(), { from: stranger })
    assert.doesNotMatch(await client.ask('EHLO x'), /AUTH/)
    for (const line of [right, 'AUTH LOGIN', 'AUTH CRAM-MD5'])
      assert.match(await client.ask(line), /^538 5\.7\.11 .*STARTTLS/)
    const office = await SmtpClient.open(t, relay.endpoint())
    assert.match(await office.ask('EHLO x'), /AUTH PLAIN LOGIN/)
  })

  test('what comes behind STARTTLS in the clear is thrown away, however much it is', async t => {
    const relay = await startRelay(t)
    const injected = `EHLO evil\r\n${mail}\r\nRCPT TO:<fred@example.com>\r\n`
    for (const more of [injected, `${'NOOP\r\n'.repeat(500)}${injected}`, 'EHLO cut', `${right}\r\n`]) {
      const client = await SmtpClient.open(t, relay.endpoint(), { from: stranger })
      await client.ask('EHLO x')
      client.send(`STARTTLS\r\n${more}`)
      assert.match(await client.reply(), /^220 /)
      await client.secure()
      assert.match(await client.ask('RCPT TO:<fred@example.com>'), /^503 5\.5\.1 .*EHLO/)
      assert.match(await client.ask('EHLO x'), /AUTH PLAIN LOGIN/)
      assert.match(await client.ask('RCPT TO:<fred@example.com>'), /^503 5\.5\.1 MAIL/)
      client.reset()
    }
    assert.equal(relay.events.filter(({ kind }) => kind === 'logged-on' || kind === 'accepted').length, 0)
  })

  test('what a next hop says behind its 220 to STARTTLS counts for nothing inside TLS', async t => {
    const { key, cert, ca } = await makeCertificate(await makeFolder(t))
    const injected = '250-evil.example\n250-AUTH PLAIN\n250 SIZE 1'
    const sink = await startSink(t, {
      tls: { key, cert },
      reply: ({ stage }) => (stage === 'starttls' ? `220 go\n${injected}` : undefined),
    })
    const routes = [{ to: ['*'], via: 'smart-host', hosts: [sink.address], encryption: 'starttls-required' }]
    const relay = await startRelay(t, { delivery: { routes: routes.map(one => ({ ...one, trust: ca })) } })
    const client = await SmtpClient.open(t, relay.endpoint())
    await client.say(mail, 'RCPT TO:<b@elsewhere.example>', 'DATA')
    assert.match(await client.ask('x\r\n.'), /^250 /)
    const [transaction] = await sink.waitForMail(1)
    assert.equal(transaction?.secure, true)
    // SIZE 1 would have kept it here.
    assert.match(transaction?.mail ?? '', /^MAIL FROM:<a@client\.example>.* SIZE=\d{3}/)
  })

  test('the key that smtp-server publishes is never served, and every relay makes its own', async t => {
    const published = new X509Certificate(String(builtInOptions({}).cert)).publicKey
    const keys: string[] = []
    for (let at = 0; at < 2; at++) {
      const relay = await startRelay(t)
      const set = await relay.control.setSettings('smtp.idleTimeout', '59s', 'command line')
      assert.ok(set.ok)
      for (const encryption of ['tls', 'starttls'] as const) {
        for (const servername of ['', 'localhost', 'mail.example.com', 'other.example']) {
          const client = await SmtpClient.connect(t, relay.endpoint(encryption))
          if (encryption === 'starttls') {
            await client.reply()
            await client.ask('EHLO x')
            await client.ask('STARTTLS')
          }
          const shown = (await client.secure({ servername })).getPeerX509Certificate()?.publicKey
          assert.ok(shown && !shown.equals(published))
          keys.push(String(shown.export({ format: 'pem', type: 'spki' })))
          client.reset()
        }
      }
    }
    assert.equal(new Set(keys).size, 2)
  })
})

describe('known holes: too much of one client', () => {
  test('guesses in one session wait longer and longer, and the fifth ends it', async t => {
    const relay = await startRelay(t)
    const client = await SmtpClient.open(t, relay.endpoint(), { from: stranger })
    await client.ask('EHLO x')
    const waits: number[] = []
    for (let guess = 1; guess <= 5; guess++) {
      const begun = performance.now()
      const answer = await client.ask(wrong)
      waits.push(performance.now() - begun)
      assert.match(answer, guess < 5 ? /^535 5\.7\.8 / : /^421 4\.7\.0 /)
    }
    assert.equal(await client.end(), '')
    const [first = 0, , , fourth = 0, fifth = 0] = waits
    assert.ok(first < 450 && fourth >= 490 && fourth + fifth >= 1490, `${waits}`)
    assert.equal(relay.events.filter(({ kind }) => kind === 'logon-failed').length, 5)
  })

  test('guesses that come in one piece are answered one by one, at the same pace', async t => {
    const relay = await startRelay(t)
    const client = await SmtpClient.open(t, relay.endpoint(), { from: stranger })
    await client.ask('EHLO x')
    const begun = performance.now()
    client.send(`${wrong}\r\n`.repeat(50))
    const said = await client.end()
    assert.equal(said.match(/^535 /gm)?.length, 4)
    assert.match(said, /421 4\.7\.0 [^\n]*\r\n$/)
    assert.ok(performance.now() - begun >= 1490)
    assert.equal(relay.events.filter(({ kind }) => kind === 'logon-failed').length, 5)
  })

  test('a slip and then the right password is not made to wait', async t => {
    const relay = await startRelay(t)
    const client = await SmtpClient.open(t, relay.endpoint(), { from: stranger })
    const [first, second] = await client.say(wrong, right)
    assert.match(first ?? '', /^535 /)
    assert.match(second ?? '', /^235 /)
  })

  test('300 idle sessions of one address get 20 places, and others are served meanwhile', async t => {
    const relay = await startRelay(t)
    const opened = Array.from({ length: 300 }, () => SmtpClient.open(t, relay.endpoint(), { from: stranger }))
    const greetings = (await Promise.all(opened)).map(({ greeting }) => greeting)
    assert.equal(greetings.filter(greeting => greeting.startsWith('220 ')).length, 20)
    // Too many connections are an offence, too: the last of them are turned away for that.
    const refused = greetings.filter(greeting => /^(421 4\.3\.2 .*your address|421 4\.7\.0 )/.test(greeting))
    assert.equal(refused.length, 280, greetings.at(-1))
    for (const from of ['127.0.9.10', '127.0.0.1']) {
      const client = await SmtpClient.open(t, relay.endpoint(), { from })
      await client.say(mail, 'RCPT TO:<fred@example.com>', 'DATA')
      assert.match(await client.ask('x\r\n.'), /^250 2\.0\.0 /)
      client.reset()
    }
    for (const client of await Promise.all(opened)) client.reset()
    await relay.waitForSessions(0)
  })
})
