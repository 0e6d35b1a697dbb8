/** Answers about the queue: listed, shown, held, released, tried again and removed. */
import type { Delivery } from '../delivery/deliver.ts'
import { headerOf } from '../delivery/notify.ts'
import type { Message } from '../queue/message.ts'
import type { Operated } from '../queue/operate.ts'
import type { Queue } from '../queue/queue.ts'
import { inSlices } from '../queue/slices.ts'
import type {
  Control,
  QueueChange,
  QueueCounts,
  QueuedMessage,
  QueueFilter,
  QueueSelection,
} from './control.ts'
import { withHops } from './hop-answers.ts'
import type { ControlParts } from './parts.ts'
import { finderOf, isNarrow } from './queue-filter.ts'
import { messageMeanings, replyMeaning } from './reply-meanings.ts'

type QueueRequest =
  | 'listQueue'
  | 'findMessages'
  | 'showMessage'
  | 'meanings'
  | 'holdMessages'
  | 'releaseMessages'
  | 'retryMessages'
  | 'removeMessages'

type Operation = 'hold' | 'release' | 'retry' | 'remove'

const HEADER_BYTES = 64 * 1024

export function queueAnswers({
  queue,
  spool,
  delivery,
  journal,
  store,
  now,
  toWall = time => time,
}: ControlParts): Pick<Control, QueueRequest> {
  const operate = (id: string, kind: Operation, only?: ReadonlySet<number>): Operated => {
    const message = queue.get(id)
    const stuck = kind === 'release' && message ? whyStuck(message, delivery, only) : undefined
    if (stuck !== undefined) return { kind: 'unchanged', why: stuck }
    const before = () =>
      journal.emit({ kind: 'queue-changed', id, change: kind, ...recipientsOf(message, only) })
    return queue[kind](id, only ? { before, only } : { before })
  }
  const changeOf = async (
    { ids, all, filter = {} }: QueueSelection,
    kind: Operation,
  ): Promise<QueueChange> => {
    const find = isNarrow(filter) ? finderOf(filter, now()) : undefined
    const change: Growing = { changed: [], sending: [], left: [], unknown: [] }
    const meant = all ? queue.ids() : new Set(ids)
    await inSlices(meant, id => {
      const message = queue.get(id)
      const only = message && find?.(message)
      // What the filter of an operation on all doesn't find was never meant.
      if (only?.size === 0 && all) return
      note(change, id, operate(id, kind, only))
    })
    return change
  }
  const shown = (): ((message: Message) => QueuedMessage) => {
    const seen = withHops(delivery.nextTries(), toWall)
    const waitsOf = delivery.hindrances()
    return message => {
      const waits = waitsOf(message)
      return { ...seen(message), sending: queue.sending(message.id), ...(waits && { waits }) }
    }
  }
  /** Calls for each that the filter finds, as many as it asks for. */
  const search = async (filter: QueueFilter, found: (message: Message) => void): Promise<void> => {
    const find = isNarrow(filter) ? finderOf(filter, now()) : undefined
    let { limit = 1000 } = filter
    await inSlices(filter.ids ?? queue.ids(), id => {
      const message = queue.get(id)
      if (!message || (find && find(message).size === 0)) return true
      found(message)
      return --limit > 0
    })
  }
  return {
    async listQueue(filter) {
      const show = shown()
      const list: QueuedMessage[] = []
      await search(filter, message => list.push(show(message)))
      return list
    },
    async findMessages(filter) {
      const ids: string[] = []
      await search(filter, ({ id }) => ids.push(id))
      return ids
    },
    async showMessage(id) {
      const message = queue.get(id)
      if (!message) return undefined
      const header = headerOf(await spool.beginning(id, HEADER_BYTES)).toString()
      const { settings } = store.current
      return {
        message: shown()(message),
        routes: routesOf(message, delivery),
        meanings: messageMeanings(message, settings),
        header,
      }
    },
    meanings: async asked => asked.map(one => replyMeaning(one, store.current.settings)),
    holdMessages: async selection => changeOf(selection, 'hold'),
    releaseMessages: async selection => changeOf(selection, 'release'),
    async retryMessages(selection) {
      const change = await changeOf(selection, 'retry')
      delivery.hurry(new Set(change.changed))
      return change
    },
    removeMessages: async selection => changeOf(selection, 'remove'),
  }
}

function routesOf(message: Message, delivery: Delivery): string[] {
  const { envelope, states } = message
  return envelope.recipients.map((recipient, index) => {
    const state = states[index]
    return delivery.whereTo(message, recipient, state?.kind === 'waiting' && state.released === true)
  })
}

interface Growing {
  readonly changed: string[]
  readonly sending: string[]
  readonly left: { id: string; why: string }[]
  readonly unknown: string[]
}

function note(change: Growing, id: string, operated: Operated): void {
  switch (operated.kind) {
    case 'unknown':
      change.unknown.push(id)
      break
    case 'unchanged':
      change.left.push({ id, why: operated.why })
      break
    case 'changed':
      change.changed.push(id)
      if (operated.sending) change.sending.push(id)
  }
}

/** The recipients by name where they are not all of the message's. */
function recipientsOf(
  message: Message | undefined,
  only: ReadonlySet<number> | undefined,
): { recipients?: readonly string[] } {
  const all = message?.envelope.recipients ?? []
  if (!only || only.size === all.length) return {}
  return { recipients: all.filter((_, index) => only.has(index)).map(({ address }) => address) }
}

/** A message whose held recipients all have nowhere to go stays held, instead of being held anew at once. */
function whyStuck(
  message: Message,
  delivery: Delivery,
  only: ReadonlySet<number> | undefined,
): string | undefined {
  const { envelope, states } = message
  const held = envelope.recipients.filter(
    (_, index) => states[index]?.kind === 'held' && (only?.has(index) ?? true),
  )
  const reasons = held.map(recipient => delivery.whyStuck(message, recipient))
  return reasons.every(reason => reason !== undefined) ? reasons[0] : undefined
}

/** What the status says of all messages together. */
export interface QueueFacts {
  readonly counts: QueueCounts
  /** Messages that are held for want of a route. */
  readonly heldForRoute: number
}

export async function queueFacts(queue: Pick<Queue, 'ids' | 'get'>): Promise<QueueFacts> {
  const counts = { messages: 0, waiting: 0, held: 0 }
  let heldForRoute = 0
  await inSlices(queue.ids(), id => {
    const states = queue.get(id)?.states
    if (!states) return
    counts.messages++
    if (states.some(({ kind }) => kind === 'held')) counts.held++
    else counts.waiting++
    if (states.some(state => state.kind === 'held' && state.by === 'route')) heldForRoute++
  })
  return { counts, heldForRoute }
}
