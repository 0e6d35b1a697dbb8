/** Known holes, addresses: none is unpacked, read twice or altered; each goes on byte for byte, or is refused. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { SmtpClient } from '../support/client.ts'
import { endOfSuite } from '../support/ending.ts'
import { account, officeWith, type RunningRelay, startRelay } from '../support/relay.ts'
import { type Sink, startSink } from '../support/sink.ts'
import { startWire, type Wire } from '../support/wire.ts'

const stranger = '127.0.9.9'
const REFUSED = /^(501 5\.5\.4|553 5\.1\.[37]) /

describe('known holes: addresses', () => {
  const suite = endOfSuite()
  let relay: RunningRelay
  let sink: Sink
  let wire: Wire

  before(async () => {
    sink = await startSink(suite)
    wire = await startWire(suite, sink)
    const routes = [
      { to: ['bücher.example', '*.xn--strae-oqa.example'], via: 'smart-host', hosts: [wire.address] },
      { to: ['elsewhere.example', 'far.example'], via: 'smart-host', hosts: [wire.address] },
    ].map(route => ({ ...route, encryption: 'none' }))
    relay = await startRelay(suite, {
      localDomains: ['example.com', 'köln.example'],
      users: [
        { ...account('fred'), addresses: ['fred@example.com', 'fred@köln.example'] },
        { ...account('list'), addresses: ['"x%y"@example.com', 'a!b@example.com'] },
      ],
      aliases: { 'out@example.com': ['"a,b"@elsewhere.example', '"c@d"@far.example'] },
      delivery: { routes },
      smtp: { ids: { enabled: false } },
    })
  })
  after(() => assert.equal(new Set(relay.events.map(({ kind }) => kind)).has('error'), false))

  async function recipient(path: string, mail = 'MAIL FROM:<a@client.example>', from = stranger) {
    const client = await SmtpClient.open(suite, relay.endpoint(), { from })
    const [, answer = ''] = await client.say(mail, `RCPT TO:<${path}>`)
    client.reset()
    return answer
  }

  describe('a way through us to another server is never unpacked, from wherever it comes', () => {
    const ways: [hole: string, path: string, answer: RegExp][] = [
      ['percent hack', 'user%elsewhere.example@example.com', /^550 5\.1\.3 /],
      ['percent hack to a user of ours', 'fred%example.com@example.com', /^550 5\.1\.3 /],
      ['double percent', 'user%far.example%elsewhere.example@example.com', /^550 5\.1\.3 /],
      ['two percents in a row', 'user%%elsewhere.example@example.com', /^550 5\.1\.3 /],
      ['%40', 'user%40elsewhere.example@example.com', /^550 5\.1\.3 /],
      ['bang path', 'elsewhere.example!user@example.com', /^550 5\.1\.3 /],
      ['long bang path', 'far.example!elsewhere.example!user@example.com', /^550 5\.1\.3 /],
      ['bang and percent', 'far.example!user%elsewhere.example@example.com', /^550 5\.1\.3 /],
      ['quoted percent', '"user%elsewhere.example"@example.com', /^550 5\.1\.3 /],
      ['escaped percent', '"user\\%elsewhere.example"@example.com', /^550 5\.1\.3 /],
      ['quoted @', '"user@elsewhere.example"@example.com', /^550 5\.1\.3 /],
      ['escaped @', '"user\\@elsewhere.example"@example.com', /^550 5\.1\.3 /],
      ['quoted bang', '"elsewhere.example!user"@example.com', /^550 5\.1\.3 /],
      ['percent at our address literal', 'user%elsewhere.example@[127.0.0.1]', /^550 5\.1\.3 /],
      ['percent at our U-label', 'user%elsewhere.example@xn--kln-sna.example', /^550 5\.1\.3 /],
      ['two @', 'user@elsewhere.example@example.com', /^553 5\.1\.3 /],
      [
        'source route',
        '@example.com:user@elsewhere.example',
        /^553 5\.1\.3 Source routes are not supported: give the recipient's address alone/,
      ],
      ['source route of two', '@a.example,@example.com:user@elsewhere.example', /^553 5\.1\.3 /],
      ['source route to a user of ours', '@elsewhere.example:fred@example.com', /^553 5\.1\.3 /],
      ['percent, and a dot behind the domain', 'user%elsewhere.example@example.com.', /^550 5\.1\.3 /],
      ['two trailing dots', 'user@elsewhere.example..', /^553 5\.1\.3 /],
    ]
    for (const [hole, path, answer] of ways) {
      test(`${hole}: <${path}>`, async () => {
        for (const from of [stranger, '127.0.1.50', '127.0.1.1'])
          assert.match(await recipient(path, undefined, from), answer, from)
      })
    }

    test('one dot behind the domain is the same domain: for every rule, in the log and in the queue', async () => {
      assert.match(await recipient('fred@example.com.'), /^250 /)
      assert.match(await recipient('nobody@EXAMPLE.com.'), /^550 5\.1\.1 /)
      assert.match(await recipient('user@elsewhere.example.'), /^530 5\.7\.0 /)
      const client = await SmtpClient.open(suite, relay.endpoint(), { from: '127.0.1.50' })
      await client.say('MAIL FROM:<a@client.example.>', 'RCPT TO:<b@nowhere.example.>', 'DATA')
      assert.match(await client.ask('x\r\n.'), /^250 /)
      client.reset()
      const told = relay.events.findLast(({ kind }) => kind === 'accepted')
      assert.ok(told?.kind === 'accepted')
      assert.deepEqual([told.from, told.to], ['a@client.example', ['b@nowhere.example']])
      const held = (await relay.control.listQueue({ match: told.id }))[0]?.envelope
      assert.deepEqual(
        [held?.reversePath, held?.recipients.map(({ address }) => address)],
        [told.from, told.to],
      )
    })

    test('such a mailbox that really exists gets its mail, and nothing else does', async () => {
      assert.match(await recipient('"x%y"@example.com'), /^250 /)
      assert.match(await recipient('x%y@example.com'), /^250 /)
      assert.match(await recipient('a!b@example.com'), /^250 /)
      assert.match(await recipient('x%z@example.com'), /^550 5\.1\.3 /)
    })
  })

  describe('A-labels and U-labels are one domain to every rule', () => {
    const utf8 = 'MAIL FROM:<a@client.example> SMTPUTF8'
    const alike: [what: string, one: string, other: string, answer: RegExp, from: string][] = [
      ['a local domain', 'fred@köln.example', 'fred@xn--kln-sna.example', /^250 /, stranger],
      ['in capitals', 'fred@KÖLN.example', 'fred@XN--KLN-SNA.EXAMPLE', /^250 /, stranger],
      ['nobody there', 'no@köln.example', 'no@xn--kln-sna.example', /^550 5\.1\.1 /, stranger],
      ['elsewhere', 'a@bücher.example', 'a@xn--bcher-kva.example', /^530 5\.7\.0 /, stranger],
      ['from the router', 'a@bücher.example', 'a@xn--bcher-kva.example', /^550 5\.7\.1 /, '127.0.1.1'],
    ]
    for (const [what, one, other, answer, from] of alike) {
      test(what, async () => {
        assert.match(await recipient(one, utf8, from), answer)
        assert.match(await recipient(other, undefined, from), answer)
      })
    }

    test('routes, too: both go to the hop of the route, as A-labels', async () => {
      await send(utf8, ['a@bücher.example', 'b@xn--bcher-kva.example', 'c@x.straße.example'])
      const [transaction] = (await sink.waitForMail(1)).slice(-1)
      assert.deepEqual(transaction?.recipients.map(pathOf).sort(), [
        '<a@xn--bcher-kva.example>',
        '<b@xn--bcher-kva.example>',
        '<c@x.xn--strae-oqa.example>',
      ])
    })

    test('a name that only looks like one is refused', async () => {
      for (const path of ['fred@xn--a-ecp.ru', 'fred@exam\u00adple.com', 'fred@ｅxample.com'])
        assert.match(await recipient(path, utf8), /^553 5\.1\.3 /, path)
    })
  })

  /** From the office to the sink. */
  async function send(mail: string, paths: readonly string[]): Promise<void> {
    const client = await SmtpClient.open(suite, relay.endpoint())
    const lines = [mail, ...paths.map(path => `RCPT TO:<${path}>`), 'DATA']
    for (const answer of await client.say(...lines)) assert.match(answer, /^[23]5\d /)
    assert.match(await client.ask('x\r\n.'), /^250 /)
    client.reset()
  }

  describe('odd local parts arrive byte for byte, or are refused', () => {
    const odd: [inBare: string, quoted: string][] = [
      ['a,b', '"a,b"'],
      ['a;b', '"a;b"'],
      ['(c)a', '"(c)a"'],
      ['g:a', '"g:a"'],
      ['x(', '"x("'],
      ['a"b', '"a\\"b"'],
      ['a\\b', '"a\\\\b"'],
      ['a b', '"a b"'],
      ['.a', '".a"'],
      ['a..b', '"a..b"'],
      ['a@b', '"a@b"'],
      ['[x]', '"[x]"'],
      ["'a'", "'a'"],
      ['a=?utf-8?q?b?=', 'a=?utf-8?q?b?='],
      ['A.Case', 'A.Case'],
    ]
    for (const [bare, legal] of odd) {
      test(`${legal} as recipient and as sender`, async () => {
        const [from, to] = [`${legal}@client.example`, `${legal}@elsewhere.example`]
        const before = sink.received.length
        await send(`MAIL FROM:<${from}>`, [to])
        const [transaction] = (await sink.waitForMail(before + 1)).slice(-1)
        assert.equal(pathOf(transaction?.mail ?? ''), `<${from}>`)
        assert.deepEqual(transaction?.recipients.map(pathOf), [`<${to}>`])
        const sent = wire.sent()
        assert.ok(sent.includes(`MAIL FROM:<${from}>`) && sent.includes(`RCPT TO:<${to}>`))
      })
      if (bare === legal) continue
      test(`${bare} without its quotation marks is refused`, async () => {
        assert.match(await recipient(`${bare}@elsewhere.example`, undefined, '127.0.1.50'), REFUSED)
        const client = await SmtpClient.open(suite, relay.endpoint())
        assert.match((await client.say(`MAIL FROM:<${bare}@client.example>`)).join(), REFUSED)
      })
    }

    test('through an alias, too', async () => {
      const before = sink.received.length
      await send('MAIL FROM:<a@client.example>', ['out@example.com'])
      await sink.waitForMail(before + 1)
      const paths = () => sink.received.slice(before).flatMap(({ recipients }) => recipients.map(pathOf))
      assert.deepEqual(paths().sort(), ['<"a,b"@elsewhere.example>', '<"c@d"@far.example>'])
    })
  })

  describe('one entry of an envelope is one address', () => {
    const several = [
      'a@elsewhere.example,b@elsewhere.example',
      'a@elsewhere.example b@elsewhere.example',
      'a@elsewhere.example;b@elsewhere.example',
      'a@elsewhere.example>,<b@elsewhere.example',
      'A <a@elsewhere.example>',
      'g:a@elsewhere.example,b@elsewhere.example;',
    ]
    const broken = [
      'a\r\nRCPT TO:<b@elsewhere.example>\r\n@elsewhere.example',
      'a\n@b.example',
      '"a\r\n"@b.example',
    ]

    for (const path of several) {
      test(`over the line: <${path}>`, async () => {
        assert.match(await recipient(path, undefined, '127.0.1.50'), /^(501|553|555) 5\./)
      })
    }

    for (const text of [...several, ...broken]) {
      test(`in settings: ${JSON.stringify(text)}`, async () => {
        const places: [change: object, path: string][] = [
          [{ aliases: { 'x@example.com': [text] } }, 'aliases'],
          [{ aliases: { [text]: ['fred'] } }, 'aliases'],
          [{ catchAll: { 'example.com': text } }, 'catchAll'],
          [{ users: [{ ...account('fred'), forwardTo: [text] }] }, 'users[0].forwardTo[0]'],
          [{ users: [{ ...account('fred'), addresses: [text] }] }, 'users[0].addresses[0]'],
          [{ users: [{ ...account('fred'), sendAs: text }] }, 'users[0].sendAs'],
          [{ delivery: { routes: [{ to: ['*'], via: 'hold', sendAs: text }] } }, 'delivery.routes[0].sendAs'],
          [{ delivery: { alerts: { mailTo: [text] } } }, 'delivery.alerts.mailTo[0]'],
          [{ hostname: text }, 'hostname'],
        ]
        for (const [change, where] of places) {
          const problems = await relay.control.checkSettings(JSON.stringify(officeWith(change)))
          const paths = problems.map(({ path }) => path)
          assert.ok(
            paths.some(path => path.startsWith(where)),
            `${where} takes it: ${paths}`,
          )
        }
      })
    }

    test('in what a client asks of a report: ORCPT and ENVID', async () => {
      const asked = [
        'ORCPT=rfc822;a+0D+0ARCPT+20TO:<b@x.example>',
        'ORCPT=rfc822;a+0A@x.example',
        'ORCPT=utf-8;a\\x{0D}\\x{0A}@x.example',
      ]
      for (const parameter of asked) {
        const client = await SmtpClient.open(suite, relay.endpoint())
        const line = `RCPT TO:<b@elsewhere.example> ${parameter}`
        const [, answer = ''] = await client.say('MAIL FROM:<a@client.example>', line)
        if (!answer.startsWith('250')) assert.match(answer, /^501 5\.5\.4 /, parameter)
        else assert.match(parameter, /utf-8/, 'an escape of RFC 6533 stays one')
      }
      const client = await SmtpClient.open(suite, relay.endpoint())
      assert.match((await client.say('MAIL FROM:<a@client.example> ENVID=a+0D+0AX')).join(), /^501 5\.5\.4 /)
    })
  })

  test('an address that is not ASCII needs SMTPUTF8', async () => {
    const plain = 'MAIL FROM:<a@client.example>'
    assert.match(await recipient('jörg@elsewhere.example', plain, '127.0.1.50'), /^553 5\.6\.7 /)
    assert.match(await recipient('fred@köln.example', plain), /^553 5\.6\.7 /)
    const client = await SmtpClient.open(suite, relay.endpoint())
    assert.match((await client.say('MAIL FROM:<jörg@client.example>')).join(), /^553 5\.6\.7 /)
  })
})

/** Of a MAIL or RCPT line, without its parameters. */
function pathOf(line: string): string {
  return /^(?:MAIL FROM|RCPT TO):(<.*>)/.exec(line)?.[1] ?? line
}
