/** Answers about the queue: listed, shown, held, released, tried again and removed. */
import type { Delivery } from '../delivery/deliver.ts'
import { headerOf } from '../delivery/notify.ts'
import { isPending, type Message } from '../queue/message.ts'
import type { Operated } from '../queue/operate.ts'
import type { Control, QueueChange, QueuedMessage, QueueFilter, QueueSelection } from './control.ts'
import type { ControlParts } from './parts.ts'

type QueueRequest =
  | 'listQueue'
  | 'showMessage'
  | 'holdMessages'
  | 'releaseMessages'
  | 'retryMessages'
  | 'removeMessages'

type Operation = 'hold' | 'release' | 'retry' | 'remove'

const HEADER_BYTES = 64 * 1024

export function queueAnswers({ queue, spool, delivery, journal }: ControlParts): Pick<Control, QueueRequest> {
  const operate = (id: string, kind: Operation): Operated => {
    const message = queue.get(id)
    const stuck = kind === 'release' && message ? whyStuck(message, delivery) : undefined
    if (stuck !== undefined) return { kind: 'unchanged', why: stuck }
    return queue[kind](id, () => journal.emit({ kind: 'queue-changed', id, change: kind }))
  }
  const change = (selection: QueueSelection, kind: Operation): QueueChange => {
    const ids = selection.all ? [...queue.messages()].map(({ id }) => id) : [...new Set(selection.ids)]
    const operated = ids.map(id => ({ id, ...operate(id, kind) }))
    return {
      changed: operated.filter(({ kind }) => kind === 'changed').map(({ id }) => id),
      sending: operated.flatMap(done => (done.kind === 'changed' && done.sending ? [done.id] : [])),
      left: operated.flatMap(done => (done.kind === 'unchanged' ? [{ id: done.id, why: done.why }] : [])),
      unknown: operated.filter(({ kind }) => kind === 'unknown').map(({ id }) => id),
    }
  }
  const withSending = (message: Message): QueuedMessage => ({
    ...message,
    sending: queue.sending(message.id),
  })
  return {
    listQueue: async filter => list(queue.messages(), filter).map(withSending),
    async showMessage(id) {
      const message = queue.get(id)
      if (!message) return undefined
      const header = headerOf(await spool.beginning(id, HEADER_BYTES)).toString()
      return { message: withSending(message), routes: routesOf(message, delivery), header }
    },
    holdMessages: async selection => change(selection, 'hold'),
    releaseMessages: async selection => change(selection, 'release'),
    retryMessages: async selection => change(selection, 'retry'),
    removeMessages: async selection => change(selection, 'remove'),
  }
}

function routesOf({ envelope, states }: Message, delivery: Delivery): string[] {
  return envelope.recipients.map((recipient, index) => {
    const state = states[index]
    return delivery.whereTo(recipient, state?.kind === 'waiting' && state.released === true)
  })
}

/** A message whose held recipients all have nowhere to go stays held, instead of being held anew at once. */
function whyStuck({ envelope, states }: Message, delivery: Delivery): string | undefined {
  const held = envelope.recipients.filter((_, index) => states[index]?.kind === 'held')
  const reasons = held.map(recipient => delivery.whyStuck(recipient))
  return reasons.every(reason => reason !== undefined) ? reasons[0] : undefined
}

function list(messages: Iterable<Message>, { state, match, limit = 1000 }: QueueFilter): Message[] {
  const wanted = match?.toLowerCase()
  const found: Message[] = []
  for (const message of messages) {
    if (found.length >= limit) break
    if (state && !message.states.some(({ kind }) => kind === state)) continue
    if (wanted === undefined || matches(message, wanted)) found.push(message)
  }
  return found
}

function matches({ id, origin, envelope }: Message, wanted: string): boolean {
  const texts = [id, origin.client, origin.user ?? '', envelope.reversePath]
  return [...texts, ...envelope.recipients.map(({ address }) => address)].some(text =>
    text.toLowerCase().includes(wanted),
  )
}

/** Of all that isn't done. */
export function countQueue(messages: Iterable<Message>): { messages: number; waiting: number; held: number } {
  const counts = { messages: 0, waiting: 0, held: 0 }
  for (const { states } of messages) {
    const pending = states.filter(isPending)
    counts.messages++
    if (pending.some(({ kind }) => kind === 'held')) counts.held++
    else counts.waiting++
  }
  return counts
}
