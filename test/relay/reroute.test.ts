/** Changed routes and mail that is queued already: where it goes is told before and after, and nothing goes twice. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Event } from '../../app/log/event.ts'
import { SmtpClient } from '../support/client.ts'
import type { Ending } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { type Installation, installAsIs, portOf } from '../support/installation.ts'
import { DROP, type HopAnswer, type NextHop, startNextHop } from '../support/next-hop.ts'
import { officeSettings, type RunningRelay, startRelay } from '../support/relay-on-folder.ts'

function via({ port }: { readonly port: number }, to: readonly string[] = ['*']): object {
  return { to, via: 'smart-host', encryption: 'none', hosts: [`127.0.0.1:${port}`] }
}

const hostOf = ({ port }: { readonly port: number }) => `smart host 127.0.0.1:${port}`
const HELD = { to: ['*'], via: 'hold' }
const DOWN = { port: 1 }

async function apply(relay: RunningRelay, routes: readonly object[]) {
  const applied = await relay.control.setSettings('delivery.routes', routes, 'command line')
  assert.ok(applied.ok)
  return applied.rerouting
}

function reroutes(relay: RunningRelay) {
  return relay.events.flatMap((event: Event) =>
    event.kind === 'rerouted' ? [`${event.id} ${event.to}: ${event.before} → ${event.after}`] : [],
  )
}

const takenBy = ({ taken }: NextHop) => taken.map(({ to }) => to.join()).sort()

test('each recipient that goes another way is told, before the change and by it', async t => {
  const hop = await startNextHop(t)
  const delivery = { routes: [via(DOWN, ['y.example']), HELD], retry: ['1h'] }
  const relay = await startRelay(t, await makeFolder(t), officeSettings(delivery))
  const id = await relay.submit(['a@y.example', 'b@z.example', 'fred@local.example'])
  await relay.event('deferred')
  await relay.event('held')
  await relay.event('delivered')
  const routes = [via(hop, ['z.example']), via(DOWN)]
  const list = [{ id, to: 'b@z.example', before: 'held: the route for * holds mail', after: hostOf(hop) }]
  const expected = { recipients: 1, messages: 1, list }
  const settings = JSON.stringify(officeSettings({ ...delivery, routes }))
  const text = { kind: 'text', text: settings } as const
  assert.deepEqual(await relay.control.compareRoutes({ kind: 'current' }, text), expected)
  assert.deepEqual(reroutes(relay), [])
  assert.deepEqual(await apply(relay, routes), expected)
  await relay.event('delivered', 2)
  assert.deepEqual(takenBy(hop), ['<b@z.example>'])
  assert.deepEqual(reroutes(relay), [`${id} b@z.example: held: the route for * holds mail → ${hostOf(hop)}`])
  assert.equal(await apply(relay, [...routes, via(hop, ['other.example'])]), undefined)
  assert.deepEqual((await relay.control.showMessage(id))?.routes[0], hostOf(DOWN))
})

test('what isn’t about routes, or changes nothing for what waits, reroutes nothing', async t => {
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [via(DOWN)], retry: ['1h'] }),
  )
  await relay.submit(['a@y.example'])
  await relay.event('deferred')
  const applied = await relay.control.setSettings('delivery.retry', ['2h'], 'command line')
  assert.ok(applied.ok && applied.rerouting === undefined)
  assert.equal(await apply(relay, [via(DOWN, ['y.example']), via(DOWN)]), undefined)
  assert.deepEqual(reroutes(relay), [])
})

test('a way to the same server with other encryption, log-on or sender is another way, and told apart', async t => {
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [via(DOWN)], retry: ['1h'] }),
  )
  const id = await relay.submit(['a@y.example'])
  await relay.event('deferred')
  const there = hostOf(DOWN)
  const ways = async (changes: object) => {
    const rerouting = await apply(relay, [{ ...via(DOWN), ...changes }])
    return rerouting?.list.map(({ before, after }) => [before, after])
  }
  const limits = { messagesPerMinute: 30 }
  assert.equal(await ways({ limits }), undefined)
  assert.deepEqual(await ways({ limits, encryption: 'starttls-required' }), [
    [`${there}, without encryption`, `${there}, STARTTLS required`],
  ])
  assert.deepEqual(await ways({ encryption: 'starttls-required', sendAs: 'office@local.example' }), [
    [`${there}, as the sender itself`, `${there}, as office@local.example`],
  ])
  const login = { method: 'password', user: 'office', secret: 'one' }
  await relay.control.setSecret('one', 'first')
  await relay.control.setSecret('two', 'second')
  assert.deepEqual(await ways({ encryption: 'tls', login }), [
    [
      `${there}, STARTTLS required, without logging on, as office@local.example`,
      `${there}, TLS from the first byte, logged on as office with a password, as the sender itself`,
    ],
  ])
  assert.deepEqual(await ways({ encryption: 'tls', login: { ...login, secret: 'two' } }), [
    [there, `${there}, set up otherwise`],
  ])
  assert.equal(
    reroutes(relay)[0],
    `${id} a@y.example: ${there}, without encryption → ${there}, STARTTLS required`,
  )
})

test('of very many the first are listed, all are counted, and the log is bounded', async t => {
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings(
      { routes: [HELD] },
      {
        smtp: {
          listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none' }],
          access: [{ action: 'allow', from: 'local-networks' }],
          maxRecipients: 2000,
        },
      },
    ),
  )
  await relay.submit(Array.from({ length: 1200 }, (_, at) => `r${at}@y.example`))
  await relay.event('held', 1200)
  const rerouting = await apply(relay, [{ ...HELD, to: ['y.example'] }])
  assert.deepEqual([rerouting?.recipients, rerouting?.messages, rerouting?.list.length], [1200, 1, 100])
  assert.equal(relay.count('rerouted'), 1000)
  assert.deepEqual((await relay.event('rerouted-all')).recipients, 1200)
})

test('settings with a long list, which are worked out in a thread of their own, tell it as well', async t => {
  const hop = await startNextHop(t)
  const relay = await startRelay(t, await makeFolder(t), officeSettings({ routes: [HELD] }))
  const id = await relay.submit(['a@y.example'])
  await relay.event('held')
  const rows = Array.from({ length: 3000 }, (_, at) => ({
    action: 'allow',
    from: `10.${at >> 8}.${at & 255}.0/24`,
  }))
  const office = officeSettings({ routes: [via(hop)] })
  const access = [{ action: 'allow', from: 'local-networks' }, ...rows]
  const listeners = [{ address: '127.0.0.1', port: 0, encryption: 'none' }]
  const text = JSON.stringify({ ...office, smtp: { listeners, access } })
  const list = [{ id, to: 'a@y.example', before: 'held: the route for * holds mail', after: hostOf(hop) }]
  const expected = { recipients: 1, messages: 1, list }
  assert.deepEqual(await relay.control.compareRoutes({ kind: 'current' }, { kind: 'text', text }), expected)
  const applied = await relay.control.importSettings(text, 'command line')
  assert.ok(applied.ok, JSON.stringify(applied))
  assert.deepEqual(applied.rerouting, expected)
  await relay.event('delivered')
  assert.deepEqual(takenBy(hop), ['<a@y.example>'])
})

/** A hop that keeps its last word on the first message until it is told what to say. */
async function holding(t: Ending) {
  let say: (answer: HopAnswer) => void = () => {}
  let asked: () => void = () => {}
  const dot = new Promise<void>(resolve => {
    asked = resolve
  })
  const word = new Promise<HopAnswer>(resolve => {
    say = resolve
  })
  const hop = await startNextHop(t, {
    answer: command => {
      if (command !== '.') return undefined
      asked()
      return word
    },
  })
  return { hop, dot, say: (answer: HopAnswer) => say(answer) }
}

test('what is being sent goes on as it began and isn’t sent again; what waits behind it goes the new way', async t => {
  const [{ hop: first, dot, say }, second] = [await holding(t), await startNextHop(t)]
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [via(first)], connections: 1 }),
  )
  const ids = [await relay.submit(['a@y.example'])]
  await dot
  for (const to of ['b@y.example', 'c@y.example']) ids.push(await relay.submit([to]))
  const rerouting = await apply(relay, [via(second)])
  assert.deepEqual(
    rerouting?.list.map(({ id, to, sending = false }) => [id, to, sending]).sort(),
    [
      [ids[0], 'a@y.example', true],
      [ids[1], 'b@y.example', false],
      [ids[2], 'c@y.example', false],
    ].sort(),
  )
  await relay.event('delivered', 2)
  assert.deepEqual(takenBy(second), ['<b@y.example>', '<c@y.example>'])
  say('250 2.0.0 taken')
  await relay.event('delivered', 3)
  assert.deepEqual(takenBy(first), ['<a@y.example>'])
  assert.equal(second.taken.length, 2)
  assert.deepEqual(await relay.control.listQueue({}), [])
})

test('what was being sent and wasn’t taken goes the new way', async t => {
  const [{ hop: first, dot, say }, second] = [await holding(t), await startNextHop(t)]
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings({ routes: [via(first)], retry: ['1s'] }),
  )
  await relay.submit(['a@y.example'])
  await dot
  await apply(relay, [via(second)])
  say(DROP)
  await relay.event('delivered')
  assert.deepEqual([takenBy(first), takenBy(second)], [[], ['<a@y.example>']])
})

async function install(t: Ending, delivery: object): Promise<Installation> {
  const folder = await makeFolder(t)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'settings.json'), JSON.stringify(officeSettings(delivery)))
  return installAsIs(t, folder)
}

async function submit(t: Ending, port: number, to: string): Promise<void> {
  const client = await SmtpClient.open(t, { host: '127.0.0.1', port })
  for (const line of ['EHLO client.example', 'MAIL FROM:<fred@local.example>', `RCPT TO:<${to}>`, 'DATA'])
    assert.match(await client.ask(line), /^[23]/)
  assert.match(await client.ask(`Subject: ${to}\r\n\r\nhello\r\n.`), /^250/)
  client.reset()
}

test('killed in between: what was taken stays so, what wasn’t goes the new way, each once', async t => {
  const [{ hop: first, dot }, second] = [await holding(t), await startNextHop(t)]
  const postern = await install(t, { routes: [via(first)], connections: 1 })
  const relay = await postern.serve()
  const port = await portOf(relay)
  await submit(t, port, 'a@y.example')
  await dot
  for (const to of ['b@y.example', 'c@y.example']) await submit(t, port, to)
  const said = await postern.set('delivery.routes', [via(second)])
  assert.match(said, /3 recipients of 3 queued messages go another way:/)
  assert.match(said, /a@y\.example .* unless it is being sent right now/)
  await second.until(() => second.taken.length === 2)
  // The next message is on the disk only behind what was noted of those.
  await submit(t, port, 'd@y.example')
  await second.until(() => second.taken.length === 3)
  await submit(t, port, 'fred@local.example')
  await relay.kill()
  first.dropAll()
  await postern.serve()
  await second.until(() => second.taken.length === 4)
  assert.deepEqual(takenBy(second), ['<a@y.example>', '<b@y.example>', '<c@y.example>', '<d@y.example>'])
  assert.deepEqual(takenBy(first), [])
  assert.deepEqual(await postern.facts('queue', 'list'), [])
})
