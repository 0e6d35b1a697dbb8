/** A stretch of the map: addresses that are treated alike, with who may send from them. */
import type { Span } from './network.ts'
import type { Relaying } from './relaying.ts'

/** The door is shut: by the list of addresses always blocked, as only listeners for old devices are set, or none. */
export type Shut = 'always-blocked' | 'old-devices-only' | 'no-listener'

/** Addresses that are treated alike. */
export interface Stretch extends Span {
  /** The row of the service's list that decides, counted from 1; 0 where none does. */
  readonly service: number
  /** The same of the global list; 0 too where that list doesn't count. */
  readonly global: number
  readonly external: Relaying
  readonly internal: Relaying
  /** Why nobody can connect from there; who could send by the rows then can't. */
  readonly shut?: Shut
  /** No port offers a log-on to these addresses: who must log on can't. Only `markLogOns` says so. */
  readonly noLogOn?: true
}
