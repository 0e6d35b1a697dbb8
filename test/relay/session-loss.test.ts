/** Clients that go without a word, or stay without one, at every stage: nothing crashes, and nothing of them stays. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SmtpClient } from '../support/client.ts'
import type { Ending } from '../support/ending.ts'
import { password, type RunningRelay, startRelay } from '../support/relay.ts'
import { waitFor } from '../support/wait.ts'

type Stage = (client: SmtpClient) => Promise<void>

const large = Buffer.from(`${'x'.repeat(78)}\r\n`.repeat(4000))
const credentials = Buffer.from(`\0support\0${password}`).toString('base64')

/** Up to DATA's 354. */
const data: Stage = async client => {
  const replies = await client.say('MAIL FROM:<a@client.example>', 'RCPT TO:<fred@example.com>', 'DATA')
  assert.match(replies.at(-1) ?? '', /^354 /)
}

const stages: Readonly<Record<string, Stage>> = {
  'at the greeting': async () => {},
  'in the middle of a line': async client => void client.send('EHL'),
  'after EHLO': async client => void (await client.say()),
  'in an AUTH exchange': async client => void (await client.say('AUTH LOGIN')),
  'while the password is verified': async client => {
    await client.say()
    client.send(`AUTH PLAIN ${credentials}\r\n`)
  },
  'after MAIL': async client => void (await client.say('MAIL FROM:<a@client.example>')),
  'after DATA': data,
  'in a short content': async client => {
    await data(client)
    client.send('Subject: x\r\n\r\nhalf a li')
  },
  'at the first byte that goes to disk': async client => {
    await data(client)
    client.send(large.subarray(0, 66_000))
  },
  'in a long content': async client => {
    await data(client)
    client.send(large)
  },
  'in the middle of the final dot': async client => {
    await data(client)
    client.send(large)
    client.send('\r\n.\r')
  },
  'after the final dot of a refused message': async client => {
    await data(client)
    client.send('a\nb\r\n.\r\n')
  },
  'after STARTTLS, before the handshake': async client => void (await client.say('STARTTLS')),
  'in the handshake after STARTTLS': async client => {
    await client.say('STARTTLS')
    client.send(helloBeginning)
  },
  'with rubbish for a handshake after STARTTLS': async client => {
    await client.say('STARTTLS')
    client.send('this is no TLS\r\n')
  },
  'after STARTTLS': async client => {
    await client.say('STARTTLS')
    await client.secure()
    await client.say()
  },
  'in a content under TLS': async client => {
    await client.say('STARTTLS')
    await client.secure()
    await data(client)
    client.send(large)
  },
  'while pipelined commands are answered': async client => {
    client.send('NOOP\r\n'.repeat(5000))
  },
  'without reading the answers': async client => {
    client.socket.pause()
    client.send('EHLO x\r\n'.repeat(5000))
  },
}

/** A record header that promises more than follows. */
const helloBeginning = Buffer.from('160301020001', 'hex')

/** In the ways of going: reset by the client, or closed in order. */
const ways: Readonly<Record<string, (client: SmtpClient) => void>> = {
  reset: client => client.reset(),
  closed: client => void client.socket.end(),
  destroyed: client => void client.socket.destroy(),
}

for (const [name, reach] of Object.entries(stages)) {
  test(`a client that is gone ${name}`, async t => {
    const relay = await startRelay(t, { smtp: { maxConnectionsPerClient: 100 } })
    for (const go of Object.values(ways)) {
      for (let turns = 0; turns < 4; turns++) {
        const client = await SmtpClient.open(t, relay.endpoint())
        await reach(client)
        for (let i = 0; i < turns; i++) await turn()
        go(client)
      }
    }
    await checkNothingLeft(t, relay)
  })
}

for (const [name, bytes] of Object.entries({ nothing: '', rubbish: 'EHLO x\r\n', half: helloBeginning })) {
  test(`a client that is gone in the handshake of implicit TLS, having said ${name}`, async t => {
    const relay = await startRelay(t)
    for (const go of Object.values(ways)) {
      const client = await SmtpClient.connect(t, relay.endpoint('tls'))
      await relay.waitForSessions(1)
      client.send(bytes)
      await turn()
      go(client)
      await relay.waitForSessions(0)
    }
    await checkNothingLeft(t, relay)
  })
}

/** No session is counted, no file stays, and the relay still takes mail. */
async function checkNothingLeft(test: Ending, relay: RunningRelay): Promise<void> {
  await relay.waitForSessions(0)
  const inLarge = () => readdir(join(relay.folder, 'spool', 'large'))
  await waitFor('spool/large to be empty', async () => (await inLarge()).length === 0 || undefined)
  assert.deepEqual(await relay.control.listQueue({}), [])
  assert.deepEqual(
    relay.events.filter(({ kind }) => kind === 'accepted' || kind === 'error'),
    [],
  )
  const client = await SmtpClient.open(test, relay.endpoint())
  await data(client)
  assert.match(await client.ask('.'), /^250 /)
  assert.match(await client.ask('QUIT'), /^221 /)
  await relay.waitForSessions(0)
}

test('handshakes take places too, and who finds none is not kept waiting', async t => {
  const relay = await startRelay(t, { smtp: { maxConnectionsPerClient: 2 } })
  const held = await Promise.all([1, 2].map(() => SmtpClient.connect(t, relay.endpoint('tls'))))
  await relay.waitForSessions(2)
  const third = await SmtpClient.connect(t, relay.endpoint('tls'))
  assert.equal(await third.end(), '')
  const event = await relay.event('connection-refused')
  assert.equal(event.reply.code, 421)
  assert.equal(event.client, '127.0.0.1')
  assert.match((await SmtpClient.open(t, relay.endpoint(), { from: '127.0.1.50' })).greeting, /^220 /)
  for (const client of held) client.reset()
})

const silences: Readonly<Record<string, (test: Ending, relay: RunningRelay) => Promise<SmtpClient>>> = {
  'before the handshake of implicit TLS': (test, relay) => SmtpClient.connect(test, relay.endpoint('tls')),
  'in the handshake of implicit TLS': async (test, relay) => {
    const client = await SmtpClient.connect(test, relay.endpoint('tls'))
    client.send(helloBeginning)
    return client
  },
  'under implicit TLS': (test, relay) => SmtpClient.open(test, relay.endpoint('tls'), { tls: true }),
  'before the handshake after STARTTLS': async (test, relay) => {
    const client = await SmtpClient.open(test, relay.endpoint())
    await client.say('STARTTLS')
    return client
  },
  'in the handshake after STARTTLS': async (test, relay) => {
    const client = await SmtpClient.open(test, relay.endpoint())
    await client.say('STARTTLS')
    client.send(helloBeginning)
    return client
  },
  'in a content that has gone to disk': async (test, relay) => {
    const client = await SmtpClient.open(test, relay.endpoint())
    await data(client)
    client.send(large)
    return client
  },
  'in an AUTH exchange': async (test, relay) => {
    const client = await SmtpClient.open(test, relay.endpoint())
    await client.say('AUTH LOGIN')
    return client
  },
}

for (const [name, reach] of Object.entries(silences)) {
  test(`a client that falls silent ${name} is let go in time`, async t => {
    const relay = await startRelay(t, { smtp: { idleTimeout: '1s' } })
    const client = await reach(t, relay)
    await relay.waitForSessions(1)
    await client.end()
    await relay.waitForSessions(0)
    await checkNothingLeft(t, relay)
  })
}

test('bytes that trickle into a handshake win no time', async t => {
  const relay = await startRelay(t, { smtp: { idleTimeout: '1s' } })
  const client = await SmtpClient.connect(t, relay.endpoint('tls'))
  const timer = setInterval(() => client.send(Buffer.of(0x16)), 200)
  t.after(() => clearInterval(timer))
  await client.end()
  await relay.waitForSessions(0)
})

test('a client that says QUIT and stays is cut off', async t => {
  const relay = await startRelay(t, { smtp: { idleTimeout: '1s' } })
  const client = await SmtpClient.open(t, relay.endpoint())
  client.socket.allowHalfOpen = true
  await client.ask('QUIT')
  await client.end()
  await relay.waitForSessions(0)
})
