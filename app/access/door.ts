/** The door: which clients the listeners let connect at all, whatever the access list says. */
import { type Reply, reply } from '../mail/reply.ts'
import type { Listener } from '../settings/settings.ts'
import type { Client } from './network.ts'
import { type Ranges, rowAt } from './ranges.ts'

/** Whom some listener lets in: one for old devices serves the local networks alone. */
export type Entry = 'everybody' | 'local-networks' | 'nobody'

/** A listener, as the settings have it or as it stands. */
export type Place = Pick<Listener, 'address' | 'port' | 'oldDevices'> & { readonly encryption: string }

export const NOT_LOCAL = reply(554, '5.7.1', 'This port is for devices in the local networks only')

/** Nothing answers there. */
export const NO_LISTENER = reply(421, '4.3.2', 'No connection: no listener is set')
export const NO_SUCH_LISTENER = reply(421, '4.3.2', 'No connection: no listener has this port')

export function entryOf(listeners: readonly Pick<Listener, 'oldDevices'>[]): Entry {
  if (listeners.length === 0) return 'nobody'
  return listeners.every(isLane) ? 'local-networks' : 'everybody'
}

export function isLane({ oldDevices }: Pick<Listener, 'oldDevices'>): boolean {
  return oldDevices === true
}

interface Doors {
  readonly listeners: readonly Place[]
  readonly localNetworks: Ranges
}

/**
 * What a client gets at the connection where it is let in nowhere; undefined where it is. `port`: the one it comes to,
 * else any of them.
 */
export function turnedAway(
  { listeners, localNetworks }: Doors,
  client: Client,
  port?: number,
): Reply | undefined {
  const open = port === undefined ? listeners : listenersAt(listeners, port)
  if (open.length === 0) return port === undefined || listeners.length === 0 ? NO_LISTENER : NO_SUCH_LISTENER
  return open.every(isLane) && rowAt(localNetworks, client) === 0 ? NOT_LOCAL : undefined
}

/** Those of the port; where the system chooses a listener's port it may be that one. */
export function listenersAt<One extends Place>(listeners: readonly One[], port: number): readonly One[] {
  const there = listeners.filter(listener => listener.port === port)
  return there.length > 0 ? there : listeners.filter(listener => listener.port === 0)
}
