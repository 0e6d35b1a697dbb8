/** Delivery with a real queue and spool in a temporary folder; its clock can be set forward. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Delivery, type DeliveryConfig } from '../../../app/delivery/deliver.ts'
import type { RouteContext } from '../../../app/delivery/open.ts'
import type { Event, EventBody } from '../../../app/log/event.ts'
import type { Envelope, Recipient } from '../../../app/mail/envelope.ts'
import { RelayClock } from '../../../app/queue/clock.ts'
import { Queue } from '../../../app/queue/queue.ts'
import { Spool } from '../../../app/queue/spool.ts'
import type { DeliverySettings, Route } from '../../../app/settings/settings.ts'
import { atEnd, type Ending } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import type { NextHop } from '../../support/next-hop.ts'
import { routeContext } from '../../support/route-context.ts'
import { HOUR } from './message.ts'

export function routeTo(hop: NextHop, to: readonly string[] = ['*'], changes: Partial<Route> = {}): Route {
  const hosts = [{ host: '127.0.0.1', port: hop.port }]
  return {
    to,
    senders: [],
    users: [],
    via: 'smart-host',
    hosts,
    encryption: 'none',
    plaintextLogin: 'never',
    ...changes,
  }
}

type Kind = EventBody['kind']

export class Station {
  readonly folder: string
  readonly spool: Spool
  readonly queue: Queue
  readonly delivery: Delivery
  readonly events: EventBody[] = []
  /** Milliseconds that its clock is ahead. */
  ahead = 0
  /** Asked between a report and its copy. */
  postmaster = (): readonly Recipient[] => expandLocal('fred@local.example')
  #settings: DeliverySettings
  readonly #waiters = new Set<() => void>()

  static async open(
    test: Ending,
    routes: readonly Route[],
    times: Partial<DeliverySettings> = {},
    clock?: StationClock,
    context: Partial<RouteContext> = {},
  ): Promise<Station> {
    const folder = await makeFolder(test)
    const spool = await Spool.open(join(folder, 'spool'), () => {})
    const station = new Station(folder, spool, routes, times, clock, context)
    station.delivery.start()
    atEnd(test, async () => {
      await station.delivery.stop(100)
      await station.spool.close()
    })
    return station
  }

  private constructor(
    folder: string,
    spool: Spool,
    routes: readonly Route[],
    times: Partial<DeliverySettings>,
    clock: StationClock | undefined,
    given: Partial<RouteContext>,
  ) {
    this.folder = folder
    this.spool = spool
    const clocks = clock && { wall: () => clock.wall, steady: () => clock.steady }
    const { now, toWall } = clocks
      ? new RelayClock(0, clocks)
      : { now: () => Date.now() + this.ahead, toWall: same }
    this.queue = new Queue(spool, now)
    const alerts = { stuckAfter: 4 * HOUR, minimumFreeDisk: 0, mailTo: [] }
    const usual = {
      retry: [HOUR],
      warnAfter: 4 * HOUR,
      giveUpAfter: 120 * HOUR,
      connections: 3,
      copyBouncesToPostmaster: false,
    }
    this.#settings = { routes, dnsServers: 'auto', dkim: [], alerts, ...usual, ...times }
    const context = routeContext(given)
    const emit = (event: EventBody) => {
      this.events.push(event)
      for (const look of [...this.#waiters]) look()
    }
    const mail = join(folder, 'mail')
    const parts = {
      queue: this.queue,
      spool,
      mail,
      context,
      expand: expandLocal,
      postmaster: () => this.postmaster(),
      emit,
      now,
      toWall,
    }
    this.delivery = new Delivery(parts, this.#config(['fred']))
  }

  apply(routes: readonly Route[], accounts: readonly string[] = ['fred']): void {
    this.#settings = { ...this.#settings, routes }
    this.delivery.apply(this.#config(accounts))
  }

  async add(
    to: readonly (string | Recipient)[],
    envelope: Partial<Envelope> = {},
    body = 'hello',
  ): Promise<string> {
    const recipients = to.flatMap(one => (typeof one === 'string' ? expandLocal(one) : one))
    const id = this.queue.newId()
    const content = this.spool.receive(id)
    await content.write(Buffer.from(`Subject: test\r\n\r\n${body}\r\n`))
    const given = {
      reversePath: 'a@x.example',
      recipients,
      body: '7bit',
      smtpUtf8: false,
      ...envelope,
    } as const
    await this.queue.add(id, given, { client: '192.0.2.1' }, content)
    return id
  }

  /** Waits for the `count`th event of a kind, since the start. */
  async event<K extends Kind>(kind: K, count = 1): Promise<Extract<EventBody, { kind: K }>> {
    const found = () =>
      this.events.filter((event): event is Extract<EventBody, { kind: K }> => event.kind === kind)
    await new Promise<void>(resolve => {
      const look = () => {
        if (found().length < count) return
        this.#waiters.delete(look)
        resolve()
      }
      this.#waiters.add(look)
      look()
    })
    return found()[count - 1] ?? assert.fail('gone')
  }

  count(kind: Kind): number {
    return this.events.filter(event => event.kind === kind).length
  }

  /** The texts in a mailbox. */
  async mailbox(name = 'fred'): Promise<string[]> {
    const folder = join(this.folder, 'mail', name, 'new')
    const names = await readdir(folder).catch(() => [])
    return Promise.all(names.map(one => readFile(join(folder, one), 'utf8')))
  }

  #config(accounts: readonly string[]): DeliveryConfig {
    return { hostname: 'postern.example', delivery: this.#settings, accounts: new Set(accounts) }
  }
}

/** A machine's clocks, set by hand. */
export interface StationClock {
  wall: number
  steady: number
}

const same = (time: number) => time

/** `local.example` is ours, with the mailbox of fred; all else is outside. */
function expandLocal(address: string): readonly Recipient[] {
  if (!address.endsWith('@local.example')) return [{ address }]
  return address === 'fred@local.example' ? [{ address, mailbox: 'fred' }] : []
}

export type { Event }
