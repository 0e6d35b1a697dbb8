/** The status: what runs since when, what waits, and what needs a person. */
import { type NameFacts, nameWords } from '../access/name-facts.ts'
import { formatSpan, type Span } from '../access/network.ts'
import { openRelay } from '../access/open-relay.ts'
import type { Policy } from '../access/policy.ts'
import type { Message } from '../queue/message.ts'
import { formatDuration, roundSize } from '../settings/units.ts'
import { certificateStanding, certificateWarning } from './certificate-checks.ts'
import type { HopFacts, Status, Warning } from './control.ts'
import { dkimWarnings } from './dkim-checks.ts'
import { freeBytes } from './free-disk.ts'
import { hopFacts, hopWarning } from './hop-answers.ts'
import { openRelayWords } from './open-relay-guard.ts'
import type { ControlParts } from './parts.ts'
import { type QueueFacts, queueFacts } from './queue-answers.ts'
import { refusalWarnings } from './refusal-warnings.ts'
import { isUnfinished } from './setup.ts'
import { signInWarnings } from './sign-in-need.ts'

/** Milliseconds that a host name may go without an answer while its last one counts. */
const PATIENCE = 15 * 60 * 1000
/** Ranges of an open relay that are told one by one. */
const TOLD = 500

export async function statusAnswer(parts: ControlParts): Promise<Status> {
  const { queue, folder, store, version, since } = parts
  const policy = parts.policy()
  const open = openRelayOf(policy)
  const text = openRelayWords(open, policy)
  // A disk that can't be asked is a matter for the doctor.
  const free = await freeBytes(folder.path).catch(() => undefined)
  const signIns = parts.signIns.facts
  const facts = await queueFacts(queue)
  const hops = hopFacts(await parts.delivery.hops())
  return {
    running: parts.running(),
    version,
    folder: folder.path,
    pid: process.pid,
    since,
    listeners: parts.standing(),
    sessions: parts.sessions(),
    queue: facts.counts,
    hops,
    ...(isUnfinished(store.current.raw, store.current.settings) && { unfinished: true }),
    warnings: [
      ...(text === undefined ? [] : [{ kind: 'open-relay', text } as const]),
      ...(await warnings(parts, free, facts, hops)),
      ...dkimWarnings(parts),
    ],
    ...(open && { openRelay: open.slice(0, TOLD).map(formatSpan) }),
    certificate: certificateStanding(parts),
    names: parts.names(),
    ...(signIns.length > 0 && { signIns }),
  }
}

/** Of each policy it is worked out once: the status is asked for often, and policies change seldom. */
const proved = new WeakMap<Policy, { readonly open: readonly Span[] | undefined }>()

/** Of a policy that was proved elsewhere. */
export function rememberOpen(policy: Policy, open: readonly Span[] | undefined): void {
  proved.set(policy, { open })
}

export function openRelayOf(policy: Policy): readonly Span[] | undefined {
  const known = proved.get(policy) ?? { open: openRelay(policy) }
  proved.set(policy, known)
  return known.open
}

async function warnings(
  parts: ControlParts,
  free: number | undefined,
  { heldForRoute }: QueueFacts,
  hops: readonly HopFacts[],
): Promise<Warning[]> {
  const { queue, store, certificates, renewal, paused, now, names } = parts
  const { routes, alerts } = store.current.settings.delivery
  const found: (Warning | false)[] = [
    paused() && { kind: 'paused', text: 'Postern is paused: it takes no mail until it is resumed.' },
    routes.length === 0 && {
      kind: 'no-route',
      text: 'No mail sender is set: mail to addresses outside is held until there is one.',
    },
    heldForRoute > 0 && {
      kind: 'held-without-route',
      text: `Mail is held because no mail sender sends it on: ${heldForRoute} in the queue.`,
    },
    certificateWarning(certificates, renewal.facts, store.current.settings.certificate.source, now()),
    stuckWarning(queue.messages(), alerts.stuckAfter, now()),
    hopWarning(hops, now()),
    free !== undefined &&
      free < alerts.minimumFreeDisk && {
        kind: 'disk-low',
        text: `Only ${roundSize(free)} are free where the mail is kept: free some before no mail can be taken.`,
      },
  ]
  const unnamed = names()
    .filter(facts => isLost(facts, now()))
    .map(facts => ({ kind: 'host-name' as const, text: lostWords(facts, now()), about: [facts.name] }))
  const refusals = await refusalWarnings(queue.messages(), store.current.settings)
  const signIns = signInWarnings(parts.signIns.facts)
  return [...found.filter(warning => warning !== false), ...signIns, ...refusals, ...unnamed]
}

/** Messages stand in order of arrival: what waits longest comes first. */
export function stuckWarning(messages: Iterable<Message>, after: number, now: number): Warning | false {
  let stuck = 0
  for (const { received, states } of messages) {
    if (now - received < after) break
    if (states.some(({ kind }) => kind === 'waiting')) stuck++
  }
  const what = stuck === 1 ? '1 message waits' : `${stuck} messages wait`
  return (
    stuck > 0 && {
      kind: 'stuck-mail',
      text: `${what} for more than ${formatDuration(after)}: the queue shows what the other server says.`,
    }
  )
}

/** A DNS that is away for a moment needs nobody. */
function isLost({ addresses, failing }: NameFacts, now: number): boolean {
  return failing !== undefined && (addresses.length === 0 || now - failing.since > PATIENCE)
}

function lostWords(facts: NameFacts, now: number): string {
  const what = `A row of the access list is for a host name that can't be looked up: ${nameWords(facts, now)}.`
  return `${what} Check the name, or write its address.`
}
