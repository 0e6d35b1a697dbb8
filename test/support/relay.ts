/** A relay in this process, on its own folder and ports, with the document's office as its settings. */
import { scryptSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Control } from '../../app/control/control.ts'
import type { Event } from '../../app/log/event.ts'
import type { RelayOptions } from '../../app/relay/opening.ts'
import { Relay } from '../../app/relay.ts'
import type { Standing } from '../../app/smtp/listener.ts'
import type { Endpoint } from './dialogue-connection.ts'
import { atEnd, type Ending } from './ending.ts'
import { makeFolder } from './folder.ts'
import { waitFor } from './wait.ts'

export interface RunningRelay {
  readonly relay: Relay
  readonly control: Control
  readonly folder: string
  /** Everything that happened since it was opened. */
  readonly events: readonly Event[]
  /** The first listener with this encryption, or of any kind but `tls`. */
  endpoint(encryption?: string): Endpoint
  /** The first event of a kind, also one that is still to come. */
  event<K extends Event['kind']>(kind: K): Promise<Event & { readonly kind: K }>
  /** Until so many SMTP connections are counted. */
  waitForSessions(count: number): Promise<void>
  stop(): Promise<void>
}

/** The password of every account in the office. */
export const password = 'secret'

/**
 * The document's office moved to loopback: 127.0.1.0/24 (and 127.0.0.0/24, where tests are at home) are the local
 * networks and 127.0.1.1 is the router, so that 127.0.9.0/24 are strangers.
 */
export function office(): Record<string, unknown> {
  return {
    schema: 1,
    hostname: 'mail.example.com',
    localDomains: ['example.com'],
    localNetworks: ['127.0.1.0/24', '127.0.0.0/24'],
    routers: ['127.0.1.1'],
    users: ['support', 'webmaster', 'fred'].map(name => account(name)),
    smtp: {
      listeners: [
        { address: '127.0.0.1', port: 0, encryption: 'starttls' },
        { address: '127.0.0.1', port: 0, encryption: 'tls' },
      ],
      authentication: 'required',
      internalMailWithoutAuthentication: true,
      plaintextAuthentication: 'always',
      access: [
        { action: 'block', from: 'routers' },
        { action: 'allow', from: 'local-networks', withoutAuthentication: true },
        { action: 'allow', from: 'any', users: ['support', 'webmaster'] },
      ],
    },
  }
}

/** Its password costs little to check. */
export function account(name: string): Record<string, unknown> {
  return { name, password: quickHash, addresses: [`${name}@example.com`] }
}

const quickHash = (() => {
  const salt = Buffer.from('saltsaltsaltsalt')
  const key = scryptSync(password, salt, 32, { N: 1024, r: 1, p: 1 })
  return `scrypt$1024$1$1$${salt.toString('base64url')}$${key.toString('base64url')}`
})()

/** The office with `changes` laid over it: objects are merged, all else is replaced. */
export function officeWith(changes: unknown): Record<string, unknown> {
  const merged = merge(office(), changes)
  if (!isObject(merged)) throw new Error('the changes must be an object')
  return merged
}

function merge(base: unknown, changes: unknown): unknown {
  if (!isObject(base) || !isObject(changes)) return changes
  const merged = { ...base }
  for (const [key, value] of Object.entries(changes)) merged[key] = merge(base[key], value)
  return merged
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Starts a relay with `changes` to the office; it is stopped when the test has ended. */
export async function startRelay(
  test: Ending,
  changes: unknown = {},
  options: Pick<RelayOptions, 'pace'> = {},
): Promise<RunningRelay> {
  const folder = await makeFolder(test)
  await writeFile(join(folder, 'settings.json'), JSON.stringify(officeWith(changes)))
  const relay = await Relay.open(folder, { version: '0.0.0', say: () => {}, ...options })
  const events: Event[] = []
  relay.subscribe(event => events.push(event))
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= relay.stop())
  atEnd(test, stop)
  await relay.start()
  return {
    relay,
    control: relay.control,
    folder,
    events,
    endpoint: encryption => endpointOf(relay.listeners, encryption),
    event: kind => waitFor(`an event ${kind}`, () => events.find(event => isKind(event, kind))),
    waitForSessions: async count => {
      const counted = async () => (await relay.control.status()).sessions === count || undefined
      await waitFor(`${count} sessions`, counted)
    },
    stop,
  }
}

function isKind<K extends Event['kind']>(event: Event, kind: K): event is Event & { readonly kind: K } {
  return event.kind === kind
}

function endpointOf(listeners: readonly Standing[], encryption?: string): Endpoint {
  const found = listeners.find(one => (encryption ? one.encryption === encryption : one.encryption !== 'tls'))
  if (!found) throw new Error(`There is no listener with encryption ${encryption}.`)
  return { host: found.address, port: found.port }
}
