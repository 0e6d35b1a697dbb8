/** IDS/IPS over real sockets: who attacks is slowed and blocked, and who logs on rightly is not. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Relay } from '../../app/relay.ts'
import { SmtpClient } from '../support/client.ts'
import { run } from '../support/command.ts'
import type { Ending } from '../support/ending.ts'
import { MemoryControl } from '../support/memory-control.ts'
import { password, type RunningRelay, startRelay } from '../support/relay.ts'

const [attacker, other, remoteOffice] = ['127.0.9.66', '127.0.9.7', '127.0.9.100']

/** A hundred times quicker than the default. */
const quick = { pace: { free: 3, first: 5, source: 150, account: 600, patience: 150 } }

function plain(user: string, secret: string): string {
  return `AUTH PLAIN ${Buffer.from(`\0${user}\0${secret}`).toString('base64')}`
}

async function connect(test: Ending, relay: RunningRelay, from: string): Promise<SmtpClient> {
  const client = await SmtpClient.open(test, relay.endpoint(), { from })
  if (client.greeting.startsWith('220')) await client.ask('EHLO client.example')
  return client
}

/** Logs on once from that address; the reply, or the greeting where that refuses. */
async function logOn(test: Ending, relay: RunningRelay, from: string, user: string, secret: string) {
  const client = await connect(test, relay, from)
  const answered = client.greeting.startsWith('220') ? await client.ask(plain(user, secret)) : client.greeting
  client.socket.destroy()
  return answered
}

/** Comes again when it is told to; the replies. */
async function guess(test: Ending, relay: RunningRelay, from: string, user: string, times: number) {
  const replies: string[] = []
  for (let tried = 0; tried < times; tried++) {
    replies.push(await logOn(test, relay, from, user, `wrong ${tried}`))
    if (replies.at(-1)?.startsWith('454')) await delay(quick.pace.patience)
  }
  return replies
}

/** How many were tried at all. */
function triedIn(replies: readonly string[]): number {
  return replies.filter(answered => answered.startsWith('535')).length
}

const BLOCKED = /^421 4\.7\.0 Too many errors from your IP address - try again in 30 minutes$/

describe('fifty wrong passwords from one address', () => {
  test('are slowed, then blocked within ten; others go on, and the log says why', async t => {
    const relay = await startRelay(t, {}, quick)
    const begun = performance.now()
    const replies = await guess(t, relay, attacker, 'support', 50)
    assert.ok(triedIn(replies) >= 5 && triedIn(replies) < 10, `${triedIn(replies)} were tried`)
    assert.match(replies.at(-1) ?? '', BLOCKED)
    assert.ok(performance.now() - begun > 300, 'it was slowed')
    const blocked = await relay.event('blocked')
    assert.deepEqual([blocked.address, blocked.points, blocked.why], [attacker, 450, '9 wrong passwords'])
    assert.ok(Math.abs(blocked.until - Date.now() - 30 * 60_000) < 60_000)
    assert.match(await logOn(t, relay, other, 'support', password), /^235/)
    assert.match(await logOn(t, relay, '127.0.1.20', 'support', password), /^235/)
    const refused = relay.events.filter(({ kind }) => kind === 'connection-refused')
    assert.equal(refused.length, 1, 'forty connections are no forty lines')
    const facts = await relay.control.viewAddress(attacker)
    assert.ok((facts.block?.refused ?? 0) >= 30)
  })

  test('by twenty connections at once no more are tried', async t => {
    const relay = await startRelay(t, {}, quick)
    const clients = await Promise.all(Array.from({ length: 20 }, () => connect(t, relay, attacker)))
    const replies = await Promise.all(clients.map(client => client.ask(plain('support', 'wrong'))))
    assert.ok(triedIn(replies) >= 3 && triedIn(replies) < 10, `${triedIn(replies)} were tried`)
    assert.ok(replies.some(answered => answered.startsWith('454 4.7.0 Too many failed log-ons')))
  })

  test('in sessions that were open before, too; they end, and take no mail', async t => {
    const relay = await startRelay(t, {}, quick)
    const idle = await connect(t, relay, attacker)
    await idle.ask('MAIL FROM:<a@b.example>')
    await guess(t, relay, attacker, 'support', 15)
    assert.match(await idle.ask('RCPT TO:<fred@example.com>'), BLOCKED)
    await idle.end()
    assert.match((await SmtpClient.open(t, relay.endpoint(), { from: attacker })).greeting, BLOCKED)
  })

  test('from the office are slowed, and never blocked', async t => {
    const relay = await startRelay(t, {}, quick)
    const replies = await guess(t, relay, '127.0.1.30', 'support', 14)
    assert.ok(triedIn(replies) >= 10)
    assert.equal(
      relay.events.find(({ kind }) => kind === 'blocked'),
      undefined,
    )
    assert.equal((await relay.control.viewAddress('127.0.1.30')).listed, 'never')
  })
})

describe('an office behind one address', () => {
  test('a colleague’s wrong passwords shut out nobody who logs on rightly', async t => {
    const relay = await startRelay(t, {}, quick)
    assert.match(await logOn(t, relay, remoteOffice, 'support', password), /^235/)
    const replies = await guess(t, relay, remoteOffice, 'fred', 50)
    assert.ok(triedIn(replies) < 10)
    assert.match(replies.at(-1) ?? '', BLOCKED)
    const support = await connect(t, relay, remoteOffice)
    assert.match(await support.ask(plain('support', password)), /^235/)
    assert.match(await support.ask('MAIL FROM:<support@example.com>'), /^250/)
    assert.match(await support.ask('RCPT TO:<friend@elsewhere.example>'), /^250/)
    const nobody = await connect(t, relay, remoteOffice)
    assert.match(await nobody.ask('MAIL FROM:<a@b.example>'), BLOCKED)
    await delay(quick.pace.source)
    assert.match(await logOn(t, relay, remoteOffice, 'webmaster', password), /^235/, 'for the first time')
    const facts = await relay.control.viewAddress(remoteOffice)
    assert.deepEqual(facts.block?.known, ['support', 'webmaster'])
  })
})

describe('two hundred addresses guess at one account', () => {
  test('it is slowed for them; its owner is not, where he is known and in the office', async t => {
    const relay = await startRelay(t, { smtp: { maxConnections: 500 } }, quick)
    assert.match(await logOn(t, relay, remoteOffice, 'support', password), /^235/)
    // Else the password is recognised, and needs no turn.
    await relay.control.setPassword('support', 'another', 'command line')
    const bots = Array.from({ length: 200 }, (_, at) => `127.8.${at}.9`)
    const clients = await Promise.all(bots.map(bot => connect(t, relay, bot)))
    const replies = await Promise.all(clients.map(client => client.ask(plain('support', 'wrong'))))
    assert.ok(triedIn(replies) < 12, `${triedIn(replies)} were tried`)
    assert.equal(replies.filter(answered => answered.startsWith('454')).length, 200 - triedIn(replies))
    const begun = performance.now()
    assert.match(await logOn(t, relay, remoteOffice, 'support', 'another'), /^235/)
    assert.match(await logOn(t, relay, '127.0.1.20', 'support', 'another'), /^235/)
    assert.ok(performance.now() - begun < 1000)
    assert.equal(
      relay.events.find(({ kind }) => kind === 'blocked'),
      undefined,
    )
  })
})

describe('a password that was right a moment ago', () => {
  test('is not to be guessed from elsewhere by who is put off: nothing is compared before its turn', async t => {
    const slow = { pace: { ...quick.pace, account: 600_000 } }
    const relay = await startRelay(t, { smtp: { maxConnections: 500 } }, slow)
    assert.match(await logOn(t, relay, remoteOffice, 'support', password), /^235/)
    const bots = Array.from({ length: 60 }, (_, at) => `127.8.${at}.9`)
    const clients = await Promise.all([...bots, attacker].map(bot => connect(t, relay, bot)))
    const last = clients.pop()
    await Promise.all(clients.map(client => client.ask(plain('support', 'wrong'))))
    assert.match((await last?.ask(plain('support', password))) ?? '', /^454 4\.7\.0 /)
    assert.match(await logOn(t, relay, remoteOffice, 'support', password), /^235/)
  })

  test('nor, after twenty guesses that were put off, where it was right', async t => {
    const relay = await startRelay(t, {}, { pace: { ...quick.pace, first: 60_000, source: 600_000 } })
    assert.match(await logOn(t, relay, remoteOffice, 'support', password), /^235/)
    const guesses: string[] = []
    for (let at = 0; at < 40; at++)
      guesses.push(await logOn(t, relay, remoteOffice, 'support', `wrong ${at}`))
    assert.ok(guesses.filter(reply => reply.startsWith('454')).length > 20, guesses.join())
    assert.match(await logOn(t, relay, remoteOffice, 'support', password), /^454 /)
    assert.match(await logOn(t, relay, '127.0.1.20', 'support', password), /^235/)
  })
})

describe('whoever is blocked', () => {
  test('is seen, viewed and let in by the command, over the relay’s socket', async t => {
    const relay = await startRelay(t, {}, quick)
    const command = (...words: readonly string[]) =>
      run(['ids', ...words, '--data', relay.folder], new MemoryControl())
    assert.equal((await command('list')).out, 'Nobody is blocked.\n')
    await guess(t, relay, attacker, 'support', 12)
    assert.match((await command('list')).out, /127\.0\.9\.66 .*9 wrong passwords/)
    const viewed = await command('view', attacker)
    assert.equal(viewed.status, 1)
    assert.match(viewed.out, /Bad password +support +9 +450/)
    const { out } = await command('unblock', attacker)
    assert.equal(out, 'Unblocked 127.0.9.66.\n')
    assert.match(await logOn(t, relay, attacker, 'support', password), /^235/)
    const told = await relay.event('unblocked')
    assert.deepEqual([told.address, told.by], [attacker, 'command line'])
    const wrong = await command('unblock', '127.0.9.66', 'nobody')
    assert.deepEqual(
      [wrong.status, wrong.err],
      [1, 'postern: "nobody" is not an IP address: give one as in 203.0.113.7 or 2001:db8::5.\n'],
    )
  })

  test('is told so by explain, and the relay decision stays what it is', async t => {
    const relay = await startRelay(t, {}, quick)
    const asked = { client: attacker, to: 'fred@example.com' }
    const before = await relay.control.explain(asked)
    await guess(t, relay, attacker, 'support', 12)
    const after = await relay.control.explain(asked)
    const [said, ...steps] = after.steps
    assert.deepEqual({ ...after, steps }, before)
    assert.equal(
      said,
      `127.0.9.66 is blocked by IDS/IPS for another 30 minutes after 9 wrong passwords, so it can't connect now: this is what holds without the block.`,
    )
    const draft = JSON.stringify(await relay.control.getSettings(''))
    assert.equal((await relay.relay.drafts.explain(JSON.parse(draft), asked)).steps[0], said)
  })

  test('is so after a restart, and a stopped relay can be told to let him in', async t => {
    const relay = await startRelay(t, {}, quick)
    assert.match(await logOn(t, relay, remoteOffice, 'support', password), /^235/)
    await guess(t, relay, attacker, 'support', 12)
    await relay.stop()
    const again = await Relay.open(relay.folder, { version: '0.0.0', say: () => {} })
    const [block] = await again.control.listBlocked()
    assert.deepEqual([block?.address, block?.why], [attacker, '9 wrong passwords'])
    assert.deepEqual((await again.control.viewAddress(remoteOffice)).known, ['support'])
    await again.control.unblock({ addresses: [attacker] }, 'command line')
    await again.stop()
    const third = await Relay.open(relay.folder, { version: '0.0.0', say: () => {} })
    assert.deepEqual(await third.control.listBlocked(), [])
    await third.stop()
  })

  test('over TLS from the first byte gets no handshake', async t => {
    const relay = await startRelay(t, {}, quick)
    await guess(t, relay, attacker, 'support', 12)
    const client = await SmtpClient.connect(t, relay.endpoint('tls'), attacker)
    assert.equal(await client.end(), '')
  })
})

describe('other offences', () => {
  test('relaying, unknown recipients and bad commands count, each by its points', async t => {
    const relay = await startRelay(t, { localDomains: ['example.com'] }, quick)
    const client = await connect(t, relay, other)
    await client.ask('MAIL FROM:<a@b.example>')
    assert.match(await client.ask('RCPT TO:<friend@elsewhere.example>'), /^530/)
    assert.match(await client.ask('RCPT TO:<nobody@example.com>'), /^550 5\.1\.1/)
    assert.match(await client.ask('RCPT TO:<a%b@example.com>'), /^550 5\.1\.3/)
    assert.match(await client.ask('NONSENSE'), /^500/)
    assert.match(await client.ask('EHLO'), /^501/)
    const { points, offences } = await relay.control.viewAddress(other)
    assert.equal(points, 100 + 50 + 50 + 10 + 10)
    assert.deepEqual(
      offences.map(({ kind, who, count }) => [kind, who, count]),
      [
        ['relayDenied', 'friend@elsewhere.example', 1],
        ['unknownRecipient', 'nobody@example.com', 1],
        ['unknownRecipient', 'a%b@example.com', 1],
        ['protocolError', undefined, 2],
      ],
    )
  })

  test('what a browser says, which ends the session', async t => {
    const relay = await startRelay(t, {}, quick)
    const client = await SmtpClient.open(t, relay.endpoint(), { from: other })
    assert.match(await client.ask('GET / HTTP/1.1'), /^421 4\.7\.0 This is a mail server/)
    const { offences } = await relay.control.viewAddress(other)
    assert.deepEqual(
      offences.map(({ kind, count }) => [kind, count]),
      [['protocolError', 1]],
    )
  })

  test('ten unknown commands, of which the last ends the session', async t => {
    const relay = await startRelay(t, {}, quick)
    const client = await connect(t, relay, other)
    client.send('WHAT\r\n'.repeat(12))
    assert.match(await client.end(), /\r\n421 4\.7\.0 Too many unknown commands; [^\n]*\r\n$/)
    assert.equal((await relay.control.viewAddress(other)).points, 100)
  })

  test('whoever is logged on may err', async t => {
    const relay = await startRelay(t, {}, quick)
    const client = await connect(t, relay, other)
    await client.ask(plain('fred', password))
    await client.ask('MAIL FROM:<fred@example.com>')
    for (let at = 0; at < 10; at++)
      assert.match(await client.ask(`RCPT TO:<friend${at}@elsewhere.example>`), /^550 5\.7\.1/)
    assert.equal((await relay.control.viewAddress(other)).points, 0)
  })

  test('talking before it is one’s turn', async t => {
    const relay = await startRelay(t, {}, quick)
    const client = await SmtpClient.open(t, relay.endpoint(), { from: other })
    client.send('EHLO x\r\nMAIL FROM:<a@b.example>\r\nQUIT\r\n')
    await client.end()
    const { offences } = await relay.control.viewAddress(other)
    assert.deepEqual(
      offences.map(({ kind, count }) => [kind, count]),
      [['earlyTalker', 1]],
    )
  })

  test('connections too many from one address; those too many in all are nobody’s', async t => {
    const relay = await startRelay(t, { smtp: { maxConnections: 3, maxConnectionsPerClient: 2 } }, quick)
    const greetings: string[] = []
    for (const from of [other, other, other, attacker, attacker])
      greetings.push((await SmtpClient.open(t, relay.endpoint(), { from })).greeting.slice(0, 9))
    assert.deepEqual(
      greetings.map(greeting => greeting.slice(0, 3)),
      ['220', '220', '421', '220', '421'],
    )
    assert.equal((await relay.control.viewAddress(other)).points, 5)
    assert.equal((await relay.control.viewAddress(attacker)).points, 0)
  })
})

describe('the lists', () => {
  test('never goes before always; both take effect at once', async t => {
    const ids = { alwaysBlock: ['127.0.9.0/24'], neverBlock: [other] }
    const relay = await startRelay(t, { smtp: { ids } }, quick)
    const greeting = async (from: string) =>
      (await SmtpClient.open(t, relay.endpoint(), { from })).greeting.slice(0, 9)
    assert.equal(await greeting(attacker), '554 5.7.1')
    assert.equal((await greeting(other)).slice(0, 3), '220')
    const applied = await relay.control.setSettings('smtp.ids.alwaysBlock', [], 'window')
    assert.ok(applied.ok)
    assert.equal((await greeting(attacker)).slice(0, 3), '220')
  })

  test('in a session that goes on, too, also for who is logged on', async t => {
    const relay = await startRelay(t, {}, quick)
    const stranger = await connect(t, relay, attacker)
    const user = await connect(t, relay, other)
    assert.match(await user.ask(plain('support', password)), /^235/)
    for (const client of [stranger, user]) assert.match(await client.ask('MAIL FROM:<a@b.example>'), /^250/)
    assert.ok((await relay.control.setSettings('smtp.ids.alwaysBlock', ['127.0.9.0/24'], 'window')).ok)
    assert.match(await stranger.ask('RCPT TO:<fred@example.com>'), /^554 5\.7\.1 /)
    assert.match(await user.ask('RCPT TO:<friend@elsewhere.example>'), /^554 5\.7\.1 /)
    assert.ok((await relay.control.setSettings('smtp.ids.neverBlock', [other], 'window')).ok)
    assert.match(await stranger.ask('RCPT TO:<fred@example.com>'), /^554 5\.7\.1 /)
    assert.match(await user.ask('RCPT TO:<friend@elsewhere.example>'), /^250 /)
  })

  test('switched off nobody is blocked, and blocked addresses come in', async t => {
    const relay = await startRelay(t, {}, quick)
    await guess(t, relay, attacker, 'support', 12)
    assert.ok((await relay.control.viewAddress(attacker)).block)
    assert.ok((await relay.control.setSettings('smtp.ids.enabled', false, 'window')).ok)
    assert.match(await logOn(t, relay, attacker, 'support', password), /^235/)
  })
})
