/** What the door has to do with "why?": by which listeners the client reaches the relay, and what it is told where by none. */
import { admit, explained } from '../access/decide.ts'
import type { Decision } from '../access/decision.ts'
import { isLane, listenersAt, NOT_LOCAL, type Place, turnedAway } from '../access/door.ts'
import type { Client } from '../access/network.ts'
import { isBlocked, isLocalNetwork, type Policy } from '../access/policy.ts'
import { enumerate } from '../access/wording.ts'
import { formatReply, type Reply } from '../mail/reply.ts'

interface DoorAnswer {
  /** Where it is turned away before it says a word. */
  readonly decision?: Decision
  /** What there is to say where it is let in. */
  readonly steps: readonly string[]
}

/** `port`: of the listener it comes to, if it is known. Whoever is always blocked is that at every port. */
export function doorAnswer(policy: Policy, client: Client, port: number | undefined): DoorAnswer {
  const { listeners } = policy
  const away = turnedAway(policy, client, port)
  const answers = listeners.length > 0 && (port === undefined || listenersAt(listeners, port).length > 0)
  if (answers && isBlocked(policy, client)) return { decision: explained(admit(policy, client)), steps: [] }
  if (away) return { decision: refusal(away, client, listeners, port), steps: [] }
  if (!listeners.some(isLane) || port !== undefined) return { steps: [] }
  const isLocal = isLocalNetwork(policy, client)
  const refusing = listeners.filter(listener => isLane(listener) && !isLocal)
  const others = listeners.filter(listener => !refusing.includes(listener))
  const reaches = `${client.text} can connect at ${places(others)}`
  return { steps: [`${reaches}${refusing.length === 0 ? '' : `, not at ${lanes(refusing)}`}.`] }
}

function refusal(reply: Reply, { text }: Client, all: readonly Place[], port: number | undefined): Decision {
  const refused = { verdict: 'refuse', reply, list: null, row: null } as const
  if (all.length === 0)
    return {
      ...refused,
      steps: ['No listener is set, so nobody can connect.', `${text} gets no answer at all.`],
    }
  if (reply !== NOT_LOCAL)
    return {
      ...refused,
      steps: [`No listener has port ${port}: there are ${places(all)}.`, `${text} gets no answer there.`],
    }
  const which =
    port === undefined
      ? `Every listener is for old devices (${places(all)})`
      : `The listener at ${places(listenersAt(all, port))} is for old devices`
  return {
    ...refused,
    steps: [
      `${which}, and ${text} is in none of your local networks: it is refused before it says a word.`,
      `The answer is ${formatReply(reply)}.`,
    ],
  }
}

function places(listeners: readonly Place[]): string {
  return enumerate(listeners.map(({ address, port }) => `${address} port ${port}`))
}

function lanes(listeners: readonly Place[]): string {
  return `${places(listeners)}, for old devices in your local networks alone`
}
