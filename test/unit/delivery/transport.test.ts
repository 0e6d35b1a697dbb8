/** Messages go over real sockets exactly as they were stored, and every answer comes back to its recipient. */
import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { formatAddress, parseAddress } from '../../../app/mail/address.ts'
import { formatReply } from '../../../app/mail/reply.ts'
import { makeFolder } from '../../support/folder.ts'
import { DROP, type HopAnswer, type NextHop, SILENCE, startNextHop } from '../../support/next-hop.ts'
import { connected, failureIn, outgoing } from './outgoing.ts'

const odd = [
  '"a,b"@d.example',
  '"x(y"@d.example',
  '"a\\"b"@d.example',
  '"a\\\\b"@d.example',
  "o'brien@d.example",
  '" two  spaces "@d.example',
  '"g:alice"@d.example',
  '"(c)alice"@d.example',
  '"a@b"@d.example',
  '""@d.example',
  'user%other@d.example',
  'a!b@d.example',
  'x@[192.0.2.1]',
  'x@[IPv6:2001:db8::1]',
  'x@xn--bcher-kva.example',
]

describe('addresses go out byte for byte', () => {
  for (const address of odd) {
    test(address, async t => {
      const hop = await startNextHop(t)
      const transport = await connected(t, hop)
      await transport.send(outgoing({ reversePath: address, recipients: [address, 'other@d.example'] }))
      const [taken] = hop.taken
      assert.equal(taken?.from, `<${address}> SIZE=20`)
      assert.deepEqual(taken?.to, [`<${address}>`, '<other@d.example>'])
    })
  }

  test('any address that the parser takes, but those with < or >', async t => {
    const hop = await startNextHop(t)
    const transport = await connected(t, hop)
    const localPart = fc.string({
      unit: fc.constantFrom(...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))),
      maxLength: 30,
    })
    await fc.assert(
      fc.asyncProperty(localPart, async text => {
        const address = formatAddress({ localPart: text, domain: 'd.example' })
        fc.pre(parseAddress(address).ok && !/[<>]/.test(address))
        await transport.send(outgoing({ reversePath: address, recipients: [address] }))
        const taken = hop.taken.at(-1)
        assert.equal(taken?.from, `<${address}> SIZE=20`)
        assert.deepEqual(taken?.to, [`<${address}>`])
      }),
      { numRuns: 200 },
    )
  })

  test('the null reverse-path', async t => {
    const hop = await startNextHop(t, { extensions: [] })
    const transport = await connected(t, hop)
    await transport.send(outgoing({ reversePath: '' }))
    assert.equal(hop.taken[0]?.from, '<>')
  })

  test('beyond ASCII, where the hop offers it', async t => {
    const hop = await startNextHop(t)
    const transport = await connected(t, hop)
    await transport.send(outgoing({ recipients: ['bücher@d.example'], smtpUtf8: true }))
    const utf8 = Buffer.from('bücher').toString('latin1')
    assert.deepEqual(hop.taken[0]?.to, [`<${utf8}@d.example>`])
    assert.match(hop.taken[0]?.from ?? '', / SMTPUTF8\b/)
  })

  test('beyond ASCII, where it does not: refused for good, and nothing is said', async t => {
    const hop = await startNextHop(t, { extensions: ['PIPELINING'] })
    const transport = await connected(t, hop)
    const failure = await failureIn(
      transport.send(outgoing({ recipients: ['bücher@d.example'], smtpUtf8: true })),
    )
    assert.equal(failure.kind, 'refused')
    assert.deepEqual([failure.reply.code, failure.reply.status, failure.said], [553, '5.6.7', false])
    assert.deepEqual(hop.heard, ['1 EHLO postern.example'])
  })

  test('one with < fails alone: the library takes none', async t => {
    const hop = await startNextHop(t)
    const transport = await connected(t, hop)
    const recipients = ['"a<b"@d.example', 'c@d.example']
    const { replies } = await transport.send(outgoing({ recipients }))
    assert.deepEqual(
      replies.map(({ code }) => code),
      [553, 250],
    )
    assert.deepEqual(hop.taken[0]?.to, ['<c@d.example>'])
  })

  test('what DSN wishes were stored, in xtext', async t => {
    const hop = await startNextHop(t)
    const transport = await connected(t, hop)
    const wishes = {
      ret: 'HDRS',
      envid: 'a+b=c d',
      notify: ['SUCCESS', 'DELAY'],
      orcpt: 'rfc822;x+y@z',
    } as const
    assert.equal((await transport.send(outgoing(wishes))).dsn, true)
    assert.equal(hop.taken[0]?.from, '<a@x.example> SIZE=20 RET=HDRS ENVID=a+2Bb+3Dc+20d')
    assert.deepEqual(hop.taken[0]?.to, ['<b@y.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;x+2By@z'])
  })

  test('no DSN wishes to a hop that promises none', async t => {
    const hop = await startNextHop(t, { extensions: [] })
    const transport = await connected(t, hop)
    assert.equal((await transport.send(outgoing({ ret: 'FULL', notify: ['SUCCESS'] }))).dsn, false)
    assert.deepEqual([hop.taken[0]?.from, hop.taken[0]?.to], ['<a@x.example>', ['<b@y.example>']])
  })
})

describe('content', () => {
  const contents = [
    '.\r\n',
    '..\r\n.\r\n\r\n',
    'a\r\n.b\r\n',
    'no line end',
    `${'x'.repeat(70_000)}\r\n.\r\n`,
  ]
  for (const content of contents) {
    test(`arrives byte for byte: ${JSON.stringify(content.slice(0, 20))}`, async t => {
      const hop = await startNextHop(t)
      const transport = await connected(t, hop)
      const bytes = Buffer.from(content)
      await transport.send(outgoing({ content: bytes, size: bytes.length }))
      const ended = content.endsWith('\r\n') ? content : `${content}\r\n`
      assert.equal(hop.taken[0]?.content, ended)
    })
  }

  test('from a file, which is closed also when nothing of it was sent', async t => {
    const folder = await makeFolder(t)
    const path = join(folder, 'large')
    await writeFile(path, 'line\r\n'.repeat(200_000))
    const hop = await startNextHop(t)
    const transport = await connected(t, hop)
    await transport.send(outgoing({ content: createReadStream(path), size: 1_200_000 }))
    assert.equal(hop.taken[0]?.content.length, 1_200_000)
    hop.script = { answer: command => (command.startsWith('MAIL') ? '550 5.7.1 no' : undefined) }
    for (const size of [1_200_000, 900_000_000]) {
      const unsent = createReadStream(path)
      await failureIn(transport.send(outgoing({ content: unsent, size })))
      assert.equal(unsent.destroyed, true)
    }
  })

  test('that ends in a disk error never gets its final dot', async t => {
    const hop = await startNextHop(t)
    const transport = await connected(t, hop)
    const content = createReadStream('/proc/self/mem')
    const failure = await failureIn(transport.send(outgoing({ content, size: 10 })))
    assert.equal(failure.kind, 'broken')
    transport.close()
    await hop.until(() => hop.sockets.size === 0)
    assert.deepEqual(hop.taken, [])
  })
})

describe('each recipient has its own answer', () => {
  const answers: Readonly<Record<string, string>> = {
    'a@d': '250 2.1.5 ok',
    'b@d': '450 4.2.1 later',
    'c@d': '550 5.1.1 nobody',
    'd@d': '552-5.2.2 full\r\n552 5.2.2 really',
  }
  const answer = (command: string) => answers[/^RCPT TO:<(.*)>$/.exec(command)?.[1] ?? '']

  for (const extensions of [['PIPELINING'], []]) {
    const how = extensions.join() || 'one command at a time'
    test(`some refused, ${how}`, async t => {
      const hop = await startNextHop(t, { answer, extensions })
      const transport = await connected(t, hop)
      const { replies } = await transport.send(outgoing({ recipients: Object.keys(answers) }))
      assert.deepEqual(replies.map(formatReply), [
        '250 2.0.0 taken',
        '450 4.2.1 later',
        '550 5.1.1 nobody',
        '552 5.2.2 full really',
      ])
    })

    test(`all refused, each by another code, ${how}; the next message goes over the same connection`, async t => {
      const hop = await startNextHop(t, { answer, extensions })
      const transport = await connected(t, hop)
      const { replies } = await transport.send(outgoing({ recipients: ['c@d', 'b@d', 'd@d'] }))
      assert.deepEqual(
        replies.map(({ code }) => code),
        [550, 450, 552],
      )
      await transport.reset()
      await transport.send(outgoing())
      assert.equal(hop.connections, 1)
      assert.equal(hop.taken.length, 1)
    })

    for (const stage of ['DATA', '.']) {
      test(`${stage} refused for good doesn't touch who was put off before, ${how}`, async t => {
        const refuse = (command: string) => (command === stage ? '554 5.6.0 no' : answer(command))
        const hop = await startNextHop(t, { answer: refuse, extensions })
        const transport = await connected(t, hop)
        const { replies } = await transport.send(outgoing({ recipients: ['b@d', 'a@d', 'c@d'] }))
        assert.deepEqual(
          replies.map(({ code }) => code),
          [450, 554, 550],
        )
      })
    }

    for (const code of [450, 550]) {
      test(`MAIL refused by ${code}, ${how}`, async t => {
        const refuse = (command: string) => (command.startsWith('MAIL') ? `${code} 1.2.3 no` : undefined)
        const hop = await startNextHop(t, { answer: refuse, extensions })
        const transport = await connected(t, hop)
        const failure = await failureIn(transport.send(outgoing({ recipients: ['a@d', 'b@d'] })))
        assert.deepEqual([failure.kind, failure.reply.code, failure.said], ['refused', code, true])
        await transport.reset()
        assert.equal(hop.connections, 1)
      })
    }
  }

  test('LMTP: each after the content, also when the last is refused', async t => {
    const final = '250 2.0.0 in\r\n552 5.2.2 full\r\n450 4.2.1 later'
    const hop = await startNextHop(t, { answer: command => (command === '.' ? final : undefined) })
    const transport = await connected(t, hop, { lmtp: true })
    const { replies } = await transport.send(outgoing({ recipients: ['a@d', 'b@d', 'c@d'] }))
    assert.deepEqual(
      replies.map(({ code }) => code),
      [250, 552, 450],
    )
  })

  test('LMTP: who was answered before the connection broke off has the message', async t => {
    const hop: NextHop = await startNextHop(t, {
      answer: command => {
        if (command !== '.') return undefined
        setImmediate(() => {
          for (const socket of hop.sockets) socket.end()
        })
        return '250 2.0.0 in for a\r\n552 5.2.2 full'
      },
    })
    const transport = await connected(t, hop, { lmtp: true })
    const { replies } = await transport.send(outgoing({ recipients: ['a@d', 'b@d', 'c@d'] }))
    assert.deepEqual(
      replies.map(({ code }) => code),
      [250, 552, 451],
    )
    assert.equal(replies[0]?.text, 'in for a')
  })

  test('the hop asks for a log-on at MAIL: mail waits until the route has one', async t => {
    const answer = (command: string) => (command.startsWith('MAIL') ? '530 5.7.0 log on' : undefined)
    const hop = await startNextHop(t, { answer })
    const failure = await failureIn((await connected(t, hop)).send(outgoing()))
    assert.equal(failure.reply.code, 454)
    assert.match(failure.reply.text, /takes mail only after a log-on .*give the route a login/)
  })

  for (const [extensions, parameter] of [
    [['8BITMIME'], / BODY=8BITMIME/],
    [[], /^MAIL FROM:<a@x\.example>$/],
  ] as const) {
    test(`8-bit content goes unchanged to a hop that offers ${extensions[0] ?? 'no 8BITMIME'}`, async t => {
      const hop = await startNextHop(t, { extensions })
      const content = Buffer.from('Subject: x\r\n\r\ncaf\u00e9\r\n')
      const transport = await connected(t, hop)
      await transport.send(outgoing({ eightBit: true, content, size: content.length }))
      assert.equal(hop.taken[0]?.content, content.toString('latin1'))
      const mail = hop.heard.find(line => line.includes('MAIL')) ?? ''
      assert.match(mail.replace(/^\d+ /, ''), parameter)
    })
  }

  test('larger than the hop takes: refused for good, before it is sent', async t => {
    const hop = await startNextHop(t, { extensions: ['SIZE 100'] })
    const failure = await failureIn((await connected(t, hop)).send(outgoing({ size: 101 })))
    assert.deepEqual([failure.reply.code, failure.reply.status], [552, '5.3.4'])
    assert.equal(hop.heard.length, 1)
  })
})

describe('whatever happens, nothing is taken for delivered or refused that is not', () => {
  const stages = ['MAIL', 'RCPT', 'DATA', '.', 'RSET']
  const evils: readonly [string, HopAnswer][] = [
    ['drops', DROP],
    ['says 421', '421 4.3.2 shutting down'],
    ['says garbage', 'hello there'],
    ['says 354', '354 what'],
    ['says a digit', '5'],
    ['says a digit of a yes', '2'],
    ['says two digits', '25'],
    ['says four digits', '2500 ok'],
    ['says 600', '600 huh'],
    ['says yes and no', '250-2.0.0 yes\r\n550 5.0.0 no'],
    ['says no and yes', '550-5.0.0 no\r\n250 2.0.0 yes'],
    ['says yes and what is no reply', '250-2.0.0 yes\r\n999 what'],
    ['says 2 MB', '250-x\r\n'.repeat(300_000)],
    ['is silent', SILENCE],
    ['comes to no end', { drip: `250 2.0.0 ${'x'.repeat(400)}`, every: 40 }],
  ]
  const patience = { connect: 1000, greeting: 1000, answer: 300, silent: 60_000 }
  for (const stage of stages) {
    for (const [evil, said] of evils) {
      if (stage === 'DATA' && evil === 'says 354') continue
      for (const extensions of [['PIPELINING'], []]) {
        test(`${stage}: ${evil} ${extensions.join()}`, { timeout: 5000 }, async t => {
          const answer = (command: string) =>
            (stage === '.' ? command === '.' : command.startsWith(stage)) ? said : undefined
          const hop = await startNextHop(t, { answer, extensions })
          const transport = await connected(t, hop, { patience })
          const sent = transport.send(outgoing({ recipients: ['a@d', 'b@d'] }))
          const codes = await sent.then(
            ({ replies }) => replies.map(({ code }) => code),
            error => [error.reply.code],
          )
          if (stage === 'RSET') {
            assert.deepEqual(codes, [250, 250])
            await failureIn(transport.reset())
          } else for (const code of codes) assert.ok(code >= 400 && code < 500, `${code}`)
          // Who was taken after all must not get an empty message.
          assert.ok(hop.taken.every(({ content }) => content !== ''))
        })
      }
    }
  }

  test('LMTP: two digits take the message for nobody', async t => {
    const hop = await startNextHop(t, { answer: command => (command === '.' ? '25' : undefined) })
    const transport = await connected(t, hop, { lmtp: true })
    const codes = await transport.send(outgoing()).then(
      ({ replies }) => replies.map(({ code }) => code),
      error => [error.reply.code],
    )
    assert.deepEqual(codes, [451])
  })

  const tooSoon: readonly [string, string][] = [
    ['takes DATA without a go-ahead', '250 2.0.0 ok'],
    ['answers the content before it has it', '354 go ahead\r\n250 2.0.0 ok'],
  ]
  for (const [name, said] of tooSoon) {
    for (const extensions of [['PIPELINING'], []]) {
      for (const content of [
        Buffer.from('Subject: x\r\n\r\nRSET\r\n'),
        Readable.from([Buffer.from('RSET\r\n')]),
      ]) {
        const kind = Buffer.isBuffer(content) ? 'whole' : 'streamed'
        test(`${name}: not a byte of content goes out (${kind}, ${extensions.join()})`, async t => {
          const answer = (command: string) => (command === 'DATA' ? said : undefined)
          const hop = await startNextHop(t, { answer, extensions })
          const transport = await connected(t, hop)
          const bytes = Buffer.from('RSET\r\n')
          const content = kind === 'whole' ? bytes : Readable.from([bytes])
          const failure = await failureIn(transport.send(outgoing({ content, size: 6 })))
          assert.equal(failure.kind, 'broken')
          assert.ok(!transport.usable)
          assert.ok(!hop.heard.some(line => line.includes('RSET')), `${hop.heard}`)
        })
      }
    }
  }

  test('garbage is not put into the mouth of the hop', async t => {
    const answer = (command: string) => (command.startsWith('MAIL') ? 'hello' : undefined)
    const hop = await startNextHop(t, { answer, extensions: [] })
    const failure = await failureIn((await connected(t, hop)).send(outgoing()))
    assert.deepEqual([failure.reply.status, failure.said], ['4.5.0', false])
  })

  test('a reply of many lines is kept short', async t => {
    const text = Array.from({ length: 500 }, (_, i) => `550-5.1.1 line ${i}\r\n`).join('')
    const answer = (command: string) => (command.startsWith('RCPT') ? `${text}550 5.1.1 end` : undefined)
    const hop = await startNextHop(t, { answer })
    const { replies } = await (await connected(t, hop)).send(outgoing())
    assert.equal(replies[0]?.code, 550)
    assert.ok((replies[0]?.text.length ?? 0) <= 1001)
  })

  test('closed by us while the hop is silent', async t => {
    const hop = await startNextHop(t, { answer: command => (command === '.' ? SILENCE : undefined) })
    const transport = await connected(t, hop)
    const sending = failureIn(transport.send(outgoing()))
    await hop.until(() => hop.heard.some(line => line.includes('DATA')))
    transport.close()
    assert.equal((await sending).kind, 'broken')
    assert.equal(transport.usable, false)
  })

  test('ended by the hop between two messages, or at the second MAIL: that one was not begun', async t => {
    const answers: HopAnswer[] = [DROP, '421 4.4.2 idle too long']
    for (const said of answers) {
      let count = 0
      const answer = (command: string) => (command.startsWith('MAIL') && ++count === 2 ? said : undefined)
      const hop = await startNextHop(t, { answer })
      const transport = await connected(t, hop)
      await transport.send(outgoing())
      assert.equal((await failureIn(transport.send(outgoing()))).kind, 'unsent')
      assert.equal((await failureIn(transport.send(outgoing()))).kind, 'unsent')
    }
  })
})
