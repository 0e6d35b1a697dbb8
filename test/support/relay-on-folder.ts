/** A whole relay in this process, with its data in a folder; and a client that hands mail in. */
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Event } from '../../app/log/event.ts'
import type { RelayOptions } from '../../app/relay/opening.ts'
import { Relay } from '../../app/relay.ts'
import { DialogueConnection } from './dialogue-connection.ts'
import { atEnd, type Ending } from './ending.ts'

type Kind = Event['kind']

export class RunningRelay {
  readonly relay: Relay
  readonly folder: string
  readonly events: Event[] = []
  readonly #waiters = new Set<() => void>()
  #stopped: Promise<void> | undefined

  constructor(relay: Relay, folder: string) {
    this.relay = relay
    this.folder = folder
    relay.subscribe(event => {
      this.events.push(event)
      for (const look of [...this.#waiters]) look()
    })
  }

  get control(): Relay['control'] {
    return this.relay.control
  }

  get port(): number {
    return this.relay.listeners[0]?.port ?? assert.fail('it does not listen')
  }

  stop(): Promise<void> {
    this.#stopped ??= this.relay.stop()
    return this.#stopped
  }

  /** Waits for the `count`th event of a kind since it was opened. */
  async event<K extends Kind>(kind: K, count = 1): Promise<Extract<Event, { kind: K }>> {
    const found = () =>
      this.events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind)
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

  /** Hands a message in and returns its queue id. */
  async submit(
    to: readonly string[],
    from = 'fred@local.example',
    body = 'hello',
    subject = 'test',
  ): Promise<string> {
    const client = await DialogueConnection.open({ host: '127.0.0.1', port: this.port }, undefined, false)
    const say = async (line: string, expected: RegExp) => {
      if (line !== '') client.send(Buffer.from(`${line}\r\n`))
      let reply = await client.readLine()
      while (/^\d{3}-/.test(reply)) reply = await client.readLine()
      assert.match(reply, expected)
      return reply
    }
    await say('', /^220/)
    await say('EHLO client.example', /^250/)
    await say(`MAIL FROM:<${from}>`, /^250/)
    for (const one of to) await say(`RCPT TO:<${one}>`, /^250/)
    await say('DATA', /^354/)
    const reply = await say(`Subject: ${subject}\r\n\r\n${body}\r\n.`, /^250 .*queued as \w+$/)
    client.destroy()
    return reply.split(' ').at(-1) ?? ''
  }

  /** The texts in a mailbox. */
  async mailbox(name = 'fred'): Promise<string[]> {
    const folder = join(this.folder, 'mail', name, 'new')
    const names = await readdir(folder).catch(() => [])
    return Promise.all(names.map(one => readFile(join(folder, one), 'utf8')))
  }
}

/** What `local.example` and its fred need; everybody on this machine may send. */
export function officeSettings(delivery: object, changes: object = {}): object {
  return {
    schema: 1,
    hostname: 'postern.example',
    localDomains: ['local.example'],
    localNetworks: ['127.0.0.0/8'],
    routers: ['192.0.2.1'],
    users: [{ name: 'fred', addresses: ['fred@local.example'] }],
    smtp: {
      listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none' }],
      access: [{ action: 'allow', from: 'local-networks' }],
    },
    delivery,
    ...changes,
  }
}

/** Opens the folder, with these settings if they are given, without listening; stopped at the end of the test. */
export async function openRelay(
  test: Ending,
  folder: string,
  settings?: object,
  options: Partial<RelayOptions> = {},
): Promise<RunningRelay> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (settings) await writeFile(join(folder, 'settings.json'), JSON.stringify(settings))
  const relay = new RunningRelay(
    await Relay.open(folder, { version: '0', say: () => {}, ...options }),
    folder,
  )
  atEnd(test, () => relay.stop())
  return relay
}

/** Opens and starts it. */
export async function startRelay(
  test: Ending,
  folder: string,
  settings?: object,
  options: Partial<RelayOptions> = {},
): Promise<RunningRelay> {
  const relay = await openRelay(test, folder, settings, options)
  await relay.relay.start()
  return relay
}
