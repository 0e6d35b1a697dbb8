/** The relay's listeners: whom they let in, and which certificate they show. */
import { isLocalNetwork } from '../access/policy.ts'
import { sentenceOf } from '../control/sentence.ts'
import { withoutFloods } from '../guard/floods.ts'
import type { Queue } from '../queue/queue.ts'
import { PasswordVerifier } from '../settings/verifier.ts'
import type { Connections } from '../smtp/connections.ts'
import { OldDeviceLane } from '../smtp/lane.ts'
import { Listeners } from '../smtp/listener.ts'
import { Sessions } from '../smtp/sessions.ts'
import type { Opened } from './opening.ts'

export function listenersOf(parts: Opened, queue: Queue, connections: Connections): Listeners {
  const { spool, journal, surroundings, certificates, guard } = parts
  const emit = withoutFloods(event => journal.emit(event))
  const settings = () => surroundings.settings
  const context = {
    settings,
    policy: () => surroundings.policy,
    verifier: new PasswordVerifier(),
    guard,
    queue,
    spool,
    emit,
    now: Date.now,
  }
  const reception = new Sessions(context, connections)
  const lane = new OldDeviceLane({
    sessions: reception,
    isLocal: client => isLocalNetwork(surroundings.policy, client),
    limits: () => settings().smtp.oldDevices,
    emit,
  })
  const listeners = new Listeners({
    reception,
    lane,
    emit,
    certificate: () => certificates.current.material,
    oldCertificate: () => certificates.forOldDevices(settings().hostname),
  })
  certificates.onChange(() => {
    listeners.renewCertificate().catch(error => emit({ kind: 'error', text: sentenceOf(error) }))
  })
  return listeners
}
