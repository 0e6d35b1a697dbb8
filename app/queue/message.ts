/** A queued message: its envelope and, for each recipient, how far it has come. */
import type { Envelope } from '../mail/envelope.ts'
import type { Reply } from '../mail/reply.ts'

/** Times are milliseconds since the epoch. */
export type RecipientState =
  | {
      readonly kind: 'waiting'
      readonly attempts: number
      readonly next: number
      readonly reply?: Reply
      /**
       * The next hop that it waits for, by name: tried when that one answers again. `next` is then when the message
       * itself is overdue: its sender is told, or it is given up.
       */
      readonly hop?: string
      /** Since then it takes a person, and the time until it is given up stands still; milliseconds since the epoch. */
      readonly stopped?: number
      /** Milliseconds for which it stood still before. */
      readonly excused?: number
      /** A person released it: routes that only hold are passed over. */
      readonly released?: true
    }
  | {
      readonly kind: 'held'
      readonly attempts: number
      /** By a person, or because no route takes it: then a changed route frees it. */
      readonly by: 'person' | 'route'
      readonly why: string
      readonly reply?: Reply
    }
  | { readonly kind: 'delivered'; readonly at: number; readonly reply: Reply }
  | { readonly kind: 'failed'; readonly at: number; readonly reply: Reply }
  | { readonly kind: 'removed'; readonly at: number }

/** Who handed a message in, for the log and the queue page. */
export interface Origin {
  readonly client: string
  readonly user?: string
}

export interface Message {
  /** Letters and digits, ordered by time of arrival. */
  readonly id: string
  readonly received: number
  /** Bytes of content, our Received field included. */
  readonly size: number
  readonly envelope: Envelope
  readonly origin: Origin
  /** One for each of `envelope.recipients`, in their order. */
  readonly states: readonly RecipientState[]
  /** A delay warning was sent. */
  readonly warned: boolean
}

export function isPending(state: RecipientState): boolean {
  return state.kind === 'waiting' || state.kind === 'held'
}

/** Whether nothing is left to do for the message. */
export function isDone(message: Message): boolean {
  return !message.states.some(isPending)
}
