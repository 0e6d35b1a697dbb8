/** The schedule of next hops with real queues and sockets: one down beside others, one that comes back, set clocks. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DROP, SILENCE, startNextHop } from '../../support/next-hop.ts'
import { freePort } from '../../support/port.ts'
import { waitFor } from '../../support/wait.ts'
import { HOUR, MINUTE } from './message.ts'
import { routeTo, Station } from './station.ts'

const DAY = 24 * HOUR

async function addMany(station: Station, count: number, to: string): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, number) => station.add([`b${number}@${to}`])))
}

describe('one that is down', () => {
  test('doesn’t hold up mail to another', async t => {
    const [hangs, live] = [await startNextHop(t, { answer: () => SILENCE }), await startNextHop(t)]
    const station = await Station.open(t, [routeTo(hangs, ['y.example']), routeTo(live, ['z.example'])])
    await addMany(station, 50, 'y.example')
    await addMany(station, 50, 'z.example')
    await station.event('delivered', 50)
    assert.equal(live.taken.length, 50)
    assert.equal(hangs.connections, 1)
  })

  test('comes back: one probe when it is due, and all go', async t => {
    const hop = await startNextHop(t, {
      answer: command => (command === '' ? '421 4.3.2 not now' : undefined),
    })
    const station = await Station.open(t, [routeTo(hop)], { retry: [MINUTE, 5 * MINUTE] })
    await addMany(station, 500, 'y.example')
    const { next, waiting } = await station.event('hop-down')
    await station.event('deferred', 500)
    assert.ok(waiting >= 1 && next > Date.now() + 50_000)
    assert.equal(hop.connections, 1)
    station.ahead = 2 * MINUTE
    await station.add(['late@y.example'])
    await hop.until(() => hop.connections === 2 && hop.sockets.size === 0)
    await waitFor('the second failure', async () => (await failures(station)) === 2 || undefined)
    hop.script = {}
    let atFirst = 0
    hop.script = {
      answer: command => {
        if (command === '.' && hop.taken.length === 0) atFirst = hop.connections
        return undefined
      },
    }
    station.ahead += 6 * MINUTE
    await station.add(['later@y.example'])
    await station.event('delivered', 502)
    assert.deepEqual(
      [atFirst, hop.taken.length, station.count('hop-up'), station.count('hop-down')],
      [3, 502, 1, 1],
    )
    assert.deepEqual(await station.delivery.hops(), [])
  })

  test('its mail is told of to senders once it is late, and given up, though nobody tried each of them', async t => {
    const hop = await startNextHop(t)
    const hosts = [{ host: '127.0.0.1', port: await freePort() }]
    const station = await Station.open(t, [{ ...routeTo(hop), hosts }], { warnAfter: HOUR, giveUpAfter: DAY })
    const ids = [await addFrom(station, 'a'), await addFrom(station, 'b')]
    await station.event('deferred', 2)
    station.ahead = 1.5 * HOUR
    station.delivery.hurry(new Set(ids))
    await station.add(['c@y.example'], { reversePath: '' })
    await station.event('bounced', 2)
    station.ahead = 25 * HOUR
    await station.add(['d@y.example'], { reversePath: '' })
    await station.event('failed', 2)
    const texts = (await waitFor('four reports', async () => {
      const found = await station.mailbox()
      return found.length === 4 ? found : undefined
    })) as readonly string[]
    assert.equal(texts.filter(text => /Action: delayed/.test(text)).length, 2)
    assert.equal(texts.filter(text => /Action: failed/.test(text)).length, 2)
    for (const id of ids) assert.equal(station.queue.get(id), undefined)
  })

  test('by hand it is tried at once', async t => {
    const hop = await startNextHop(t)
    await hop.stop()
    const station = await Station.open(t, [routeTo(hop)])
    const id = await station.add(['b@y.example'])
    await station.event('deferred')
    await hop.start()
    station.queue.retry(id)
    station.delivery.hurry(new Set([id]))
    await station.event('delivered')
  })

  test('after a start it is tried once, whatever its schedule was', async t => {
    const hop = await startNextHop(t)
    await hop.stop()
    const station = await Station.open(t, [routeTo(hop)])
    await addMany(station, 5, 'y.example')
    await station.event('deferred', 5)
    await hop.start()
    station.apply([routeTo(hop)])
    await station.event('delivered', 5)
  })
})

async function failures(station: Station): Promise<number> {
  const [hop] = await station.delivery.hops()
  return hop?.state.kind === 'down' ? hop.state.failures : 0
}

function addFrom(station: Station, name: string): Promise<string> {
  return station.add([`${name}@y.example`], { reversePath: 'fred@local.example' })
}

test('one that takes connections and breaks off each message is left alone after three', async t => {
  const hop = await startNextHop(t, { answer: command => (command === 'DATA' ? DROP : undefined) })
  const station = await Station.open(t, [routeTo(hop)])
  await addMany(station, 20, 'y.example')
  await station.event('hop-down')
  await station.event('deferred', 20)
  assert.equal(hop.connections, 3)
  assert.equal(hop.taken.length, 0)
})

describe('limits of a route', () => {
  test('connections', async t => {
    const hop = await startNextHop(t)
    const station = await Station.open(t, [routeTo(hop, ['*'], { limits: { connections: 2 } })])
    await addMany(station, 60, 'y.example')
    await station.event('delivered', 60)
    assert.equal(hop.most, 2)
  })

  test('recipients of one message', async t => {
    const hop = await startNextHop(t)
    const station = await Station.open(t, [routeTo(hop, ['*'], { limits: { recipientsPerMessage: 3 } })])
    await station.add(Array.from({ length: 8 }, (_, number) => `b${number}@y.example`))
    await station.event('delivered', 8)
    assert.deepEqual(hop.taken.map(({ to }) => to.length).sort(), [2, 3, 3])
  })

  test('messages a minute', async t => {
    const hop = await startNextHop(t)
    const station = await Station.open(t, [routeTo(hop, ['*'], { limits: { messagesPerMinute: 40 } })])
    await addMany(station, 20, 'y.example')
    await station.event('delivered', 4)
    const sent = [...station.queue.messages()].filter(({ id }) => station.queue.sending(id).length > 0)
    assert.deepEqual(sent, [], 'what waits for its turn is not being sent')
    const start = performance.now()
    // Four at once, then one every 60/37 of a second, however the wall's clock is set.
    station.ahead = DAY
    await station.event('delivered', 6)
    assert.ok(performance.now() - start > 2500)
    assert.equal(hop.taken.length, 6)
  })
})

test('452 for too many recipients: the others go in a further transaction at once', async t => {
  let count = 0
  const hop = await startNextHop(t, {
    answer: command => {
      if (command.startsWith('MAIL')) count = 0
      return command.startsWith('RCPT') && ++count > 4 ? '452 4.5.3 too many recipients' : undefined
    },
  })
  const station = await Station.open(t, [routeTo(hop)])
  await station.add(Array.from({ length: 10 }, (_, number) => `b${number}@y.example`))
  await station.event('delivered', 10)
  assert.deepEqual(
    hop.taken.map(({ to }) => to.length),
    [4, 4, 2],
  )
  assert.equal(station.count('deferred'), 0)
})

describe('the clock', () => {
  test('set back a day: what waits is tried when its wait is over', async t => {
    const hop = await startNextHop(t, {
      answer: command => (command.startsWith('RCPT') ? '450 4.2.0 later' : undefined),
    })
    const clock = { wall: Date.now(), steady: 0 }
    const station = await Station.open(t, [routeTo(hop)], { retry: [MINUTE] }, clock)
    await station.add(['b@y.example'])
    const { next } = await station.event('deferred')
    assert.ok(Math.abs(next - clock.wall - MINUTE) <= 0.1 * MINUTE)
    hop.script = {}
    clock.wall -= DAY
    clock.steady += 1.2 * MINUTE
    clock.wall += 1.2 * MINUTE
    await station.add(['c@y.example'])
    await station.event('delivered', 2)
  })

  test('set ahead past giving up: nothing is returned that isn’t tried once more', async t => {
    const hop = await startNextHop(t)
    await hop.stop()
    const clock = { wall: Date.now(), steady: 0 }
    const station = await Station.open(t, [routeTo(hop)], { warnAfter: HOUR, giveUpAfter: 2 * HOUR }, clock)
    const id = await addFrom(station, 'b')
    await station.event('deferred')
    await hop.start()
    clock.wall += DAY
    await station.add(['c@y.example'])
    await station.event('delivered', 2)
    assert.equal(station.queue.get(id), undefined)
    assert.equal(station.count('bounced'), 0)
  })
})

test('let go after long: it is tried before it is given up, though the last attempt was in that moment', async t => {
  const hop = await startNextHop(t)
  await hop.stop()
  const clock = { wall: Date.now(), steady: 0 }
  const times = { retry: [HOUR], warnAfter: HOUR, giveUpAfter: 2 * HOUR }
  const station = await Station.open(t, [routeTo(hop)], times, clock)
  const id = await addFrom(station, 'b')
  await station.event('deferred')
  station.queue.hold(id)
  await station.add(['c@y.example'], { reversePath: '' })
  clock.wall += 3 * HOUR
  clock.steady += 3 * HOUR
  await station.add(['d@y.example'], { reversePath: '' })
  await waitFor('a further attempt', async () => (await failures(station)) === 2 || undefined)
  await hop.start()
  station.queue.release(id)
  await station.event('hop-up')
  await waitFor('it', () => station.queue.get(id) === undefined || undefined)
  assert.equal(station.count('bounced'), 0)
})

describe('reports', () => {
  const refused = (command: string) => (command.startsWith('RCPT') ? '550 5.1.1 nobody' : undefined)

  test('the postmaster gets a copy of what is returned, with its header only', async t => {
    const hop = await startNextHop(t, {
      answer: command => (/a@x/.test(command) ? undefined : refused(command)),
    })
    const station = await Station.open(t, [routeTo(hop)], { copyBouncesToPostmaster: true })
    await station.add(['b@y.example'], { ret: 'FULL', envid: 'the id' })
    await station.event('delivered', 2)
    const [copy = '', ...none] = await station.mailbox()
    assert.deepEqual(none, [])
    assert.match(copy, /^Return-Path: <>\nDelivered-To: fred@local\.example\n/)
    assert.match(
      copy,
      /\nTo: <fred@local\.example>\n[\s\S]*\nThis is a copy of what <a@x\.example> was told\.\n/,
    )
    assert.match(copy, /\nOriginal-Envelope-Id: the id\n[\s\S]*text\/rfc822-headers/)
    assert.doesNotMatch(copy, /hello/)
    assert.match(hop.taken[0]?.content ?? '', /message\/rfc822[\s\S]*hello/)
    assert.equal(station.count('bounced'), 1)
  })

  test('none of it where that isn’t set, of a delay, or of a message without a sender', async t => {
    const hop = await startNextHop(t, { answer: refused })
    const station = await Station.open(t, [routeTo(hop)])
    await station.add(['b@y.example'], { reversePath: 'a@local.example' })
    await station.event('failed')
    assert.deepEqual(await station.mailbox(), [])
    const quiet = await Station.open(t, [routeTo(hop)], { copyBouncesToPostmaster: true })
    await quiet.add(['b@y.example'], { reversePath: '' })
    await quiet.event('failed')
    assert.deepEqual(await quiet.mailbox(), [])
  })

  test('RET=FULL asks for the whole of what failed, and of nothing else (RFC 3461 section 4.3)', async t => {
    const hop = await startNextHop(t, {
      extensions: [],
      answer: command => (/RCPT TO:<bad@/.test(command) ? '550 5.1.1 nobody' : undefined),
    })
    const station = await Station.open(t, [routeTo(hop)])
    const notify = ['SUCCESS', 'FAILURE'] as const
    const to = ['bad@y.example', 'good@y.example'].map(address => ({ address, notify }))
    await station.add(to, { reversePath: 'fred@local.example', ret: 'FULL' }, 'the whole text')
    await station.event('delivered', 3)
    const letters = await station.mailbox()
    const [failed = '', relayed = ''] = ['failed', 'relayed'].map(action =>
      letters.find(letter => letter.includes(`\nAction: ${action}\n`)),
    )
    assert.match(failed, /\nContent-Type: message\/rfc822\n[\s\S]*\nthe whole text\n/)
    assert.match(relayed, /\nContent-Type: text\/rfc822-headers\n[\s\S]*\nSubject: test\n/)
    assert.doesNotMatch(relayed, /the whole text/)
  })

  test('an alias with several members: its sender is told that it was passed on (RFC 3461 section 5.2.7)', async t => {
    const hop = await startNextHop(t)
    const station = await Station.open(t, [routeTo(hop)])
    const orcpt = 'rfc822;all@local.example'
    await station.add(
      [
        { address: 'all@local.example', expanded: true, notify: ['SUCCESS'], orcpt },
        { address: 'b@y.example', notify: ['NEVER'], orcpt },
        { address: 'c@y.example', notify: ['NEVER'], orcpt },
      ],
      { reversePath: 'fred@local.example' },
    )
    await station.event('delivered', 4)
    const [text = ''] = await station.mailbox()
    assert.match(
      text,
      /Original-Recipient: rfc822;all@local\.example\nFinal-Recipient: rfc822; all@local\.example\nAction: expanded\nStatus: 2\./,
    )
    assert.deepEqual(
      hop.taken.map(({ to }) => to.join()),
      ['b', 'c'].map(name => `<${name}@y.example> NOTIFY=NEVER ORCPT=rfc822;all@local.example`),
    )
  })
})
