/** A person's hand on the queue: what each operation does, says and logs, above all while mail is being sent. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { makeFolder } from '../support/folder.ts'
import { type NextHop, startNextHop } from '../support/next-hop.ts'
import { officeSettings, startRelay } from '../support/relay-on-folder.ts'
import { watchTurns } from '../support/turns.ts'

const SMART = { to: ['*'], via: 'smart-host', encryption: 'none' }

function through(hop: NextHop, ...before: object[]): object {
  return { routes: [...before, { ...SMART, hosts: [`127.0.0.1:${hop.port}`] }], retry: ['1h'] }
}

/** A hop that answers the final dot when it is told to. */
function gated(): { answer: (command: string) => Promise<string> | undefined; go: (reply: string) => void } {
  let go = (_: string) => {}
  const gate = new Promise<string>(resolve => {
    go = resolve
  })
  return { answer: command => (command === '.' ? gate : undefined), go: reply => go(reply) }
}

for (const operation of ['removeMessages', 'holdMessages'] as const) {
  test(`${operation} of a message that is being sent says so, and its delivery is logged`, async t => {
    const { answer, go } = gated()
    const hop = await startNextHop(t, { answer })
    const relay = await startRelay(t, await makeFolder(t), officeSettings(through(hop)))
    const id = await relay.submit(['b@y.example'])
    await hop.until(() => hop.heard.some(line => line.includes('DATA')))
    assert.deepEqual((await relay.control.listQueue({}))[0]?.sending, [0])
    const change = await relay.control[operation]({ ids: [id] })
    assert.deepEqual(change, { changed: [id], sending: [id], left: [], unknown: [] })
    go('250 2.0.0 taken')
    assert.equal((await relay.event('delivered')).id, id)
    assert.deepEqual(await relay.control.listQueue({}), [])
  })
}

test('removed while it was being sent, and refused: it is gone, and its sender is told nothing', async t => {
  for (const reply of ['450 4.2.0 later', '550 5.1.1 no']) {
    const { answer, go } = gated()
    const hop = await startNextHop(t, { answer })
    const relay = await startRelay(t, await makeFolder(t), officeSettings(through(hop)))
    const id = await relay.submit(['b@y.example'])
    await hop.until(() => hop.heard.some(line => line.includes('DATA')))
    await relay.control.removeMessages({ ids: [id] })
    go(reply)
    await relay.stop()
    assert.equal(relay.count('bounced'), 0)
    assert.deepEqual(await relay.mailbox(), [])
    const again = await startRelay(t, relay.folder)
    assert.deepEqual(await again.control.listQueue({}), [])
  }
})

test('held while it was being sent, and put off: it stays held', async t => {
  const { answer, go } = gated()
  const hop = await startNextHop(t, { answer })
  const relay = await startRelay(t, await makeFolder(t), officeSettings(through(hop)))
  const id = await relay.submit(['b@y.example'])
  await hop.until(() => hop.heard.some(line => line.includes('DATA')))
  await relay.control.holdMessages({ ids: [id] })
  go('450 4.2.0 later')
  await relay.stop()
  const again = await startRelay(t, relay.folder)
  const [message] = await again.control.listQueue({})
  assert.equal(message?.states[0]?.kind, 'held')
})

test('what a route holds goes by the next route when it is released, also after a failed attempt', async t => {
  const hop = await startNextHop(t, { answer: line => (line.startsWith('MAIL') ? '451 busy' : undefined) })
  const hold = { to: ['held.example'], via: 'hold' }
  const relay = await startRelay(t, await makeFolder(t), officeSettings(through(hop, hold)))
  const id = await relay.submit(['x@held.example'])
  await relay.event('held')
  const released = await relay.control.releaseMessages({ ids: [id] })
  assert.deepEqual(released, { changed: [id], sending: [], left: [], unknown: [] })
  await relay.event('deferred')
  hop.script = {}
  await relay.control.retryMessages({ ids: [id] })
  await relay.event('delivered')
  assert.deepEqual(
    hop.taken.map(({ to }) => to.join()),
    ['<x@held.example>'],
  )
  const kinds = relay.events
    .map(({ kind }) => kind)
    .filter(kind => kind !== 'listening' && kind !== 'started')
  assert.deepEqual(kinds, ['accepted', 'held', 'queue-changed', 'deferred', 'queue-changed', 'delivered'])
})

test('what no other route takes stays held, and release says why', async t => {
  const delivery = { routes: [{ to: ['held.example'], via: 'hold' }] }
  const relay = await startRelay(t, await makeFolder(t), officeSettings(delivery))
  const id = await relay.submit(['x@held.example'])
  await relay.event('held')
  const { changed, left } = await relay.control.releaseMessages({ ids: [id] })
  assert.deepEqual(changed, [])
  assert.deepEqual(left, [{ id, why: 'no route for held.example but one that holds' }])
  assert.equal(relay.count('held'), 1)
  assert.equal(relay.count('queue-changed'), 0)
})

test('messages that an operation says nothing to stay as they were, with the reason', async t => {
  const hop = await startNextHop(t, { answer: line => (line.startsWith('MAIL') ? '451 busy' : undefined) })
  const relay = await startRelay(t, await makeFolder(t), officeSettings(through(hop)))
  const [waiting, held] = [await relay.submit(['a@y.example']), await relay.submit(['b@y.example'])]
  await relay.event('deferred', 2)
  await relay.control.holdMessages({ ids: [held] })
  const { left: notHeld } = await relay.control.releaseMessages({ ids: [waiting] })
  assert.deepEqual(notHeld, [{ id: waiting, why: "it isn't held" }])
  const { left: notTried } = await relay.control.retryMessages({ ids: [held] })
  assert.deepEqual(notTried, [{ id: held, why: 'it is held: release it instead' }])
  const { left: already } = await relay.control.holdMessages({ ids: [held] })
  assert.deepEqual(already, [{ id: held, why: 'it is held already' }])
  const all = await relay.control.retryMessages({ ids: [], all: true })
  assert.deepEqual(all.changed, [waiting])
  assert.equal(relay.count('queue-changed'), 2)
})

test('a change of routes that gives held mail no way leaves it alone, and the log too', async t => {
  const relay = await startRelay(t, await makeFolder(t), officeSettings({ routes: [] }))
  await relay.submit(['x@y.example'])
  await relay.event('held')
  const other = [{ to: ['other.example'], via: 'hold' }]
  const changed = await relay.control.setSettings('delivery.routes', other, 'command line')
  assert.equal(changed.ok, true)
  await relay.event('settings-applied')
  assert.equal((await relay.control.listQueue({}))[0]?.states[0]?.kind, 'held')
  assert.equal(relay.count('held'), 1)
})

/** Recipients in three domains, all put off. */
async function putOff(t: TestContext) {
  const hop = await startNextHop(t, { answer: line => (line.startsWith('MAIL') ? '451 busy' : undefined) })
  const relay = await startRelay(t, await makeFolder(t), officeSettings(through(hop)))
  const id = await relay.submit(['a@x.example', 'b@y.example', 'c@y.example'])
  const other = await relay.submit(['d@x.example'])
  await relay.event('deferred', 4)
  const kinds = async () =>
    (await relay.control.listQueue({})).map(({ states }) => states.map(({ kind }) => kind).join())
  return { hop, relay, id, other, kinds }
}

test('an operation by filter takes the recipients it finds, in whichever message, and no others', async t => {
  const { hop, relay, id, other, kinds } = await putOff(t)
  const held = await relay.control.holdMessages({ ids: [], all: true, filter: { to: 'x.example' } })
  assert.deepEqual(held, { changed: [id, other], sending: [], left: [], unknown: [] })
  assert.deepEqual(await kinds(), ['held,waiting,waiting', 'held'])
  const log = relay.events.filter(event => event.kind === 'queue-changed')
  assert.deepEqual(
    log.map(event => event.recipients),
    [['a@x.example'], undefined],
  )
  const removed = await relay.control.removeMessages({ ids: [id], filter: { to: 'c@y.example' } })
  assert.deepEqual(removed.changed, [id])
  assert.deepEqual(await kinds(), ['held,waiting,removed', 'held'])
  hop.script = {}
  const tried = await relay.control.retryMessages({ ids: [], all: true, filter: { match: 'y.example' } })
  assert.deepEqual(tried.changed, [id])
  await relay.event('delivered')
  assert.deepEqual(await kinds(), ['held,delivered,removed', 'held'])
  const freed = await relay.control.releaseMessages({ ids: [], all: true, filter: { from: '*' } })
  assert.deepEqual(freed.changed, [id, other])
  await relay.event('delivered', 3)
  assert.deepEqual(
    hop.taken.map(({ to }) => to.join()),
    ['<b@y.example>', '<a@x.example>', '<d@x.example>'],
  )
  assert.equal(relay.count('bounced'), 0)
})

test('a filter that finds nobody of a message that was named says so; a wrong one changes nothing', async t => {
  const { relay, id, kinds } = await putOff(t)
  const { changed, left } = await relay.control.removeMessages({ ids: [id], filter: { to: 'z.example' } })
  assert.deepEqual([changed, left.map(({ id }) => id)], [[], [id]])
  await assert.rejects(
    relay.control.removeMessages({ ids: [], all: true, filter: { to: 'a b' } }),
    /nothing in the queue was changed/,
  )
  assert.deepEqual(await kinds(), ['waiting,waiting,waiting', 'waiting'])
})

test('a recipient removed while it was being sent, and refused: only the other one’s sender is told', async t => {
  const { answer, go } = gated()
  const hop = await startNextHop(t, { answer })
  const relay = await startRelay(t, await makeFolder(t), officeSettings(through(hop)))
  const id = await relay.submit(['a@y.example', 'b@y.example'])
  await hop.until(() => hop.heard.some(line => line.includes('DATA')))
  const removed = await relay.control.removeMessages({ ids: [id], filter: { to: 'a@y.example' } })
  assert.deepEqual(removed.sending, [id])
  go('550 5.1.1 no')
  await relay.event('delivered')
  const [dsn] = await relay.mailbox()
  assert.match(dsn ?? '', /Final-Recipient: rfc822; ?b@y\.example/)
  assert.doesNotMatch(dsn ?? '', /Final-Recipient: rfc822; ?a@y\.example/)
})

/** A hop that keeps its last word, a route to it with these limits, and three messages for it. */
async function limited(t: TestContext, limits: object) {
  const { answer, go } = gated()
  const hop = await startNextHop(t, { answer })
  const name = `127.0.0.1:${hop.port}`
  const routes = [{ ...SMART, hosts: [name], limits }]
  const relay = await startRelay(t, await makeFolder(t), officeSettings({ routes, retry: ['1h'] }))
  const ids: string[] = []
  for (const to of ['a@y.example', 'b@y.example', 'c@y.example']) ids.push(await relay.submit([to]))
  const waits = async () => (await relay.control.listQueue({})).map(message => message.waits?.[0])
  return { hop, relay, name, ids, waits, go }
}

test('mail that waits for a connection, or for the first answer, says so', async t => {
  const { hop, relay, name, ids, waits, go } = await limited(t, { connections: 1 })
  await hop.until(() => hop.heard.some(line => line.includes('DATA')))
  const unanswered = `waits for ${name} to answer`
  assert.deepEqual(await waits(), [undefined, unanswered, unanswered])
  hop.script = { answer: command => (command === '.' ? new Promise(() => {}) : undefined) }
  go('250 2.0.0 taken')
  await relay.event('delivered')
  await hop.until(() => hop.heard.filter(line => line.includes('DATA')).length === 2)
  assert.deepEqual(await waits(), [undefined, `waits for a free connection to ${name}`])
  const shown = await relay.control.showMessage(ids[2] ?? '')
  assert.deepEqual(shown?.message.waits, [`waits for a free connection to ${name}`])
})

test('mail that waits for the limit of its route says so, and nothing once it went', async t => {
  const { hop, relay, name, waits, go } = await limited(t, { messagesPerMinute: 60 })
  hop.script = {}
  go('250 2.0.0 taken')
  await relay.event('delivered', 3)
  for (let count = 0; count < 8; count++) await relay.submit(['d@y.example'])
  await relay.event('delivered', 6)
  assert.ok((await waits()).includes(`waits for the limit of 60 messages a minute to ${name}`))
  await relay.event('delivered', 11)
  assert.deepEqual(await waits(), [])
})

test('by filter over thousands of messages the mail goes on meanwhile', async t => {
  const relay = await startRelay(t, await makeFolder(t), officeSettings({ routes: [] }))
  for (let sent = 0; sent < 2000; sent += 10)
    await Promise.all(Array.from({ length: 10 }, (_, n) => relay.submit([`r${sent + n}@y.example`])))
  await relay.event('held', 2000)
  const turns = watchTurns(t)
  const { changed } = await relay.control.holdMessages({ ids: [], all: true, filter: { to: '*' } })
  const found = await relay.control.listQueue({ match: 'r1999@' })
  const [longest = 0] = turns()
  assert.deepEqual([changed.length, found.length], [2000, 1])
  t.diagnostic(`others wait ${longest.toFixed(0)} ms at most`)
  assert.ok(longest < 100, `others wait ${longest} ms`)
})
