/** Known holes, content: nothing is smuggled in or out between line ends, NUL, loops and sizes; old devices by a row's leave. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { SmtpClient } from '../support/client.ts'
import { type Ending, endOfSuite } from '../support/ending.ts'
import { type RunningRelay, startRelay } from '../support/relay.ts'
import { type Sink, startSink } from '../support/sink.ts'
import { startWire, type Wire } from '../support/wire.ts'

const stranger = '127.0.9.9'
const device = '127.0.0.40'
const envelope = ['MAIL FROM:<a@client.example>', 'RCPT TO:<b@elsewhere.example>', 'DATA'] as const
/** What a smuggler wants to be read as commands behind an end that only one of two servers sees. */
const smuggled = 'MAIL FROM:<smuggled@client.example>\r\nRCPT TO:<victim@elsewhere.example>\r\nDATA\r\nx'

interface Way {
  readonly relay: RunningRelay
  readonly sink: Sink
  readonly wire: Wire
}

async function openWay(test: Ending, smtp: object = {}): Promise<Way> {
  const sink = await startSink(test)
  const wire = await startWire(test, sink)
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [wire.address], encryption: 'none' }]
  return { relay: await startRelay(test, { smtp, delivery: { routes } }), sink, wire }
}

async function begin(test: Ending, { relay }: Way, from = '127.0.0.1'): Promise<SmtpClient> {
  const client = await SmtpClient.open(test, relay.endpoint(), { from })
  for (const answer of await client.say(...envelope)) assert.match(answer, /^[23]5\d /)
  return client
}

/** Nothing came of it: neither here nor further on. */
async function assertNothing({ relay, sink }: Way, taken = 0): Promise<void> {
  assert.deepEqual(await relay.control.listQueue({}), [])
  assert.equal(sink.received.length, taken)
  assert.equal(relay.events.filter(({ kind }) => kind === 'accepted').length, taken)
}

describe('known holes: content coming in', () => {
  const suite = endOfSuite()
  let way: Way
  before(async () => {
    way = await openWay(suite)
  })

  const bad: [hole: string, wire: string, answer: RegExp][] = [
    ['LF . LF', `a\r\nb\n.\n${smuggled}`, /^554 5\.6\.0 .*LF without CR in line 2/],
    ['LF . CR LF', `a\r\nb\n.\r\n${smuggled}`, /^554 5\.6\.0 .*LF without CR in line 2/],
    ['CR LF . LF', `a\r\n.\n${smuggled}`, /^554 5\.6\.0 .*LF without CR in line 2/],
    ['CR . CR', `a\r.\r${smuggled}`, /^554 5\.6\.0 .*CR.*line 1/],
    ['CR . CR LF', `a\r.\r\n${smuggled}`, /^554 5\.6\.0 .*CR.*line 1/],
    ['CR LF . CR', `a\r\n.\r${smuggled}`, /^554 5\.6\.0 .*CR.*line 2/],
    ['CR CR LF . CR LF', `a\r\r\n.\r\r\n${smuggled}`, /^554 5\.6\.0 .*CR/],
    ['LF LF . LF', `a\n\n.\n${smuggled}`, /^554 5\.6\.0 .*LF/],
    ['CR LF NUL . CR LF', `a\r\n\0.\r\n${smuggled}`, /^554 5\.6\.0 .*NUL.*line 2/],
    ['CR LF . NUL CR LF', `a\r\n.\0\r\n${smuggled}`, /^554 5\.6\.0 .*NUL.*line 2/],
    ['NUL in the header', 'Subject: a\0b\r\n\r\nx', /^554 5\.6\.0 .*NUL.*line 1/],
    ['NUL in the body', 'Subject: a\r\n\r\nx\0y', /^554 5\.6\.0 .*NUL.*line 3/],
    ['LF alone', 'a\nb', /^554 5\.6\.0 .*LF without CR in line 1/],
    ['CR alone', 'a\rb', /^554 5\.6\.0 .*CR.*line 1/],
    ['CR at the very end', 'a\r', /^554 5\.6\.0 .*CR/],
    ['120 Received fields', `${'Received: x\r\n'.repeat(120)}\r\nx`, /^554 5\.4\.6 .*circle/],
    ['120, in other letters', `${'rECEIVED : x\r\n\ty\r\n'.repeat(120)}\r\nx`, /^554 5\.4\.6 /],
  ]
  for (const [hole, wire, answer] of bad) {
    for (const cut of [undefined, 1]) {
      test(`${hole}${cut ? ', byte by byte' : ''} is refused as one message, and nothing of it is a command`, async t => {
        const client = await begin(t, way)
        client.socket.setNoDelay(true)
        const bytes = `${wire}\r\n.\r\n`
        if (cut) for (const byte of bytes.slice(0, 300)) client.send(Buffer.from(byte, 'latin1'))
        client.send(Buffer.from(cut ? bytes.slice(300) : bytes, 'latin1'))
        assert.match(await client.reply(), answer)
        assert.match(await client.ask('NOOP'), /^250 /)
        assert.match(await client.ask('RCPT TO:<b@elsewhere.example>'), /^503 /)
        await assertNothing(way)
      })
    }
  }

  const commands: [hole: string, wire: string, answers: readonly RegExp[]][] = [
    ['LF alone', 'NOOP\n', [/^500 5\.5\.2 .*CR LF/]],
    ['CR alone', 'NOOP\rRSET\r\n', [/^500 5\.5\.2 .*control/]],
    ['CR CR LF', 'NOOP\r\r\n', [/^500 5\.5\.2 .*control/]],
    ['NUL', 'NOOP\0\r\n', [/^500 5\.5\.2 .*control/]],
    ['LF between two commands', 'NOOP\nRSET\r\n', [/^500 5\.5\.2 .*CR LF/, /^250 2\.0\.0 /]],
    ['LF in an address', 'MAIL FROM:<a\n@b.example>\r\n', [/^500 5\.5\.2 .*CR LF/, /^500 5\.5\.1 /]],
  ]
  for (const [hole, wire, answers] of commands) {
    test(`${hole} in commands is refused with a reply that says so`, async t => {
      const client = await SmtpClient.open(t, way.relay.endpoint())
      await client.ask('EHLO client.example')
      client.send(wire)
      for (const answer of answers) assert.match(await client.reply(), answer)
      assert.match(await client.ask('NOOP'), /^250 /)
    })
  }

  test('100 Received fields are no circle yet', async t => {
    const client = await begin(t, way)
    assert.match(await client.ask(`${'Received: x\r\n'.repeat(100)}\r\nx\r\n.`), /^250 /)
    await way.sink.waitForMail(1)
  })
})

describe('known holes: sizes', () => {
  const large = 'x'.repeat(1022).concat('\r\n')

  test('a size that is announced and too large is refused before any content', async t => {
    const way = await openWay(t, { maxMessageSize: 10_000 })
    const client = await SmtpClient.open(t, way.relay.endpoint())
    const [answer] = await client.say('MAIL FROM:<a@client.example> SIZE=10001')
    assert.match(answer ?? '', /^552 5\.3\.4 .*10000 bytes/)
  })

  for (const [what, first, answer] of [
    ['too much', '', /552 5\.3\.4 .*200000 bytes.*\r\n$/],
    ['too much of what is refused anyway', 'a\0b\r\n', /554 5\.6\.0 .*\r\n$/],
  ] as const) {
    test(`content that is ${what} is cut early: answered, and read no more`, async t => {
      const way = await openWay(t, { maxMessageSize: 200_000 })
      const client = await begin(t, way)
      let ended = false
      const heard = client.end().then(said => {
        ended = true
        return said
      })
      client.send(first)
      let sent = 0
      for (; !ended && sent < 200_000_000; sent += large.length) {
        if (!client.socket.write(large))
          await Promise.race([once(client.socket, 'drain').catch(() => {}), heard])
      }
      assert.match(await heard, answer)
      assert.ok(sent < 60_000_000, `${sent} bytes went`)
      await assertNothing(way)
      assert.deepEqual(await readdir(join(way.relay.folder, 'spool', 'large')), [])
      const event = await way.relay.event('message-refused')
      assert.match(`${event.reply.code}`, /^55[24]$/)
      client.reset()
      await way.relay.waitForSessions(0)
    })
  }

  test('content a little too large is read to its end, and the session goes on', async t => {
    const way = await openWay(t, { maxMessageSize: 10_000 })
    const client = await begin(t, way)
    assert.match(await client.ask(`${large.repeat(500)}.`), /^552 5\.3\.4 /)
    assert.match(await client.ask('NOOP'), /^250 /)
  })
})

describe('known holes: content going out', () => {
  const suite = endOfSuite()
  let way: Way
  before(async () => {
    way = await openWay(suite)
  })

  test('every line ends in CR LF, and only the last dot stands alone', async t => {
    const content = '.\r\n..\r\n.a\r\n\r\n.\r\n.\r\nMAIL FROM:<smuggled@client.example>\r\n'
    const client = await begin(t, way)
    assert.match(await client.ask(`${content.replace(/^\./gm, '..')}.`), /^250 /)
    const [transaction] = await way.sink.waitForMail(1)
    assert.ok(transaction?.content.toString('latin1').endsWith(content))
    const wire = way.wire.sent().toString('latin1')
    assert.doesNotMatch(wire, /(?<!\r)\n|\r(?!\n)/)
    assert.equal(wire.match(/\r\n\.\r\n/g)?.length, 1)
    assert.equal(way.sink.received.length, 1)
  })

  test('a next hop that answers in odd bytes puts none into what its sender is told', async t => {
    way.sink.reply = ({ stage, line }) =>
      stage === 'rcpt' && line.includes('b@') ? '550 5.1.1 no\r.\r\0\x85 such\x0buser' : undefined
    const client = await SmtpClient.open(t, way.relay.endpoint())
    const lines = ['MAIL FROM:<"a,b"@client.example>', 'RCPT TO:<b@elsewhere.example>', 'DATA']
    for (const answer of await client.say(...lines)) assert.match(answer, /^[23]5\d /)
    assert.match(await client.ask('x\r\n.'), /^250 /)
    const [, report] = await way.sink.waitForMail(2)
    assert.match(report?.mail ?? '', /^MAIL FROM:<>/)
    assert.deepEqual(
      report?.recipients.map(line => line.split(' NOTIFY')[0]),
      ['RCPT TO:<"a,b"@client.example>'],
    )
    assert.doesNotMatch(way.wire.sent().toString('latin1'), /(?<!\r)\n|\r(?!\n)|[\0\x0b]/)
  })
})

describe('old devices', () => {
  const access = [
    { action: 'block', from: 'routers' },
    { action: 'allow', from: device, withoutAuthentication: true, mendLineEnds: true },
    { action: 'allow', from: 'local-networks', withoutAuthentication: true },
    { action: 'block', from: '127.0.9.40', mendLineEnds: true },
  ]

  /** As a device that knows LF only. */
  async function sendAll(test: Ending, { relay }: Way, from: string, text: string): Promise<string[]> {
    const client = await SmtpClient.open(test, relay.endpoint(), { from })
    const answers: string[] = []
    for (const part of text.split('|')) {
      client.send(part)
      answers.push(await client.reply())
    }
    return answers
  }
  const letter = (to: string) =>
    `EHLO scanner\n|MAIL FROM:<scanner@example.com>\n|RCPT TO:<${to}>\n|DATA\n|Subject: scan\n\none\n..two\n.\n`

  test('a row that says so takes lines that end in LF alone, and they go out as CR LF', async t => {
    const way = await openWay(t, { access })
    const answers = await sendAll(t, way, device, letter('b@elsewhere.example'))
    assert.match(answers.at(-1) ?? '', /^250 2\.0\.0 Ok: queued/)
    const [transaction] = await way.sink.waitForMail(1)
    assert.ok(transaction?.content.toString().endsWith('Subject: scan\r\n\r\none\r\n.two\r\n'))
    assert.doesNotMatch(way.wire.sent().toString('latin1'), /(?<!\r)\n|\r(?!\n)/)
    const event = await way.relay.event('accepted')
    assert.equal(event.mended, true)
  })

  test('what such a device ends is ended for everybody, and CR alone is refused from it too', async t => {
    const way = await openWay(t, { access })
    const client = await SmtpClient.open(t, way.relay.endpoint(), { from: device })
    for (const answer of await client.say(...envelope)) assert.match(answer, /^[23]5\d /)
    assert.match(await client.ask('a\r.\rNOOP\r\n.'), /^554 5\.6\.0 .*CR/)
    for (const end of ['a\n.\n', 'a\n.\r\n', 'a\r\n.\n', 'a\r\n.\r\n']) {
      for (const line of envelope) assert.match(await client.ask(line), /^[23]5\d /)
      client.send(`${end}NOOP\n`)
      assert.match(await client.reply(), /^250 2\.0\.0 Ok: queued/, JSON.stringify(end))
      assert.match(await client.reply(), /^250 2\.0\.0 OK/i)
    }
    const taken = await way.sink.waitForMail(4)
    for (const { content } of taken) assert.match(content.toString(), /\r\na\r\n$/)
  })

  test('also where the row blocks: it says who relays, and not who may write to the office', async t => {
    const way = await openWay(t, { access })
    const answers = await sendAll(t, way, '127.0.9.40', letter('fred@example.com'))
    assert.match(answers.at(-1) ?? '', /^250 /)
  })

  test('nobody else, not even beside it; not where the global list is silent; and no more once the row is off', async t => {
    const way = await openWay(t, { access })
    for (const from of ['127.0.0.41', stranger]) {
      const client = await SmtpClient.open(t, way.relay.endpoint(), { from })
      client.send('EHLO scanner\n')
      assert.match(await client.reply(), /^500 5\.5\.2 .*CR LF/)
    }
    const client = await SmtpClient.open(t, way.relay.endpoint(), { from: device })
    client.send('NOOP\n')
    assert.match(await client.reply(), /^250 /)
    const set = async (path: string, value: unknown) =>
      assert.ok((await way.relay.control.setSettings(path, value, 'command line')).ok)
    await set('globalAccess', [{ action: 'allow', from: 'any' }])
    client.send('NOOP\n')
    assert.match(await client.reply(), /^250 /)
    await set('smtp.useGlobalAccess', true)
    client.send('NOOP\n')
    assert.match(await client.reply(), /^500 5\.5\.2 /)
    await set('globalAccess[0].mendLineEnds', true)
    client.send('NOOP\n')
    assert.match(await client.reply(), /^250 /)
    await set('smtp.access[1].enabled', false)
    client.send('NOOP\n')
    assert.match(await client.reply(), /^500 5\.5\.2 /)
  })

  test('the decision says so, in the row and as a step', async t => {
    const way = await openWay(t, { access })
    const steps = async (client: string) =>
      (await way.relay.control.explain({ client, to: 'b@elsewhere.example' })).steps.join('\n')
    assert.match(await steps(device), /line ends mended\) matches.*\nLines that end in LF alone are taken/)
    assert.doesNotMatch(await steps('127.0.0.41'), /LF alone/)
  })
})
