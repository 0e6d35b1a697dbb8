/** Signing in, as the relay has it: with its secrets and settings, and mail that goes when somebody signed in. */
import type { Delivery } from '../delivery/deliver.ts'
import { CLOCKS } from '../oauth/access-token.ts'
import { SignIns } from '../oauth/sign-ins.ts'
import type { Opened } from './opening.ts'

type Parts = Pick<Opened, 'secrets' | 'journal' | 'surroundings'>

/** `delivery` is asked for when somebody signed in: it is made after this. */
export function openSignIns(
  { secrets, journal, surroundings }: Parts,
  delivery: () => Pick<Delivery, 'retryRoutes'>,
): SignIns {
  return new SignIns({
    secrets,
    clocks: CLOCKS,
    emit: journal.emit.bind(journal),
    routes: () => surroundings.settings.delivery.routes,
    granted: name => delivery().retryRoutes(({ login }) => login?.secret === name),
  })
}
