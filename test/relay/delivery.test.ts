/** The whole way through a relay, from a client's DATA to the next hop: retries, bounces, stops and restarts. */
import assert from 'node:assert/strict'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { makeFolder } from '../support/folder.ts'
import { type NextHop, SILENCE, startNextHop } from '../support/next-hop.ts'
import { freePort } from '../support/port.ts'
import { officeSettings, openRelay, startRelay } from '../support/relay-on-folder.ts'

const times = { retry: ['1s'], warnAfter: '1h', giveUpAfter: '2h' }

function to(hop: NextHop | { port: number }, changes: object = {}): object {
  return {
    routes: [{ to: ['*'], via: 'smart-host', hosts: [`127.0.0.1:${hop.port}`], encryption: 'none' }],
    ...times,
    ...changes,
  }
}

test('a hop that is down, then puts off, then takes it: tried by the schedule until it is delivered', async t => {
  const hop = await startNextHop(t)
  await hop.stop()
  const relay = await startRelay(t, await makeFolder(t), officeSettings(to(hop)))
  const id = await relay.submit(['b@y.example'])
  const down = await relay.event('deferred')
  assert.match(down.reply.text, /refused the connection/)
  assert.ok(down.next - down.time >= 890 && down.next - down.time <= 1110)
  let busy = 0
  hop.script = {
    answer: command => (command.startsWith('MAIL') && busy++ === 0 ? '451 4.3.0 busy' : undefined),
  }
  await hop.start()
  const seen = relay.events.filter(({ kind }) => kind === 'deferred').length
  const busyEvent = await relay.event('deferred', seen + 1)
  assert.ok(busyEvent.reply.text === 'busy' || /refused/.test(busyEvent.reply.text))
  await relay.event('delivered')
  assert.match(hop.taken[0]?.content ?? '', /^Received: [\s\S]*Subject: test\r\n\r\nhello\r\n$/)
  assert.equal(await relay.control.showMessage(id), undefined)
})

test('a changed route frees what was held, and a changed hop takes what waits', async t => {
  const hop = await startNextHop(t)
  const down = await freePort()
  const relay = await startRelay(t, await makeFolder(t), officeSettings({ ...to(hop), routes: [] }))
  await relay.submit(['b@y.example'])
  assert.match((await relay.event('held')).why, /no route/)
  const route = (port: number) => [
    { to: ['*'], via: 'smart-host', hosts: [`127.0.0.1:${port}`], encryption: 'none' },
  ]
  const set = (port: number) => relay.control.setSettings('delivery.routes', route(port), 'command line')
  assert.equal((await set(down)).ok, true)
  await relay.event('deferred')
  assert.equal((await set(hop.port)).ok, true)
  await relay.event('delivered')
  assert.equal(hop.taken.length, 1)
})

test('hold, release and remove', async t => {
  const hop = await startNextHop(t, {
    answer: command => (command.startsWith('MAIL') ? '451 4.3.0 busy' : undefined),
  })
  const relay = await startRelay(t, await makeFolder(t), officeSettings(to(hop, { retry: ['1h'] })))
  const [held, removed] = [await relay.submit(['b@y.example']), await relay.submit(['c@y.example'])]
  await relay.event('deferred', 2)
  assert.deepEqual(await relay.control.holdMessages({ ids: [held, 'nothing'] }), {
    changed: [held],
    sending: [],
    left: [],
    unknown: ['nothing'],
  })
  await relay.control.removeMessages({ ids: [removed] })
  hop.script = {}
  await relay.control.retryMessages({ ids: [], all: true })
  const fresh = await relay.submit(['d@y.example'])
  assert.equal((await relay.event('delivered')).id, fresh)
  await relay.control.releaseMessages({ ids: [held] })
  await relay.event('delivered', 2)
  assert.deepEqual(
    hop.taken.map(({ to }) => to.join()),
    ['<d@y.example>', '<b@y.example>'],
  )
  assert.equal(relay.count('bounced'), 0)
})

describe('stop', () => {
  test('finishes what is being sent, and the next start sends the rest', async t => {
    let go = () => {}
    const gate = new Promise<string>(resolve => {
      go = () => resolve('250 2.0.0 taken')
    })
    const hop = await startNextHop(t, { answer: command => (command === '.' ? gate : undefined) })
    const folder = await makeFolder(t)
    const relay = await startRelay(t, folder, officeSettings(to(hop, { connections: 1 })))
    for (const name of ['a', 'b', 'c']) await relay.submit([`${name}@y.example`])
    await hop.until(() => hop.heard.some(line => line.includes('DATA')))
    const stopped = relay.stop()
    setTimeout(go, 50)
    await stopped
    assert.deepEqual(
      hop.taken.map(({ to }) => to.join()),
      ['<a@y.example>'],
    )
    const again = await startRelay(t, folder)
    await again.event('delivered', 2)
    assert.deepEqual(hop.taken.map(({ to }) => to.join()).sort(), [
      '<a@y.example>',
      '<b@y.example>',
      '<c@y.example>',
    ])
    assert.ok(again.events.every(({ kind }) => kind !== 'deferred'))
  })

  test('waits ten seconds at most for a hop that is silent, also after its settings were changed', async t => {
    const hop = await startNextHop(t, { answer: command => (command === '.' ? SILENCE : undefined) })
    const folder = await makeFolder(t)
    const relay = await startRelay(t, folder, officeSettings(to(hop)))
    const id = await relay.submit(['a@y.example'])
    await hop.until(() => hop.heard.some(line => line.includes('DATA')))
    await relay.control.setSettings('delivery.warnAfter', '90m', 'command line')
    const start = Date.now()
    await relay.stop()
    assert.ok(Date.now() - start < 11_500)
    hop.script = {}
    const again = await startRelay(t, folder)
    assert.equal((await again.event('delivered')).id, id)
  })

  test('does not wait for a hop that never greets', async t => {
    const hop = await startNextHop(t, { answer: () => SILENCE })
    const folder = await makeFolder(t)
    const relay = await startRelay(t, folder, officeSettings(to(hop)))
    const id = await relay.submit(['a@y.example'])
    await hop.until(() => hop.connections === 1)
    const start = Date.now()
    await relay.stop()
    assert.ok(Date.now() - start < 5000)
    hop.script = {}
    const again = await startRelay(t, folder)
    assert.equal((await again.event('delivered')).id, id)
  })

  test('in the middle of much: each message is delivered exactly once, before or after', async t => {
    const hop = await startNextHop(t)
    const folder = await makeFolder(t)
    let relay = await startRelay(t, folder, officeSettings(to(hop)))
    const ids = new Set<string>()
    let delivered = 0
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        Array.from({ length: 15 }, async () =>
          ids.add(await relay.submit(['b@y.example', 'fred@local.example'])),
        ),
      )
      await relay.stop()
      delivered += relay.count('delivered')
      relay = await startRelay(t, folder)
    }
    if (delivered < 90) await relay.event('delivered', 90 - delivered)
    assert.equal(ids.size, 45)
    assert.equal(hop.taken.length, 45)
    assert.equal((await relay.mailbox()).length, 45)
  })
})

describe('send-test', () => {
  test('shows the dialogue; the queue is empty after it', async t => {
    const hop = await startNextHop(t)
    const relay = await startRelay(t, await makeFolder(t), officeSettings(to(hop)))
    const sent = await relay.control.sendTest('b@y.example')
    assert.equal(sent.delivered, true)
    assert.equal(sent.via, `127.0.0.1:${hop.port}`)
    assert.equal(sent.text, '250 2.0.0 taken')
    const dialogue = sent.dialogue.join('\n')
    for (const part of [
      'S: 220 hop.example',
      'C: EHLO postern.example',
      'S: 250-PIPELINING',
      'C: MAIL FROM:<postmaster@local.example>',
      'C: RCPT TO:<b@y.example> NOTIFY=NEVER',
      'C: DATA',
      'S: 250 2.0.0 taken',
    ])
      assert.ok(dialogue.includes(part), `${part} in:\n${dialogue}`)
    assert.deepEqual(await relay.control.listQueue({}), [])
  })

  test('to an address beyond ASCII: it says that its header is so, too', async t => {
    const hop = await startNextHop(t)
    const relay = await startRelay(t, await makeFolder(t), officeSettings(to(hop)))
    assert.equal((await relay.control.sendTest('bücher@y.example')).delivered, true)
    assert.match(hop.taken[0]?.from ?? '', /^(?=.* BODY=8BITMIME\b)(?=.* SMTPUTF8\b)/)
    assert.equal((await relay.control.sendTest('books@y.example')).delivered, true)
    assert.doesNotMatch(hop.taken[1]?.from ?? '', /BODY|SMTPUTF8/)
  })

  test('with a log-on: no password in it', async t => {
    const hop = await startNextHop(t, { password: 'pass word' })
    const login = { method: 'password', user: 'office', secret: 'provider' }
    const route = {
      to: ['*'],
      via: 'smart-host',
      hosts: [`127.0.0.1:${hop.port}`],
      encryption: 'none',
      login,
      plaintextLogin: 'local-networks',
    }
    const relay = await startRelay(t, await makeFolder(t), officeSettings({ ...times, routes: [route] }))
    const without = await relay.control.sendTest('b@y.example')
    assert.equal(without.delivered, false)
    assert.match(
      without.text,
      /^the password "provider" isn't in the secret store: set it with {2}postern secret set provider$/,
    )
    await relay.control.setSecret('provider', 'pass word')
    const sent = await relay.control.sendTest('b@y.example')
    assert.equal(sent.delivered, true)
    assert.match(sent.dialogue.join('\n'), /C: AUTH PLAIN \*\*\*/)
    assert.ok(!JSON.stringify([sent, relay.events]).includes('pass word'))
  })

  test('refused, held, down, local, unknown and no address', async t => {
    const hop = await startNextHop(t, {
      answer: command => (command.startsWith('RCPT') ? '550 5.1.1 nobody' : undefined),
    })
    const port = await freePort()
    const via = (pattern: string, one: number) => ({
      to: [pattern],
      via: 'smart-host',
      hosts: [`127.0.0.1:${one}`],
      encryption: 'none',
    })
    const routes = [via('refused.example', hop.port), via('down.example', port)]
    const relay = await startRelay(t, await makeFolder(t), officeSettings({ ...times, routes }))
    const send = async (address: string) => {
      const { delivered, text, via } = await relay.control.sendTest(address)
      return [delivered, via, text]
    }
    assert.deepEqual(await send('b@refused.example'), [false, `127.0.0.1:${hop.port}`, '550 5.1.1 nobody'])
    assert.deepEqual(await send('b@elsewhere.example'), [
      false,
      'nobody',
      'held: no route for elsewhere.example',
    ])
    assert.deepEqual(await send('b@down.example'), [
      false,
      `127.0.0.1:${port}`,
      `127.0.0.1:${port} refused the connection: check that its mail service runs, and the port`,
    ])
    assert.deepEqual(await send('fred@local.example'), [
      true,
      'mailbox fred',
      'delivered to the mailbox of fred',
    ])
    assert.match((await relay.mailbox())[0] ?? '', /Subject: Test message from Postern/)
    await assert.rejects(relay.control.sendTest('nobody@local.example'), /no such mailbox or alias/)
    await assert.rejects(relay.control.sendTest('not an address'), /is not a mail address/)
    assert.equal(relay.count('bounced'), 0, 'nobody is told of a test')
  })

  test('an alias for several: all must be reached', async t => {
    const hop = await startNextHop(t, {
      answer: command => (command.includes('<bad@') ? '550 5.1.1 nobody' : undefined),
    })
    const aliases = { 'all@local.example': ['fred', 'good@y.example', 'bad@y.example'] }
    const relay = await startRelay(t, await makeFolder(t), officeSettings(to(hop), { aliases }))
    const { delivered, text } = await relay.control.sendTest('all@local.example')
    assert.deepEqual([delivered, text], [false, '550 5.1.1 nobody'])
    assert.equal(hop.taken.length, 1)
  })

  test('works while the relay is stopped', async t => {
    const hop = await startNextHop(t)
    const folder = await makeFolder(t)
    const relay = await openRelay(t, folder, officeSettings(to(hop)))
    assert.equal((await relay.control.sendTest('b@y.example')).delivered, true)
    hop.script = { answer: command => (command.startsWith('MAIL') ? '451 4.3.0 busy' : undefined) }
    assert.equal((await relay.control.sendTest('c@y.example')).text, '451 4.3.0 busy')
    await relay.stop()
    hop.script = {}
    const again = await startRelay(t, folder)
    await again.event('delivered')
    assert.deepEqual(
      hop.taken.map(({ to }) => to[0]?.split(' ')[0]),
      ['<b@y.example>', '<c@y.example>'],
    )
  })
})

test('doctor', async t => {
  const hop = await startNextHop(t)
  const down = await freePort()
  const folder = join(await makeFolder(t), 'data')
  const via = (pattern: string, port: number, changes: object = {}) => ({
    to: [pattern],
    via: 'smart-host',
    hosts: [`127.0.0.1:${port}`],
    encryption: 'none',
    ...changes,
  })
  const routes = [
    via('y.example', hop.port),
    via('z.example', down),
    { to: ['h.example'], via: 'hold' },
    { to: ['*'], via: 'mx' },
  ]
  const relay = await startRelay(t, folder, officeSettings({ routes }))
  const found = new Map(
    (await relay.control.doctor()).map(({ name, state, text }) => [name, `${state}: ${text}`]),
  )
  assert.equal(found.get(`port ${relay.port}`), `ok: Postern listens at 127.0.0.1:${relay.port} (none).`)
  assert.equal(found.get('route 1'), `ok: Mail for y.example: 127.0.0.1:${hop.port} answers.`)
  assert.equal(
    found.get('route 2'),
    `failed: Mail for z.example can't go out: 127.0.0.1:${down} refused the connection: check that its mail service runs, and the port.`,
  )
  assert.match(found.get('route 3') ?? '', /^warning: Mail for h\.example is held/)
  assert.match(
    found.get('route 4') ?? '',
    /^ok: Mail for every domain goes to each domain's own mail exchangers/,
  )
  assert.match(found.get('folder rights') ?? '', /^ok: /)
  assert.match(found.get('certificate') ?? '', /^ok: The certificate is good for 365\d more days\.$/)
  assert.match(found.get('disk space') ?? '', /\d (GB|MB) are free/)
  assert.match(found.get('clock') ?? '', /^ok: /)
  assert.match(found.get('host name') ?? '', /^warning: postern\.example isn't found in the DNS/)
  assert.equal(found.has('routers'), false)
})

test('doctor, of a relay that is stopped on a machine where much is wrong', async t => {
  const taken = await startNextHop(t)
  const folder = join(await makeFolder(t), 'data')
  const listeners = [
    { address: '127.0.0.1', port: taken.port, encryption: 'none' },
    { address: '192.0.2.77', port: 2525, encryption: 'none' },
    { address: '127.0.0.1', port: await freePort(), encryption: 'none' },
    { address: '127.0.0.1', port: 0, encryption: 'tls' },
  ]
  const access = [
    { action: 'block', from: 'routers', enabled: false },
    { action: 'block', from: 'routers' },
    { action: 'allow', from: 'any' },
  ]
  const settings = officeSettings(
    { routes: [] },
    { smtp: { listeners, access }, routers: [], hostname: 'localhost' },
  )
  const relay = await openRelay(t, folder, settings)
  await chmod(folder, 0o755)
  const checks = (await relay.control.doctor()).map(({ name, state, text }) => `${name}, ${state}: ${text}`)
  assert.deepEqual(checks.slice(0, 4), [
    `port ${taken.port}, failed: Port ${taken.port} at 127.0.0.1 can't be used: another program has it; stop that one, or choose another port.`,
    "port 2525, failed: Port 2525 at 192.0.2.77 can't be used: this machine has no such address; choose one of its own, or 0.0.0.0 for all.",
    `port ${listeners[2]?.port}, ok: Port ${listeners[2]?.port} at 127.0.0.1 is free for Postern.`,
    'port, ok: This machine has a free port for Postern at 127.0.0.1.',
  ])
  assert.ok(
    checks.includes(
      "routers, warning: Row 2 of the access list blocks the routers, but no router was found on this machine, so that it blocks nothing: name the routers' addresses, if there are any.",
    ),
  )
  assert.equal(checks.filter(check => check.startsWith('routers')).length, 1)
  assert.ok(
    checks.includes(`folder rights, failed: Other users can open ${folder}: run  chmod 700 ${folder}`),
  )
  assert.ok(checks.some(check => /^host name, ok: localhost is found in the DNS/.test(check)))
})

test('doctor, of a service that is switched off', async t => {
  const settings = officeSettings({ routes: [] }, { smtp: { enabled: false } })
  const relay = await openRelay(t, join(await makeFolder(t), 'data'), settings)
  const [check] = await relay.control.doctor()
  assert.equal(check?.state, 'warning')
  assert.match(check?.text ?? '', /switched off: switch it on/)
})
