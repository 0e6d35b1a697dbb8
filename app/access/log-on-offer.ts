/** Where a log-on is offered: a password needs encryption, unless the settings let go of that. */
import type { Listener, SmtpSettings } from '../settings/settings.ts'
import type { Client } from './network.ts'
import { type Ranges, rowAt } from './ranges.ts'

/** To which clients some port offers a log-on, at once or after STARTTLS; which one they use nobody knows. */
export type LogOnOffer = 'everybody' | 'local-networks' | 'nobody'

/** Without any port nothing is known of them, and nothing is said against them. */
export function logOnOffer({ listeners, plaintextAuthentication }: SmtpSettings): LogOnOffer {
  const offers = ({ encryption }: Listener) => encryption !== 'none' || plaintextAuthentication === 'always'
  // A listener for old devices serves the local networks alone.
  const isOpen = ({ oldDevices }: Listener) => oldDevices !== true
  if (listeners.length === 0 || listeners.filter(isOpen).some(offers)) return 'everybody'
  return listeners.some(offers) || plaintextAuthentication !== 'never' ? 'local-networks' : 'nobody'
}

interface Offering {
  readonly logOn: LogOnOffer
  readonly localNetworks: Ranges
}

/** Whether this client can log on at all. */
export function isOfferedLogOn({ logOn, localNetworks }: Offering, client: Client): boolean {
  if (logOn === 'local-networks') return rowAt(localNetworks, client) !== 0
  return logOn === 'everybody'
}
