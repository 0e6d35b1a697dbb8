/** The status: what runs since when, what waits, and what needs a person. */
import type { Message } from '../queue/message.ts'
import { factsOf } from '../smtp/certificate.ts'
import type { Status, Warning } from './control.ts'
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
    certificate: factsOf(parts.certificate),
  }
}

function warnings({ queue, store, certificate, paused, now }: ControlParts): Warning[] {
  const heldForRoute = [...queue.messages()].filter(isHeldForRoute).length
  const days = Math.floor((factsOf(certificate).until - now()) / DAY)
  const found: (Warning | false)[] = [
    paused() && { kind: 'paused', text: 'Postern is paused: it takes no mail until it is resumed.' },
    store.current.settings.delivery.routes.length === 0 && {
      kind: 'no-route',
      text: 'No mail sender is set: mail to addresses outside is held until there is one.',
    },
    heldForRoute > 0 && {
      kind: 'held-without-route',
      text: `Mail is held because no mail sender sends it on: ${heldForRoute} in the queue.`,
    },
    days < 30 && { kind: 'certificate', text: certificateWords(days) },
  ]
  return found.filter(warning => warning !== false)
}

function certificateWords(days: number): string {
  const mend = 'replace key.pem and cert.pem in the tls folder, or remove both to have new ones made'
  if (days < 0) return `The certificate has expired: ${mend}.`
  return `The certificate expires ${days === 0 ? 'today' : `in ${days} ${days === 1 ? 'day' : 'days'}`}: ${mend}.`
}

function isHeldForRoute({ states }: Message): boolean {
  return states.some(state => state.kind === 'held' && state.by === 'route')
}
