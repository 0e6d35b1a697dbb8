/** Answers about who is blocked, and why. */
import type { Decision } from '../access/decision.ts'
import type { BlockFacts, SourceFacts } from '../guard/facts.ts'
import { readSource } from '../guard/source.ts'
import type { Control } from './control.ts'
import type { ControlParts } from './parts.ts'

type GuardRequest = 'listBlocked' | 'viewAddress' | 'unblock'
type GuardParts = Pick<ControlParts, 'guard' | 'now'>

export function guardAnswers({ guard }: Pick<GuardParts, 'guard'>): Pick<Control, GuardRequest> {
  return {
    listBlocked: async () => guard.blocks(),
    viewAddress: async address => viewed(guard, address),
    unblock: async ({ addresses, all }, by) => {
      const wanted = all ? guard.blocks().map(({ address }) => address) : addresses
      const sources = wanted.map(address => readSource(address) ?? refuse(address))
      const unblocked = guard.unblock([...new Set(sources)], by)
      return { unblocked, left: sources.filter(source => !unblocked.includes(source)) }
    },
  }
}

function viewed(guard: GuardParts['guard'], address: string): SourceFacts {
  return guard.view(address) ?? refuse(address)
}

function refuse(address: string): never {
  throw new Error(`"${address}" is not an IP address: give one as in 203.0.113.7 or 2001:db8::5.`)
}

/** The relay decision stays what it is; that the client is turned away before it is said first. */
export function withBlock(decision: Decision, client: string, { guard, now }: GuardParts): Decision {
  const facts = guard.view(client)
  // Whoever is always blocked was told so.
  const step = facts?.block && facts.listed !== 'always' ? blockStep(client, facts.block, now()) : undefined
  return step === undefined ? decision : { ...decision, steps: [step, ...decision.steps] }
}

function blockStep(client: string, { address, until, why, known }: BlockFacts, now: number): string {
  const minutes = Math.max(1, Math.ceil((until - now) / 60_000))
  const who = client === address ? client : `${client} (in ${address})`
  const time = minutes === 1 ? 'another minute' : `another ${minutes} minutes`
  const may =
    known.length === 0
      ? "so it can't connect now"
      : 'so only those can send now who log on from there, as others did before'
  return `${who} is blocked by IDS/IPS for ${time} after ${why}, ${may}: this is what holds without the block.`
}
