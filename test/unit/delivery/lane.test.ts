/** A lane keeps to its connections, uses them again, and brings every transaction to exactly one end. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Answers } from '../../../app/delivery/answers.ts'
import { Bucket } from '../../../app/delivery/bucket.ts'
import { Failure } from '../../../app/delivery/failure.ts'
import type { HopDown } from '../../../app/delivery/hop.ts'
import { Lane, type LaneOptions } from '../../../app/delivery/lane.ts'
import { openRoute } from '../../../app/delivery/open.ts'
import { Slots } from '../../../app/delivery/slots.ts'
import type { Source, Transaction } from '../../../app/delivery/source.ts'
import type { Outgoing } from '../../../app/delivery/transport.ts'
import { atEnd } from '../../support/ending.ts'
import { DROP, type NextHop, SILENCE, startNextHop } from '../../support/next-hop.ts'
import { freePort } from '../../support/port.ts'
import { routeContext } from '../../support/route-context.ts'
import { waitFor } from '../../support/wait.ts'
import { outgoing } from './outgoing.ts'

const patience = { connect: 1000, greeting: 1000, answer: 2000, silent: 60_000 }

/** A lane, and the parcels it may take out: those that were pushed and not yet taken. */
class Bench implements Source {
  readonly lane: Lane
  readonly changes: string[] = []
  readonly #parcels = new Map<string, Parcel>()
  #closed = false

  constructor(test: TestContext, ports: readonly number[], most: number, options: Partial<LaneOptions> = {}) {
    const hosts = ports.map(port => ({ host: '127.0.0.1', port }))
    const who = { to: ['*'], senders: [], users: [] }
    const route = { ...who, via: 'smart-host', hosts, encryption: 'none', plaintextLogin: 'never' } as const
    const context = routeContext({ patience })
    this.lane = new Lane({
      open: signal => openRoute({ route, hostname: 'postern.example', context, signal }),
      name: 'the hop',
      most,
      retry: [HOUR],
      slots: new Slots(100),
      silentAfter: patience.silent,
      clock: { now: Date.now, random: () => 0.5 },
      source: this,
      ...options,
    })
    atEnd(test, () => this.lane.close(0))
  }

  push(parcel: Parcel): void {
    parcel.bench = this
    this.keep(parcel)
    if (this.#closed) parcel.untried()
    else this.lane.offer(parcel.id, parcel.recipients)
  }

  /** It may be taken out. */
  keep(parcel: Parcel): void {
    this.#parcels.set(parcel.id, parcel)
  }

  pull(id: string): readonly Transaction[] {
    const parcel = this.#parcels.get(id)
    this.#parcels.delete(id)
    return parcel ? [parcel] : []
  }

  parked(id: string, _: readonly number[], down: HopDown): void {
    this.#parcels.get(id)?.parked(down)
  }

  late(id: string, _: readonly number[], down: HopDown): void {
    this.#parcels.get(id)?.parked(down)
  }

  /** What the lane leaves is untried. */
  async close(grace: number): Promise<void> {
    this.#closed = true
    await this.lane.close(grace)
    for (const parcel of this.#parcels.values()) parcel.untried()
    this.#parcels.clear()
  }

  changed(...[state, , waiting]: Parameters<Source['changed']>): void {
    this.changes.push(`${state.kind}, ${waiting} wait`)
  }
}

const HOUR = 3_600_000

function laneTo(
  test: TestContext,
  ports: readonly number[],
  most = 3,
  options?: Partial<LaneOptions>,
): Bench {
  return new Bench(test, ports, most, options)
}

/** With more patience than a test has. */
function openTo(port: number): LaneOptions['open'] {
  const context = routeContext({ patience: { ...patience, answer: 600_000 } })
  const hosts = [{ host: '127.0.0.1', port }]
  const who = { to: ['*'], senders: [], users: [] }
  const route = { ...who, via: 'smart-host', hosts, encryption: 'none', plaintextLogin: 'never' } as const
  return signal => openRoute({ route, hostname: 'postern.example', context, signal })
}

type End =
  | { readonly kind: 'untried' | 'nothing' }
  | { readonly kind: 'finished'; result: Answers | Failure; via: string }

let ids = 0

/** Remembers every end it comes to, which must be one, and that it was told to wait before. */
class Parcel implements Transaction {
  readonly id = String(++ids)
  readonly recipients = [0]
  readonly ends: End[] = []
  readonly waits: HopDown[] = []
  readonly over: Promise<End>
  /** It is over, or waits. */
  readonly known: Promise<void>
  bench: Bench | undefined
  readonly #content: () => Outgoing | undefined
  #resolve: (end: End) => void = () => {}
  #know: () => void = () => {}

  constructor(content: () => Outgoing | undefined = outgoing) {
    this.#content = content
    this.over = new Promise(resolve => {
      this.#resolve = resolve
    })
    this.known = new Promise(resolve => {
      this.#know = resolve
    })
  }

  async outgoing(): Promise<Outgoing | undefined> {
    const content = this.#content()
    if (!content) this.#end({ kind: 'nothing' })
    return content
  }

  finished(result: Answers | Failure, via: string, down?: HopDown): void {
    if (down) {
      this.bench?.keep(this)
      this.parked(down)
    } else this.#end({ kind: 'finished', result, via })
  }

  parked(down: HopDown): void {
    this.waits.push(down)
    this.#know()
  }

  untried(): void {
    this.#end({ kind: 'untried' })
  }

  #end(end: End): void {
    this.ends.push(end)
    this.#resolve(end)
    this.#know()
  }
}

function push(lane: Bench, count: number): Parcel[] {
  const parcels = Array.from({ length: count }, () => new Parcel())
  for (const parcel of parcels) lane.push(parcel)
  return parcels
}

/** As soon as each is over, or told to wait. */
async function codesOf(parcels: readonly Parcel[]): Promise<number[]> {
  await Promise.all(parcels.map(({ known }) => known))
  return parcels.map(({ ends: [end], waits: [down] }) => {
    if (end?.kind !== 'finished') return down?.reply.code ?? 0
    return end.result instanceof Failure ? end.result.reply.code : (end.result.replies[0]?.code ?? 0)
  })
}

const fill = (length: number, code: number) => Array.from({ length }, () => code)

describe('connections', () => {
  test('one is used again and again', async t => {
    const hop = await startNextHop(t)
    const lane = laneTo(t, [hop.port], 1)
    assert.deepEqual(await codesOf(push(lane, 20)), fill(20, 250))
    assert.deepEqual(await codesOf(push(lane, 1)), [250])
    assert.equal(hop.connections, 1)
  })

  test('never more at a time than are allowed', async t => {
    const hop = await startNextHop(t)
    const lane = laneTo(t, [hop.port], 3)
    assert.deepEqual(await codesOf(push(lane, 50)), fill(50, 250))
    assert.equal(hop.most, 3)
  })

  test('after a refusal RSET, then the next message over the same one', async t => {
    const answer = (command: string) => (/^(MAIL|DATA)/.test(command) ? '550 5.7.1 no' : undefined)
    const hop = await startNextHop(t, { answer, extensions: [] })
    const lane = laneTo(t, [hop.port], 1)
    assert.deepEqual(await codesOf(push(lane, 1)), [550])
    hop.script = {}
    assert.deepEqual(await codesOf(push(lane, 1)), [250])
    assert.equal(hop.connections, 1)
    assert.equal(hop.heard.filter(line => line.endsWith('RSET')).length, 1)
  })

  test('one that ends at RSET is replaced', async t => {
    const answer = (command: string) =>
      command === 'RSET' ? DROP : command.startsWith('RCPT') ? '550 5.1.1 no' : undefined
    const hop = await startNextHop(t, { answer })
    const lane = laneTo(t, [hop.port], 1)
    assert.deepEqual(await codesOf(push(lane, 3)), [550, 550, 550])
    assert.equal(hop.connections, 3)
  })

  test('an idle one that the hop closes is replaced without a failed attempt', async t => {
    const hop = await startNextHop(t)
    const lane = laneTo(t, [hop.port], 1)
    await codesOf(push(lane, 1))
    hop.dropAll()
    await hop.until(() => hop.sockets.size === 0)
    assert.deepEqual(await codesOf(push(lane, 1)), [250])
    assert.equal(hop.connections, 2)
  })

  for (const said of [DROP, '421 4.4.2 idle too long'] as const) {
    test(`so is one that ends at the next MAIL: ${String(said)}`, async t => {
      const used = new Set<number>()
      const hop = await startNextHop(t, {
        answer: (command, { connection }) => {
          if (!command.startsWith('MAIL') || !used.has(connection)) {
            if (command.startsWith('MAIL')) used.add(connection)
            return undefined
          }
          return said
        },
      })
      const lane = laneTo(t, [hop.port], 1)
      assert.deepEqual(await codesOf(push(lane, 5)), fill(5, 250))
      assert.equal(hop.connections, 5)
      assert.equal(hop.taken.length, 5)
    })
  }

  test('a message that ends each connection at its MAIL fails alone', async t => {
    const hop = await startNextHop(t, { answer: command => (command.includes('<evil@') ? DROP : undefined) })
    const lane = laneTo(t, [hop.port], 1)
    const evil = new Parcel(() => outgoing({ reversePath: 'evil@x' }))
    const [first] = push(lane, 1)
    lane.push(evil)
    const others = push(lane, 3)
    assert.deepEqual(await codesOf([first ?? evil, evil, ...others]), [250, 451, 250, 250, 250])
  })

  test('a hop that takes only two gets two, and nothing fails', async t => {
    const hop = await startNextHop(t, {
      answer: (command, { connection }) =>
        command === '' && connection > 2 ? '421 4.7.0 too many connections' : undefined,
    })
    hop.script = {
      answer: command => (command === '' && hop.sockets.size > 2 ? '421 4.7.0 too many' : undefined),
    }
    const lane = laneTo(t, [hop.port], 10)
    // The first two must stand before the third is refused: else there is no other connection to go by.
    const first = push(lane, 2)
    await codesOf(first)
    assert.deepEqual(await codesOf(push(lane, 100)), fill(100, 250))
    assert.ok(hop.connections < 20, `${hop.connections} connections were tried`)
  })
})

describe('no transaction is forgotten', () => {
  test('that comes just when the only worker ends', async t => {
    const hop = await startNextHop(t, { answer: command => (command.startsWith('MAIL') ? DROP : undefined) })
    const lane = laneTo(t, [hop.port], 1, { retry: [1] })
    for (let depth = 0; depth < 30; depth++) {
      const [first] = push(lane, 1)
      await first?.over
      for (let turn = 0; turn < depth; turn++) await Promise.resolve()
      const [second] = push(lane, 1)
      await second?.over
    }
  })

  test('whose connection is refused while another has become idle', { timeout: 4000 }, async t => {
    let refuse = () => {}
    const refusal = new Promise<string>(resolve => {
      refuse = () => resolve('421 4.7.0 too many connections')
    })
    let finish = () => {}
    const finished = new Promise<string>(resolve => {
      finish = () => resolve('250 2.0.0 taken')
    })
    const hop = await startNextHop(t)
    hop.script = {
      answer: (command, { connection }) => {
        if (command === '' && connection === 2) return refusal
        return command === '.' && hop.taken.length === 1 ? finished : undefined
      },
    }
    const lane = laneTo(t, [hop.port], 2)
    // A hop that hasn't answered yet gets one connection only.
    await codesOf(push(lane, 1))
    const parcels = push(lane, 2)
    await hop.until(() => hop.connections === 2 && hop.heard.filter(line => /DATA/.test(line)).length === 2)
    finish()
    await parcels[0]?.over
    refuse()
    assert.deepEqual(await codesOf(parcels), [250, 250])
    assert.equal(hop.connections, 2)
  })
})

describe('a next hop that is down', () => {
  test('has all wait for it, by its own schedule', async t => {
    const now = Date.now()
    const lane = laneTo(t, [await freePort()], 2, { clock: { now: () => now, random: () => 1 } })
    const parcels = push(lane, 1000)
    assert.deepEqual(await codesOf(parcels), fill(1000, 451))
    for (const { ends, waits } of parcels) {
      assert.equal(ends.length, 0)
      assert.deepEqual(
        waits.map(({ reason, failures, since, next }) => [reason, failures, since, next]),
        [['unreachable', 1, now, now + 1.1 * HOUR]],
      )
    }
    assert.deepEqual(lane.changes, ['down, 1000 wait'])
  })

  test('that never greets costs one connection, not one for each', async t => {
    const hop = await startNextHop(t, { answer: () => SILENCE })
    const lane = laneTo(t, [hop.port], 2)
    const start = Date.now()
    assert.deepEqual(await codesOf(push(lane, 20)), fill(20, 451))
    assert.ok(Date.now() - start < 1900)
    assert.deepEqual(await codesOf(push(lane, 20)), fill(20, 451))
    assert.equal(hop.connections, 1)
  })

  test('that comes back with 500 waiting is noticed by one probe, then drained over a few', async t => {
    let answer = '421 4.3.2 not now'
    const hop = await startNextHop(t, { answer: command => (command === '' ? answer : undefined) })
    let now = Date.now()
    const lane = laneTo(t, [hop.port], 4, { clock: { now: () => now, random: () => 0.5 } })
    const parcels = push(lane, 500)
    assert.deepEqual(await codesOf(parcels), fill(500, 451))
    assert.equal(hop.connections, 1)
    now += HOUR
    lane.lane.offer('any', [0])
    await hop.until(() => hop.connections === 2)
    await hop.until(() => hop.sockets.size === 0)
    assert.equal(lane.lane.state.kind === 'down' && lane.lane.state.failures, 2)
    assert.equal(hop.connections, 2, 'one attempt when it was due')
    answer = '220 hop.example ESMTP'
    let atFirst = 0
    hop.script = {
      answer: command => {
        if (command === '.' && hop.taken.length === 0) atFirst = hop.connections
        return undefined
      },
    }
    lane.lane.hurry()
    assert.deepEqual(
      (await Promise.all(parcels.map(({ over }) => over))).map(({ kind }) => kind),
      parcels.map(() => 'finished'),
    )
    assert.equal(atFirst, 3, 'the probe alone until it is answered')
    assert.deepEqual([hop.taken.length, hop.most], [500, 4])
    assert.deepEqual(lane.changes, ['down, 500 wait', 'up, 500 wait'])
  })

  test('that breaks off one message after the other counts as down; each of them waits by itself', async t => {
    const hop = await startNextHop(t, { answer: command => (command.startsWith('MAIL') ? DROP : undefined) })
    const lane = laneTo(t, [hop.port], 1)
    const parcels = push(lane, 10)
    await codesOf(parcels)
    assert.deepEqual(
      parcels.map(({ ends, waits }) => ends[0]?.kind ?? waits[0]?.reason),
      [...Array.from({ length: 3 }, () => 'finished'), ...Array.from({ length: 7 }, () => 'broken')],
    )
    assert.equal(hop.connections, 3)
    hop.script = {}
    lane.lane.hurry()
    await Promise.all(parcels.map(({ over }) => over))
    assert.equal(hop.taken.length, 7)
  })

  test('is asked again for what comes later, when it is asked to', async t => {
    const hop = await startNextHop(t)
    await hop.stop()
    const lane = laneTo(t, [hop.port])
    const first = push(lane, 3)
    await codesOf(first)
    await hop.start()
    const others = push(lane, 3)
    lane.lane.hurry()
    await Promise.all([...first, ...others].map(({ over }) => over))
    assert.deepEqual(await codesOf([...first, ...others]), fill(6, 250))
  })

  test('overdue mail waits for the next attempt where there was none since it came, or one is due', async t => {
    let now = 1000
    const port = await freePort()
    const lane = laneTo(t, [port], 1, { clock: { now: () => now, random: () => 0.5 } })
    const [parcel, late] = [new Parcel(), new Parcel()]
    lane.push(parcel)
    await parcel.known
    now = 5000
    lane.push(late)
    await late.known
    lane.lane.overdue(parcel.id, [0], 500)
    assert.equal(parcel.waits.length, 2, 'it was tried since it came')
    lane.lane.overdue(late.id, [0], 5000)
    assert.equal(late.waits.length, 1)
    await waitFor('the attempt', () => late.waits[1])
    assert.equal(late.waits[1]?.failures, 2)
  })

  test('is passed over for the second host', async t => {
    const hop = await startNextHop(t)
    const lane = laneTo(t, [await freePort(), hop.port])
    const [parcel] = push(lane, 1)
    const end = await parcel?.over
    assert.equal(end?.kind === 'finished' && end.via, `127.0.0.1:${hop.port}`)
  })
})

describe('connections in all', () => {
  test('hops that hang while they are reached have half of them at most, and one each', async t => {
    const slots = new Slots(4)
    const silent = await Promise.all([1, 2, 3].map(() => startNextHop(t, { answer: () => SILENCE })))
    const live = await startNextHop(t)
    for (const { port } of silent) push(laneTo(t, [port], 10, { slots }), 20)
    await Promise.all(silent.slice(0, 2).map(hop => hop.until(() => hop.connections === 1)))
    const parcels = push(laneTo(t, [live.port], 10, { slots }), 20)
    await Promise.all(parcels.map(({ over }) => over))
    assert.deepEqual(await codesOf(parcels), fill(20, 250))
    assert.ok(silent.every(({ most }) => most <= 1))
  })

  for (const where of ['MAIL', 'RCPT', 'DATA', '.'] as const) {
    test(`a hop that hangs at ${where} after it worked keeps mail from no other`, async t => {
      const slots = new Slots(4)
      const [hung, live] = [await startNextHop(t), await startNextHop(t)]
      const patient = (port: number) => laneTo(t, [port], 10, { slots, silentAfter: 100, open: openTo(port) })
      const lane = patient(hung.port)
      await codesOf(push(lane, 1))
      hung.script = { answer: command => (command.startsWith(where) ? SILENCE : undefined) }
      const stuck = push(lane, 20)
      await hung.until(() => hung.sockets.size === 4)
      assert.deepEqual(await codesOf(push(patient(live.port), 50)), fill(50, 250))
      assert.deepEqual(
        stuck.flatMap(({ ends }) => ends),
        [],
        'they are waited for',
      )
      assert.ok(hung.most <= 10)
    })
  }

  test('many hops that hang keep mail from no other, and get no more connections than there are', async t => {
    const slots = new Slots(6)
    const hops = await Promise.all(Array.from({ length: 5 }, () => startNextHop(t)))
    const live = await startNextHop(t)
    const patient = (port: number) => laneTo(t, [port], 3, { slots, silentAfter: 100, open: openTo(port) })
    const lanes = hops.map(({ port }) => patient(port))
    await Promise.all(lanes.map(lane => codesOf(push(lane, 1))))
    for (const hop of hops) hop.script = { answer: command => (command === '.' ? SILENCE : undefined) }
    for (const lane of lanes) push(lane, 10)
    const lane = patient(live.port)
    for (let round = 0; round < 5; round++) assert.deepEqual(await codesOf(push(lane, 10)), fill(10, 250))
    const open = hops.reduce((sum, { sockets }) => sum + sockets.size, 0)
    assert.ok(open <= 15, `${open} connections`)
  })

  test('what gets its answer after all goes on', async t => {
    const slots = new Slots(1)
    const answers: (() => void)[] = []
    const later = () => new Promise<string>(resolve => answers.push(() => resolve('250 2.0.0 taken')))
    const [slow, live] = [await startNextHop(t), await startNextHop(t)]
    const patient = (port: number) => laneTo(t, [port], 3, { slots, silentAfter: 100, open: openTo(port) })
    slow.script = { answer: command => (command === '.' ? later() : undefined) }
    const lane = patient(slow.port)
    const parcels = push(lane, 2)
    await waitFor('the first', () => answers.length === 1 || undefined)
    assert.deepEqual(await codesOf(push(patient(live.port), 5)), fill(5, 250))
    answers[0]?.()
    await waitFor('the second', () => answers.length === 2 || undefined)
    answers[1]?.()
    assert.deepEqual(await codesOf(parcels), [250, 250])
  })

  test('are shared by all, however much one has to send', async t => {
    const slots = new Slots(2)
    const hops = [await startNextHop(t), await startNextHop(t), await startNextHop(t)]
    const parcels = hops.flatMap(({ port }) => push(laneTo(t, [port], 10, { slots }), 100))
    await Promise.all(parcels.map(({ over }) => over))
    assert.deepEqual(await codesOf(parcels), fill(300, 250))
  })
})

test('no more messages a minute than it may have, whoever sets the clock', async t => {
  const hop = await startNextHop(t)
  let steady = 0
  const bucket = new Bucket(20, () => steady)
  const lane = laneTo(t, [hop.port], 3, { bucket })
  const parcels = push(lane, 30)
  const { length } = Array.from({ length: 59 }, () => 0)
  for (let second = 0; second < length; second++) {
    steady = second * 1000
    lane.lane.offer('', [])
    await new Promise(resolve => setImmediate(resolve))
  }
  await waitFor('twenty', () => hop.taken.length >= 18 || undefined)
  assert.ok(hop.taken.length <= 20)
  assert.ok(parcels.length > hop.taken.length)
})

describe('close', () => {
  test('finishes what is being sent and gives back what waits', async t => {
    let go = () => {}
    const gate = new Promise<string>(resolve => {
      go = () => resolve('250 2.0.0 taken')
    })
    const hop = await startNextHop(t, { answer: command => (command === '.' ? gate : undefined) })
    const lane = laneTo(t, [hop.port], 1)
    const parcels = push(lane, 5)
    await hop.until(() => hop.heard.some(line => line.includes('DATA')))
    const closed = lane.close(5000)
    go()
    await closed
    assert.deepEqual(
      parcels.map(({ ends }) => ends.map(({ kind }) => kind)),
      [['finished'], ...Array.from({ length: 4 }, () => ['untried'])],
    )
    await hop.until(() => hop.heard.some(line => line.includes('QUIT')))
    const [late] = push(lane, 1)
    assert.equal((await late?.over)?.kind, 'untried')
  })

  test('breaks off what is not finished in time, and gives it back', async t => {
    const hop = await startNextHop(t)
    const lane = laneTo(t, [hop.port], 2)
    await codesOf(push(lane, 1))
    hop.script = { answer: command => (command === '.' ? SILENCE : undefined) }
    const parcels = push(lane, 3)
    await hop.until(() => hop.heard.filter(line => line.includes('DATA')).length === 3)
    const start = Date.now()
    await lane.close(50)
    assert.ok(Date.now() - start < 1000)
    assert.deepEqual(
      parcels.flatMap(({ ends }) => ends.map(({ kind }) => kind)),
      ['untried', 'untried', 'untried'],
    )
  })

  test('does not wait for an answer that was waited for longer already', async t => {
    const hop = await startNextHop(t, { answer: command => (command === '.' ? SILENCE : undefined) })
    const lane = laneTo(t, [hop.port], 1, { silentAfter: 1200, open: openTo(hop.port) })
    const [parcel] = push(lane, 1)
    const [silent] = await waitFor('silence', () =>
      lane.lane.silent.length > 0 ? lane.lane.silent : undefined,
    )
    assert.equal(silent?.to, 'the message')
    const start = Date.now()
    await lane.close(1200)
    assert.ok(Date.now() - start < 600)
    assert.deepEqual(parcel?.ends, [{ kind: 'untried' }])
  })

  test('waits on where there is time', async t => {
    let go = () => {}
    const gate = new Promise<string>(resolve => {
      go = () => resolve('250 2.0.0 taken')
    })
    const hop = await startNextHop(t, { answer: command => (command === '.' ? gate : undefined) })
    const lane = laneTo(t, [hop.port], 1, { silentAfter: 100, open: openTo(hop.port) })
    const [parcel] = push(lane, 1)
    await waitFor('silence', () => lane.lane.silent.length > 0 || undefined)
    const closed = lane.close(60_000)
    go()
    await closed
    assert.equal(parcel?.ends[0]?.kind, 'finished')
  })

  test('does not wait for a connection in the making', async t => {
    const hop = await startNextHop(t, { answer: () => SILENCE })
    const lane = laneTo(t, [hop.port], 2)
    const parcels = push(lane, 3)
    await hop.until(() => hop.connections === 1)
    const start = Date.now()
    await lane.close(10_000)
    assert.ok(Date.now() - start < 900)
    for (const { ends } of parcels) assert.deepEqual(ends, [{ kind: 'untried' }])
  })

  test('does not wait for the answer to QUIT', async t => {
    const hop = await startNextHop(t, { answer: command => (command === 'QUIT' ? SILENCE : undefined) })
    const lane = laneTo(t, [hop.port], 1)
    await codesOf(push(lane, 1))
    const start = Date.now()
    await lane.close(10_000)
    assert.ok(Date.now() - start < 900)
  })
})

describe('what gets no answer for long and is to be tried now', () => {
  /** A hop that says nothing at this command the first time, and what is sent to it, silent by now. */
  async function silentAt(t: TestContext, command: string) {
    let isFirst = true
    const answer = (said: string) => {
      if (!said.startsWith(command) || !isFirst) return undefined
      isFirst = false
      return SILENCE
    }
    const hop = await startNextHop(t, { answer })
    const lane = laneTo(t, [hop.port], 1, { silentAfter: 100, open: openTo(hop.port) })
    const [parcel = assert.fail()] = push(lane, 1)
    await waitFor('silence', () => lane.lane.silent.length > 0 || undefined)
    return { hop, lane, parcel }
  }

  for (const command of ['MAIL', 'RCPT', 'DATA'])
    test(`is given back after ${command}, and goes over a new connection`, async t => {
      const { hop, lane, parcel } = await silentAt(t, command)
      lane.lane.giveUpSilent(new Set([parcel.id]))
      assert.deepEqual(await parcel.over, { kind: 'untried' })
      assert.deepEqual(await codesOf(push(lane, 1)), [250])
      assert.equal(hop.connections, 2)
      assert.equal(hop.taken.length, 1)
    })

  test('lets another message go that waits for the connection', async t => {
    const { lane, parcel } = await silentAt(t, 'MAIL')
    const others = push(lane, 2)
    lane.lane.giveUpSilent(new Set([others[1]?.id ?? '']))
    assert.deepEqual(await codesOf(others), [250, 250])
    assert.deepEqual(parcel.ends, [{ kind: 'untried' }])
  })

  test('is left alone where it may have been taken, where it is not asked for, and where an answer came', async t => {
    const taken = await silentAt(t, '.')
    taken.lane.lane.giveUpSilent(new Set([taken.parcel.id]))
    const another = await silentAt(t, 'MAIL')
    another.lane.lane.giveUpSilent(new Set(['nobody']))
    const hop = await startNextHop(t)
    const lane = laneTo(t, [hop.port], 1)
    const parcels = push(lane, 20)
    lane.lane.giveUpSilent(new Set(parcels.map(({ id }) => id)))
    assert.deepEqual(await codesOf(parcels), fill(20, 250))
    assert.equal(hop.connections, 1)
    assert.deepEqual([...taken.parcel.ends, ...another.parcel.ends], [])
  })
})

/** A generator of numbers from 0 up to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state / 2147483648
  }
}

function evilHop(random: () => number): NonNullable<NextHop['script']['answer']> {
  return command => {
    if (random() > 0.08) return undefined
    const evils = [DROP, '421 4.3.2 bye', '450 4.2.0 later', '550 5.1.1 no', 'garbage'] as const
    if (command === '' || command.startsWith('EHLO')) return random() < 0.3 ? DROP : undefined
    return evils[Math.floor(random() * evils.length)]
  }
}

describe('whatever happens, every transaction ends once', () => {
  for (let seed = 1; seed <= 12; seed++) {
    test(`under random load, seed ${seed}`, { timeout: 30_000 }, async t => {
      const random = randomFrom(seed)
      const hop = await startNextHop(t, { answer: evilHop(random) })
      const lane = laneTo(t, [hop.port], 1 + Math.floor(random() * 4), { retry: [1] })
      const parcels: Parcel[] = []
      while (parcels.length < 300) {
        const kind = random()
        if (kind < 0.05) parcels.push(new Parcel(() => undefined))
        else if (kind < 0.1)
          parcels.push(
            new Parcel(() => {
              throw new Error('EIO: read')
            }),
          )
        else parcels.push(new Parcel())
        const parcel = parcels.at(-1)
        if (parcel) lane.push(parcel)
        // Now and then the lane comes to rest, so that it has to wake up again.
        if (random() < 0.1) await Promise.all(parcels.map(({ over }) => over))
        else if (random() < 0.3) await new Promise(resolve => setImmediate(resolve))
      }
      if (seed % 2 === 0) await lane.close(1000)
      await Promise.all(parcels.map(({ over }) => over))
      for (const { ends } of parcels) assert.equal(ends.length, 1)
      const delivered = parcels.flatMap(({ ends }) => ends).filter(isDelivered).length
      assert.equal(hop.taken.length, delivered, 'what the hop took is what counts as delivered')
      if (seed % 2 === 1) assert.ok(delivered > 50)
    })
  }
})

function isDelivered(end: End): boolean {
  return end.kind === 'finished' && !(end.result instanceof Failure) && end.result.replies[0]?.code === 250
}
