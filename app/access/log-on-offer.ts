/** Where a log-on is offered: a password needs encryption, unless the settings let go of that. */
import type { Listener, SmtpSettings } from '../settings/settings.ts'
import { listenersAt, type Place } from './door.ts'
import type { Client } from './network.ts'
import { type Ranges, rowAt } from './ranges.ts'

/** To which clients some port offers a log-on, at once or after STARTTLS; which one they use nobody knows. */
export type LogOnOffer = 'everybody' | 'local-networks' | 'nobody'

/** Without any port nothing is known of them, and nothing is said against them. */
export function logOnOffer({ listeners, plaintextAuthentication }: SmtpSettings): LogOnOffer {
  const offers = (listener: Listener) => offersAt(listener, plaintextAuthentication, false)
  // A listener for old devices serves the local networks alone.
  const isOpen = ({ oldDevices }: Listener) => oldDevices !== true
  if (listeners.length === 0 || listeners.filter(isOpen).some(offers)) return 'everybody'
  return listeners.some(offers) || plaintextAuthentication !== 'never' ? 'local-networks' : 'nobody'
}

/** Whether the listener offers it to a client, who is in a local network or isn't. */
export function offersAt(
  { encryption }: { readonly encryption: string },
  plaintext: SmtpSettings['plaintextAuthentication'],
  isLocal: boolean,
): boolean {
  return encryption !== 'none' || plaintext === 'always' || (plaintext === 'local-networks' && isLocal)
}

interface Offering {
  readonly logOn: LogOnOffer
  readonly localNetworks: Ranges
  readonly listeners: readonly Place[]
  readonly plaintextAuthentication: SmtpSettings['plaintextAuthentication']
}

/** Whether this client can log on: at the port, else at all. */
export function isOfferedLogOn(
  { logOn, localNetworks, listeners, plaintextAuthentication }: Offering,
  client: Client,
  port?: number,
): boolean {
  if (port !== undefined) {
    const isLocal = rowAt(localNetworks, client) !== 0
    return listenersAt(listeners, port).some(it => offersAt(it, plaintextAuthentication, isLocal))
  }
  if (logOn === 'local-networks') return rowAt(localNetworks, client) !== 0
  return logOn === 'everybody'
}
