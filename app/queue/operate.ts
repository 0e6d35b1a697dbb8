/** A person's operations on queued messages: what they make of the recipients' states, and what came of it. */
import type { Message, RecipientState } from './message.ts'

export type Operated =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unchanged'; readonly why: string }
  /** `sending`: some of it is being sent right now, which is not broken off. */
  | { readonly kind: 'changed'; readonly sending: boolean }

/** How far an operation reaches. */
export interface Reach {
  /** Only these of the message's recipients, by index. */
  readonly only?: ReadonlySet<number>
  /** Called when something is going to change. */
  readonly before?: () => void
}

/** A recipient that still has to get the message. */
export type Pending = RecipientState & { readonly kind: 'waiting' | 'held' }

export type Change = (state: Pending, index: number) => RecipientState

/** What stays of a recipient whatever a person does. */
function keep({ attempts, reply }: Pending) {
  return { attempts, ...(reply && { reply }) }
}

export function held(state: Pending, why: string): RecipientState {
  return { ...keep(state), kind: 'held', by: 'person', why }
}

/** Held no longer, and due. */
export function freed(state: Pending, now: number): RecipientState & { readonly kind: 'waiting' } {
  return { ...keep(state), kind: 'waiting', next: now }
}

/** Due, and by the schedule from its beginning; it waits for no next hop to be tried by others. */
export function retried(
  { hop: _, ...state }: RecipientState & { readonly kind: 'waiting' },
  now: number,
): RecipientState {
  return { ...state, attempts: 0, next: now }
}

/** What an attempt's outcome makes of a state: a failed one doesn't free what a person held or removed meanwhile. */
export function settled(
  state: RecipientState,
  outcome: RecipientState,
  removing: boolean,
  now: number,
): RecipientState {
  if (outcome.kind !== 'waiting' && outcome.kind !== 'held') return outcome
  if (removing) return { kind: 'removed', at: now }
  return state.kind === 'held' ? { ...state, ...keep(outcome) } : outcome
}

/** The states of recipients to come that `to` makes others of; with `only`, of these. */
export function changes(
  message: Message,
  to: Change,
  only?: ReadonlySet<number>,
): Map<number, RecipientState> {
  const states = new Map<number, RecipientState>()
  message.states.forEach((state, index) => {
    if (state.kind !== 'waiting' && state.kind !== 'held') return
    if (only && !only.has(index)) return
    const other = to(state, index)
    if (other !== state) states.set(index, other)
  })
  return states
}
