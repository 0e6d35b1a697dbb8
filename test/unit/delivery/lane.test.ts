/** A lane keeps to its connections, uses them again, and brings every transaction to exactly one end. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Answers } from '../../../app/delivery/answers.ts'
import { Failure } from '../../../app/delivery/failure.ts'
import { Lane, type Transaction } from '../../../app/delivery/lane.ts'
import { openRoute } from '../../../app/delivery/open.ts'
import type { Outgoing } from '../../../app/delivery/transport.ts'
import { atEnd } from '../../support/ending.ts'
import { DROP, type NextHop, SILENCE, startNextHop } from '../../support/next-hop.ts'
import { freePort } from '../../support/port.ts'
import { routeContext } from '../../support/route-context.ts'
import { outgoing } from './outgoing.ts'

const patience = { connect: 1000, greeting: 1000, answer: 2000 }

function laneTo(test: TestContext, ports: readonly number[], most = 3): Lane {
  const hosts = ports.map(port => ({ host: '127.0.0.1', port }))
  const who = { to: ['*'], senders: [], users: [] }
  const route = { ...who, via: 'smart-host', hosts, encryption: 'none', plaintextLogin: 'never' } as const
  const context = routeContext({ patience })
  const open = (signal: AbortSignal) => openRoute({ route, hostname: 'postern.example', context, signal })
  const lane = new Lane(open, most, 'the hop')
  atEnd(test, () => lane.close(0))
  return lane
}

type End =
  | { readonly kind: 'untried' | 'nothing' }
  | { readonly kind: 'finished'; result: Answers | Failure; via: string }

/** Remembers every end it comes to, which must be one. */
class Parcel implements Transaction {
  readonly ends: End[] = []
  readonly over: Promise<End>
  readonly #content: () => Outgoing | undefined
  #resolve: (end: End) => void = () => {}

  constructor(content: () => Outgoing | undefined = outgoing) {
    this.#content = content
    this.over = new Promise(resolve => {
      this.#resolve = resolve
    })
  }

  async outgoing(): Promise<Outgoing | undefined> {
    const content = this.#content()
    if (!content) this.#end({ kind: 'nothing' })
    return content
  }

  finished(result: Answers | Failure, via: string): void {
    this.#end({ kind: 'finished', result, via })
  }

  untried(): void {
    this.#end({ kind: 'untried' })
  }

  #end(end: End): void {
    this.ends.push(end)
    this.#resolve(end)
  }
}

function push(lane: Lane, count: number): Parcel[] {
  const parcels = Array.from({ length: count }, () => new Parcel())
  for (const parcel of parcels) lane.push(parcel)
  return parcels
}

async function codesOf(parcels: readonly Parcel[]): Promise<number[]> {
  const ends = await Promise.all(parcels.map(({ over }) => over))
  return ends.map(end => {
    if (end.kind !== 'finished') return 0
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
    const lane = laneTo(t, [hop.port], 1)
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
        return command === '.' && hop.taken.length === 0 ? finished : undefined
      },
    }
    const lane = laneTo(t, [hop.port], 2)
    const parcels = push(lane, 2)
    await hop.until(() => hop.connections === 2 && hop.heard.some(line => line.includes('DATA')))
    finish()
    await parcels[0]?.over
    refuse()
    assert.deepEqual(await codesOf(parcels), [250, 250])
    assert.equal(hop.connections, 2)
  })
})

describe('a next hop that is down', () => {
  test('fails all that wait at once', async t => {
    const lane = laneTo(t, [await freePort()], 2)
    const parcels = push(lane, 50)
    assert.deepEqual(await codesOf(parcels), fill(50, 451))
    for (const { ends } of parcels) assert.equal(ends.length, 1)
  })

  test('that never greets costs one timeout, not one for each', async t => {
    const hop = await startNextHop(t, { answer: () => SILENCE })
    const lane = laneTo(t, [hop.port], 2)
    const start = Date.now()
    assert.deepEqual(await codesOf(push(lane, 20)), fill(20, 451))
    assert.ok(Date.now() - start < 1900)
    assert.ok(hop.connections <= 2)
  })

  test('is asked again for what comes later', async t => {
    const hop = await startNextHop(t)
    await hop.stop()
    const lane = laneTo(t, [hop.port])
    await codesOf(push(lane, 3))
    await hop.start()
    assert.deepEqual(await codesOf(push(lane, 3)), [250, 250, 250])
  })

  test('is passed over for the second host', async t => {
    const hop = await startNextHop(t)
    const lane = laneTo(t, [await freePort(), hop.port])
    const [parcel] = push(lane, 1)
    const end = await parcel?.over
    assert.equal(end?.kind === 'finished' && end.via, `127.0.0.1:${hop.port}`)
  })
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
    const hop = await startNextHop(t, { answer: command => (command === '.' ? SILENCE : undefined) })
    const lane = laneTo(t, [hop.port], 2)
    const parcels = push(lane, 3)
    await hop.until(() => hop.heard.filter(line => line.includes('DATA')).length === 2)
    const start = Date.now()
    await lane.close(50)
    assert.ok(Date.now() - start < 1000)
    assert.deepEqual(
      parcels.flatMap(({ ends }) => ends.map(({ kind }) => kind)),
      ['untried', 'untried', 'untried'],
    )
  })

  test('does not wait for a connection in the making', async t => {
    const hop = await startNextHop(t, { answer: () => SILENCE })
    const lane = laneTo(t, [hop.port], 2)
    const parcels = push(lane, 3)
    await hop.until(() => hop.connections === 2)
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
      const lane = laneTo(t, [hop.port], 1 + Math.floor(random() * 4))
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
