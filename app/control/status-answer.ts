/** The status: what runs since when, what waits, and what needs a person. */
import { formatSpan, type Span } from '../access/network.ts'
import { openRelay } from '../access/open-relay.ts'
import type { Policy } from '../access/policy.ts'
import type { Message } from '../queue/message.ts'
import { expiryOf } from '../smtp/certificate.ts'
import type { Status } from './control.ts'
import { openRelayWords } from './open-relay-guard.ts'
import type { ControlParts } from './parts.ts'
import { countQueue } from './queue-answers.ts'
import { isUnfinished } from './setup.ts'

const DAY = 24 * 60 * 60 * 1000

export function statusAnswer(parts: ControlParts): Status {
  const { queue, folder, store, version, since } = parts
  const open = openRelayOf(parts.policy())
  const openWords = openRelayWords(open)
  return {
    running: parts.running(),
    version,
    folder: folder.path,
    pid: process.pid,
    since,
    listeners: parts.standing(),
    sessions: parts.sessions(),
    queue: countQueue(queue.messages()),
    ...(isUnfinished(store.current.raw, store.current.settings) && { unfinished: true }),
    warnings: [...(openWords ? [openWords] : []), ...warnings(parts)],
    ...(open && { openRelay: open.map(formatSpan) }),
  }
}

/** Of each policy it is worked out once: the status is asked for often, and policies change seldom. */
const proved = new WeakMap<Policy, { readonly open: readonly Span[] | undefined }>()

function openRelayOf(policy: Policy): readonly Span[] | undefined {
  const known = proved.get(policy) ?? { open: openRelay(policy) }
  proved.set(policy, known)
  return known.open
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
    ...(heldForRoute > 0 ? [`${heldForRoute} message(s) are held because no route takes them.`] : []),
    ...(days < 30
      ? [`The certificate expires in ${days} days: replace key.pem and cert.pem in the tls folder.`]
      : []),
  ]
}

function isHeldForRoute({ states }: Message): boolean {
  return states.some(state => state.kind === 'held' && state.by === 'route')
}
