/** From the queue to mailboxes and next hops, and back to the sender where it fails; nothing is lost on the way. */
import assert from 'node:assert/strict'
import { mkdir, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { hopFacts, hopWords } from '../../../app/control/hop-answers.ts'
import { UP } from '../../../app/delivery/hop.ts'
import { PATIENCE } from '../../../app/delivery/next-hop.ts'
import { limitFiles } from '../../support/file-limit.ts'
import { SILENCE, startNextHop } from '../../support/next-hop.ts'
import { freePort } from '../../support/port.ts'
import { waitFor } from '../../support/wait.ts'
import { HOUR } from './message.ts'
import { routeTo, Station } from './station.ts'

const refuse = (pattern: RegExp, said: string) => (command: string) =>
  pattern.test(command) ? said : undefined

describe('a bounce', () => {
  test('tells of the one recipient that failed, and comes to a local sender in the mailbox', async t => {
    const hop = await startNextHop(t, { answer: refuse(/RCPT TO:<bad@/, '550 5.1.1 nobody here') })
    const station = await Station.open(t, [routeTo(hop)])
    const id = await station.add(['good@y.example', 'bad@y.example'], { reversePath: 'fred@local.example' })
    await station.event('delivered', 2)
    assert.deepEqual(hop.taken[0]?.to, ['<good@y.example>'])
    assert.equal(station.queue.get(id), undefined)
    const [bounce = '', ...others] = await station.mailbox()
    assert.deepEqual(others, [])
    assert.match(bounce, /^Return-Path: <>\nDelivered-To: fred@local\.example\n/)
    assert.match(bounce, /Final-Recipient: rfc822; bad@y\.example/)
    assert.match(bounce, /Diagnostic-Code: smtp; 550 5\.1\.1 nobody here/)
    assert.match(bounce, /\n\nSubject: test\n/, "the original's header")
    assert.doesNotMatch(bounce, /good@y|hello/)
    const { dsn, to } = await station.event('bounced')
    assert.notEqual(dsn, id)
    assert.equal(to, 'fred@local.example')
  })

  test('to a sender elsewhere goes out from <>, and when it fails itself, nobody is told', async t => {
    const hop = await startNextHop(t, { answer: refuse(/RCPT/, '550 5.1.1 nobody') })
    const station = await Station.open(t, [routeTo(hop)])
    await station.add(['b@y.example'])
    await station.event('failed', 2)
    assert.deepEqual(
      hop.heard
        .filter(line => /MAIL|RCPT/.test(line))
        .map(line => line.replace(/^\d+ | SIZE.*| BODY.*/g, '')),
      ['MAIL FROM:<a@x.example>', 'RCPT TO:<b@y.example>', 'MAIL FROM:<>', 'RCPT TO:<a@x.example>'],
    )
    assert.equal(station.count('bounced'), 1)
    assert.deepEqual([...station.queue.messages()], [])
  })

  test('none to a local address that does not exist', async t => {
    const hop = await startNextHop(t, { answer: refuse(/RCPT/, '550 5.1.1 nobody') })
    const station = await Station.open(t, [routeTo(hop)])
    await station.add(['b@y.example'], { reversePath: 'nobody@local.example' })
    await station.event('failed')
    assert.equal(station.count('bounced'), 0)
    assert.deepEqual([...station.queue.messages()], [])
  })

  test('is on disk before the failure is final: else the message waits', async t => {
    const hop = await startNextHop(t, { answer: refuse(/RCPT TO:<bad@/, '550 5.1.1 nobody here') })
    const station = await Station.open(t, [routeTo(hop)])
    const large = join(station.folder, 'spool', 'large')
    await rename(large, `${large}.away`)
    // So much that the report of it, whole, is too large for a segment.
    const body = 'x'.repeat(65_000)
    const envelope = { reversePath: 'fred@local.example', ret: 'FULL' } as const
    const id = await station.add(['good@y.example', 'bad@y.example'], envelope, body)
    const { reply, own } = await station.event('deferred')
    assert.match(reply.text, /^Postern can't write a report to the sender: /)
    assert.equal(own, true)
    assert.deepEqual(
      station.queue.get(id)?.states.map(({ kind }) => kind),
      ['delivered', 'waiting'],
    )
    assert.equal(station.count('failed'), 0)

    await rename(`${large}.away`, large)
    station.queue.retry(id)
    await station.event('failed')
    await station.event('delivered', 2)
    const bounces = await station.mailbox()
    assert.equal(bounces.length, 1)
    assert.ok(bounces[0]?.includes(body))
    assert.equal(hop.taken.length, 1, 'who had it does not get it again')
  })

  test('and its copy to the postmaster are both written or neither, and told once', async t => {
    const hop = await startNextHop(t, { answer: refuse(/RCPT/, '550 5.1.1 nobody here') })
    const station = await Station.open(t, [routeTo(hop)], { copyBouncesToPostmaster: true })
    const { postmaster } = station
    station.postmaster = () => {
      limitFiles(t, 0)
      return postmaster()
    }
    const id = await station.add(['bad@y.example'], { reversePath: 'fred@local.example' })
    const { reply } = await station.event('deferred')
    assert.match(reply.text, /Postern can't write a report to the sender until/)
    assert.deepEqual([...station.queue.ids()], [id], 'the report alone waits for nobody')

    limitFiles(t, undefined)
    station.postmaster = postmaster
    station.queue.retry(id)
    await station.event('delivered', 2)
    assert.deepEqual(station.queue.ids(), [])
    assert.equal((await station.mailbox()).length, 2)
  })

  test('a delay is told of once, then that it is given up', async t => {
    const hop = await startNextHop(t, { answer: refuse(/RCPT/, '450 4.2.1 later') })
    const station = await Station.open(t, [routeTo(hop)])
    const id = await station.add(['b@y.example'], { reversePath: 'fred@local.example' })
    await station.event('deferred')
    assert.equal(station.count('bounced'), 0)
    for (const hours of [5, 6]) {
      station.ahead = hours * HOUR
      station.queue.retry(id)
      await station.event('deferred', hours - 3)
    }
    await station.event('delivered')
    assert.match((await station.mailbox()).join(), /Action: delayed[\s\S]*Status: 4\.2\.1/)
    assert.equal((await station.event('bounced')).about, 'delay')
    station.ahead = 121 * HOUR
    station.queue.retry(id)
    await station.event('failed')
    await station.event('delivered', 2)
    assert.equal(station.count('bounced'), 2)
    const texts = await station.mailbox()
    assert.ok(
      texts.some(text =>
        /Action: failed\n[\s\S]*It was tried|It was tried[\s\S]*Action: failed\nStatus: 5\.2\.1/.test(text),
      ),
    )
  })
})

test('given up on a hop that was never reached: the sender reads why', async t => {
  const hop = await startNextHop(t)
  const hosts = [{ host: '127.0.0.1', port: await freePort() }]
  const station = await Station.open(t, [{ ...routeTo(hop), hosts }])
  const id = await station.add(['b@y.example'], { reversePath: 'fred@local.example' })
  await station.event('deferred')
  station.ahead = 121 * HOUR
  station.queue.retry(id)
  await station.event('delivered')
  const [bounce = ''] = await station.mailbox()
  assert.match(
    bounce,
    /could not deliver your message to:\n\n {2}<b@y\.example>\n {4}127\.0\.0\.1:\d+ refused the/,
  )
  assert.match(bounce, /It was tried from .* on, and is given up now\./)
  assert.match(bounce, /Status: 5\.4\.1\nDiagnostic-Code: x-postern; 451 4\.4\.1 127/)
})

describe('mailboxes', () => {
  test('a forwarded copy goes out, and one stays', async t => {
    const hop = await startNextHop(t)
    const station = await Station.open(t, [routeTo(hop)])
    await station.add(['fred@local.example', 'boss@elsewhere.example'])
    await station.event('delivered', 2)
    assert.equal((await station.mailbox()).length, 1)
    assert.deepEqual(hop.taken[0]?.to, ['<boss@elsewhere.example>'])
  })

  test('an account that was removed while the message waited: 5.1.1', async t => {
    const hop = await startNextHop(t)
    const station = await Station.open(t, [routeTo(hop)])
    station.apply([routeTo(hop)], [])
    await station.add(['fred@local.example'], { reversePath: 'a@x.example' })
    const { reply, own, via } = await station.event('failed')
    assert.deepEqual([reply.code, reply.status, own, via], [550, '5.1.1', true, 'mailbox fred'])
    assert.match(reply.text, /there is no account fred any more/)
    await hop.until(() => hop.taken.length === 1)
    assert.match(hop.taken[0]?.content ?? '', /Diagnostic-Code: x-postern; 550 5\.1\.1/)
  })

  test('a folder that cannot be written: it waits, with a sentence', async t => {
    const station = await Station.open(t, [])
    await mkdir(join(station.folder, 'mail'))
    await writeFile(join(station.folder, 'mail', 'fred'), 'in the way')
    const id = await station.add(['fred@local.example'])
    const { reply } = await station.event('deferred')
    assert.match(reply.text, /^Postern can't write to the mailbox of fred: /)
    await rm(join(station.folder, 'mail', 'fred'))
    station.queue.retry(id)
    await station.event('delivered')
    assert.equal((await station.mailbox()).length, 1)
  })

  test('large content', async t => {
    const station = await Station.open(t, [])
    await station.add(['fred@local.example'], {}, 'line\r\n'.repeat(100_000))
    await station.event('delivered')
    assert.match((await station.mailbox())[0] ?? '', /\n\n(line\n){100000}\n$/)
  })
})

test('content that was damaged on disk is never sent: it is kept aside, and its sender told', async t => {
  const hop = await startNextHop(t)
  const station = await Station.open(t, [])
  const id = await station.add(['b@y.example', 'fred@local.example'], {}, 'y'.repeat(100_000))
  await station.event('delivered')
  await truncate(join(station.folder, 'spool', 'large', `${id}.eml`), 500)
  station.apply([routeTo(hop)])
  const { reply } = await station.event('failed')
  assert.deepEqual([reply.code, reply.status], [554, '5.3.0'])
  await hop.until(() => hop.taken.length === 1)
  assert.equal(hop.taken[0]?.from.split(' ')[0], '<>')
  assert.ok((await readdir(join(station.folder, 'spool', 'damaged'))).some(name => name.startsWith(id)))
})

describe('changed routes', () => {
  test('free what was held for want of one', async t => {
    const hop = await startNextHop(t)
    const station = await Station.open(t, [])
    const id = await station.add(['b@y.example'])
    assert.equal((await station.event('held')).why, 'no route for y.example')
    assert.equal(station.queue.get(id)?.states[0]?.kind, 'held')
    station.apply([routeTo(hop)])
    await station.event('delivered')
    assert.equal(hop.taken.length, 1)
  })

  test('do not free what a person held', async t => {
    const hop = await startNextHop(t)
    const station = await Station.open(t, [])
    const id = await station.add(['b@y.example'])
    station.queue.hold(id)
    station.apply([routeTo(hop)])
    await station.add(['c@y.example'])
    await station.event('delivered')
    assert.equal(station.queue.get(id)?.states[0]?.kind, 'held')
  })

  test('apply to what waits in a lane, while what is being sent goes on', async t => {
    let go = () => {}
    const gate = new Promise<string>(resolve => {
      go = () => resolve('250 2.0.0 taken')
    })
    const [old, next] = [
      await startNextHop(t, { answer: command => (command === '.' ? gate : undefined) }),
      await startNextHop(t),
    ]
    const station = await Station.open(t, [routeTo(old)], { connections: 1 })
    await station.add(['a@y.example'])
    await old.until(() => old.heard.some(line => line.includes('DATA')))
    for (const to of ['b@y.example', 'c@y.example']) await station.add([to])
    station.apply([routeTo(next)])
    await next.until(() => next.taken.length === 2)
    go()
    await station.event('delivered', 3)
    assert.deepEqual(
      old.taken.map(({ to }) => to.join()),
      ['<a@y.example>'],
    )
  })

  test('that differ only in whom they are for share their connections', async t => {
    const hop = await startNextHop(t)
    const routes = [routeTo(hop, ['y.example']), routeTo(hop, ['z.example'])]
    const station = await Station.open(t, routes, { connections: 1 })
    await station.add(['b@y.example', 'b@z.example'])
    await station.event('delivered', 2)
    assert.equal(hop.connections, 1)
  })
})

describe('while it is being sent', () => {
  for (const [change, said, kind] of [
    ['hold', '250 2.0.0 taken', undefined],
    ['hold', '450 4.2.0 later', 'held'],
    ['hold', '550 5.1.1 no', undefined],
    ['remove', '250 2.0.0 taken', undefined],
    ['remove', '550 5.1.1 no', undefined],
  ] as const) {
    test(`${change}, then ${said}`, async t => {
      let go = () => {}
      const gate = new Promise<string>(resolve => {
        go = () => resolve(said)
      })
      const hop = await startNextHop(t, { answer: command => (command === '.' ? gate : undefined) })
      const station = await Station.open(t, [routeTo(hop)])
      const id = await station.add(['b@y.example'], { reversePath: '' })
      await hop.until(() => hop.heard.some(line => line.includes('DATA')))
      station.queue[change](id)
      go()
      await station.delivery.stop(5000)
      assert.equal(station.queue.get(id)?.states[0]?.kind, kind)
      assert.equal(station.count('bounced'), 0)
    })
  }

  test('removed: its sender gets no bounce', async t => {
    let go = () => {}
    const gate = new Promise<string>(resolve => {
      go = () => resolve('550 5.1.1 no')
    })
    const hop = await startNextHop(t, { answer: command => (command === '.' ? gate : undefined) })
    const station = await Station.open(t, [routeTo(hop)])
    const id = await station.add(['b@y.example'], { reversePath: 'fred@local.example' })
    await hop.until(() => hop.heard.some(line => line.includes('DATA')))
    station.queue.remove(id)
    go()
    await station.delivery.stop(5000)
    assert.deepEqual([...station.queue.messages()], [])
  })

  test('what is held or removed before its turn is not sent', async t => {
    let go = () => {}
    const gate = new Promise<string>(resolve => {
      go = () => resolve('250 2.0.0 taken')
    })
    const hop = await startNextHop(t, { answer: command => (command === '.' ? gate : undefined) })
    const station = await Station.open(t, [routeTo(hop)], { connections: 1 })
    await station.add(['a@y.example'])
    await hop.until(() => hop.heard.some(line => line.includes('DATA')))
    const [held, removed] = [await station.add(['b@y.example']), await station.add(['c@y.example'])]
    station.queue.hold(held)
    station.queue.remove(removed)
    await station.add(['d@y.example'])
    go()
    await station.event('delivered', 2)
    assert.deepEqual(
      hop.taken.map(({ to }) => to.join()),
      ['<a@y.example>', '<d@y.example>'],
    )
    station.queue.release(held)
    await station.event('delivered', 3)
  })
})

test('a watched message to two routes goes by each of them', async t => {
  const [one, other] = [await startNextHop(t), await startNextHop(t)]
  const station = await Station.open(t, [routeTo(one, ['y.example']), routeTo(other, ['z.example'])])
  station.queue.stop()
  const id = await station.add(['b@y.example', 'b@z.example'])
  const lines: string[] = []
  const both = new Promise<void>(resolve => {
    let count = 0
    const answer = () => {
      if (++count === 2) resolve()
    }
    station.delivery.watch(id, { line: line => lines.push(line), answer })
  })
  station.delivery.sendNow(id)
  await both
  assert.deepEqual([one.taken[0]?.to, other.taken[0]?.to], [['<b@y.example>'], ['<b@z.example>']])
  assert.equal(lines.filter(line => line.startsWith('C: RCPT')).length, 2)
})

test('a thousand to a hop that is down are put off at once', async t => {
  const down = { port: await freePort() }
  const hop = await startNextHop(t)
  const route = { ...routeTo(hop), hosts: [{ host: '127.0.0.1', port: down.port }] }
  const station = await Station.open(t, [route])
  station.queue.stop()
  await Promise.all(Array.from({ length: 1000 }, (_, i) => station.add([`b${i}@y.example`])))
  station.delivery.start()
  await station.event('deferred', 1000)
  const name = `127.0.0.1:${down.port}`
  const attempts = { first: 0, others: 0 }
  for (const { states, received } of station.queue.messages()) {
    const [state] = states
    assert.ok(state?.kind === 'waiting' && state.hop === name)
    assert.equal(state.next, received + 4 * HOUR, 'when its sender is to be told')
    attempts[state.attempts === 1 ? 'first' : 'others'] += 1
  }
  assert.deepEqual(attempts, { first: 1, others: 999 }, 'one of them was tried')
  const { hop: what, waiting, next } = await station.event('hop-down')
  assert.deepEqual([what, waiting, station.count('hop-down')], [name, 1000, 1])
  const [{ state } = { state: UP }, ...none] = await station.delivery.hops()
  assert.deepEqual([state.kind, state.kind === 'down' && state.next, none], ['down', next, []])
})

test('a message that hangs is sent over a new connection once a person has it tried', async t => {
  const hung = await startNextHop(t)
  hung.script = { answer: command => (command.startsWith('DATA') ? SILENCE : undefined) }
  const parts = { patience: { ...PATIENCE, silent: 100 } }
  const station = await Station.open(t, [routeTo(hung)], {}, undefined, parts)
  const id = await station.add(['a@y.example'])
  await hung.until(() => hung.heard.some(line => line.endsWith('DATA')))
  const reasons = async () => hopFacts(await station.delivery.hops()).map(({ reason }) => reason)
  await waitFor('silence', async () => (await reasons()).includes('silent') || undefined)
  hung.script = {}
  station.queue.retry(id)
  station.delivery.hurry(new Set([id]))
  await station.event('delivered')
  assert.deepEqual([hung.connections, hung.taken.length], [2, 1])
})

test('a hop that hangs in the middle of a message is told of, others flow, and the stop doesn’t wait for it', async t => {
  const [hung, live] = [await startNextHop(t), await startNextHop(t)]
  hung.script = { answer: command => (command.startsWith('DATA') ? SILENCE : undefined) }
  const patience = { ...PATIENCE, silent: 500 }
  const routes = [routeTo(hung, ['y.example']), routeTo(live, ['z.example'])]
  const station = await Station.open(t, routes, {}, undefined, { patience })
  const before = Date.now()
  for (const name of ['a', 'b', 'c']) await station.add([`${name}@y.example`])
  await station.add(['d@z.example'])
  assert.equal((await station.event('delivered')).via, `127.0.0.1:${live.port}`)
  const [facts] = await waitFor('silence', async () => {
    const found = hopFacts(await station.delivery.hops())
    return found.length > 0 ? found : undefined
  })
  assert.ok(facts)
  const { name, reason, since, next, waiting } = facts
  assert.deepEqual([name, reason, waiting], [`127.0.0.1:${hung.port}`, 'silent', 3])
  assert.ok(before - 50 <= since && since <= Date.now() - patience.silent, `since ${since - before}`)
  assert.equal(next - since, patience.answer)
  assert.match(
    `${hopWords(facts, since + 5000)}: ${facts.why}.`,
    /^127\.0\.0\.1:\d+ has said nothing in the middle of a message since \d\d:\d\d; next try in 10 min; 3 messages wait: Postern waits for its answer to DATA, as long as RFC 5321 asks\.$/,
  )
  const start = Date.now()
  await station.delivery.stop(500)
  assert.ok(Date.now() - start < 400)
  const states = [...station.queue.messages()].map(({ states }) => states[0]?.kind)
  assert.deepEqual(states, ['waiting', 'waiting', 'waiting'])
})
