/** Answers about the queue: listed, shown, held, released, tried again and removed. */
import { headerOf } from '../delivery/notify.ts'
import { isPending, type Message } from '../queue/message.ts'
import type { Control, QueueChange, QueueFilter, QueueSelection } from './control.ts'
import type { ControlParts } from './parts.ts'

type QueueRequest =
  | 'listQueue'
  | 'showMessage'
  | 'holdMessages'
  | 'releaseMessages'
  | 'retryMessages'
  | 'removeMessages'

const HEADER_BYTES = 64 * 1024

export function queueAnswers({ queue, spool, delivery, journal }: ControlParts): Pick<Control, QueueRequest> {
  const change = (selection: QueueSelection, kind: 'hold' | 'release' | 'retry' | 'remove'): QueueChange => {
    const ids = selection.all ? [...queue.messages()].map(({ id }) => id) : [...new Set(selection.ids)]
    const changed = ids.filter(id => queue[kind](id))
    for (const id of changed) journal.emit({ kind: 'queue-changed', id, change: kind })
    return { changed, unknown: ids.filter(id => !changed.includes(id)) }
  }
  return {
    listQueue: async filter => list(queue.messages(), filter),
    async showMessage(id) {
      const message = queue.get(id)
      if (!message) return undefined
      const header = headerOf(await spool.beginning(id, HEADER_BYTES)).toString()
      return { message, routes: message.envelope.recipients.map(to => delivery.whereTo(to)), header }
    },
    holdMessages: async selection => change(selection, 'hold'),
    releaseMessages: async selection => change(selection, 'release'),
    retryMessages: async selection => change(selection, 'retry'),
    removeMessages: async selection => change(selection, 'remove'),
  }
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
