/** A person's operations on queued messages: what they make of the recipients' states, and what came of it. */
import type { Message, RecipientState } from './message.ts'

export type Operated =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unchanged'; readonly why: string }
  /** `sending`: some of it is being sent right now, which is not broken off. */
  | { readonly kind: 'changed'; readonly sending: boolean }

/** A recipient that still has to get the message. */
export type Pending = RecipientState & { readonly kind: 'waiting' | 'held' }

export type Change = (state: Pending, index: number) => RecipientState

/** What stays of a recipient whatever a person does. */
export function keep({ attempts, reply }: Pending) {
  return { attempts, ...(reply && { reply }) }
}

export function held(state: Pending, why: string): RecipientState {
  return { ...keep(state), kind: 'held', by: 'person', why }
}

/** The states of recipients to come that `to` makes others of. */
export function changes(message: Message, to: Change): Map<number, RecipientState> {
  const states = new Map<number, RecipientState>()
  message.states.forEach((state, index) => {
    if (state.kind !== 'waiting' && state.kind !== 'held') return
    const other = to(state, index)
    if (other !== state) states.set(index, other)
  })
  return states
}
