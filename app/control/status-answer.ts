/** The status: what runs since when, what waits, and what needs a person. */
import { type NameFacts, nameWords } from '../access/name-facts.ts'
import type { Message } from '../queue/message.ts'
import { factsOf } from '../smtp/certificate.ts'
import type { Status, Warning } from './control.ts'
import type { ControlParts } from './parts.ts'
import { countQueue } from './queue-answers.ts'

/** Milliseconds that a host name may go without an answer while its last one counts. */
const PATIENCE = 15 * 60 * 1000
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
    names: parts.names(),
  }
}

function warnings({ queue, store, certificate, paused, now, names }: ControlParts): Warning[] {
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
      text: `Mail is held because no mail sender takes it: ${heldForRoute} in the queue.`,
    },
    days < 30 && { kind: 'certificate', text: certificateWords(days) },
  ]
  const unnamed = names()
    .filter(facts => isLost(facts, now()))
    .map(facts => ({ kind: 'host-name' as const, text: lostWords(facts, now()) }))
  return [...found.filter(warning => warning !== false), ...unnamed]
}

/** A DNS that is away for a moment needs nobody. */
function isLost({ addresses, failing }: NameFacts, now: number): boolean {
  return failing !== undefined && (addresses.length === 0 || now - failing.since > PATIENCE)
}

function lostWords(facts: NameFacts, now: number): string {
  const what = `A row of the access list is for a host name that can't be looked up: ${nameWords(facts, now)}.`
  return `${what} Check the name, or write its address.`
}

function certificateWords(days: number): string {
  const mend = 'replace key.pem and cert.pem in the tls folder, or remove both to have new ones made'
  if (days < 0) return `The certificate has expired: ${mend}.`
  return `The certificate expires ${days === 0 ? 'today' : `in ${days} ${days === 1 ? 'day' : 'days'}`}: ${mend}.`
}

function isHeldForRoute({ states }: Message): boolean {
  return states.some(state => state.kind === 'held' && state.by === 'route')
}
