/** The status: what runs since when, what waits, and what needs a person. */
import type { Message } from '../queue/message.ts'
import { expiryOf } from '../smtp/certificate.ts'
import type { Status } from './control.ts'
import type { ControlParts } from './parts.ts'
import { countQueue } from './queue-answers.ts'

const DAY = 24 * 60 * 60 * 1000

export function statusAnswer(parts: ControlParts): Status {
  const { queue, folder, version, since } = parts
  return {
    running: parts.running(),
    version,
    folder: folder.path,
    pid: process.pid,
    since,
    listeners: parts.standing(),
    sessions: parts.sessions(),
    queue: countQueue(queue.messages()),
    warnings: warnings(parts),
  }
}

function warnings({ queue, store, certificate, paused, now }: ControlParts): string[] {
  const heldForRoute = [...queue.messages()].filter(isHeldForRoute).length
  const days = Math.floor((expiryOf(certificate) - now()) / DAY)
  return [
    ...(paused() ? ['Postern is paused: it takes no mail until it is resumed.'] : []),
    ...(store.current.settings.delivery.routes.length === 0
      ? [
          'No route is set: mail that leaves this server is held. Set one with  postern settings set delivery.routes …',
        ]
      : []),
    ...(heldForRoute > 0 ? [`Mail is held because no route sends it on: ${heldForRoute} in the queue.`] : []),
    ...(days < 30
      ? [`The certificate expires in ${days} days: replace key.pem and cert.pem in the tls folder.`]
      : []),
  ]
}

function isHeldForRoute({ states }: Message): boolean {
  return states.some(state => state.kind === 'held' && state.by === 'route')
}
