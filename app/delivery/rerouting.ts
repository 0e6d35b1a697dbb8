/** Rerouting: which queued mail other routes take elsewhere; what is being sent goes on as it began. */
import type { Recipient } from '../mail/envelope.ts'
import { isPending, type Message } from '../queue/message.ts'
import type { Queue } from '../queue/queue.ts'
import { inSlices } from '../queue/slices.ts'
import type { Reroute, Rerouting, Route } from '../settings/settings.ts'
import { destination, senderOf } from './route.ts'
import { type ToldApart, tellApart } from './way-words.ts'

/** Recipients that are told by name. */
export const MOST_TOLD = 100
/** Ways that are remembered. */
const MOST_KNOWN = 10_000

/** A message as far as routes look at it, and whether a person let its recipient go. */
type Look = (message: Message, recipient: Recipient, released: boolean) => ToldApart

/** All of it counted, the first `most` told. */
export async function reroutingOf(
  queue: Pick<Queue, 'messages' | 'sending'>,
  before: readonly Route[],
  after: readonly Route[],
  most = MOST_TOLD,
): Promise<Rerouting> {
  const found = { recipients: 0, messages: 0, list: [] as Reroute[] }
  if (JSON.stringify(before) === JSON.stringify(after)) return found
  const look = looking(before, after)
  await inSlices(queue.messages(), message => {
    const changed = changedIn(message, queue.sending(message.id), look)
    found.recipients += changed.length
    if (changed.length > 0) found.messages++
    found.list.push(...changed.slice(0, most - found.list.length))
  })
  return found
}

function changedIn(message: Message, sending: readonly number[], look: Look): readonly Reroute[] {
  return message.envelope.recipients.flatMap((recipient, index) => {
    const state = message.states[index]
    if (!state || !isPending(state) || recipient.mailbox !== undefined) return []
    const { before, after } = look(message, recipient, state.kind === 'waiting' && state.released === true)
    if (before === after) return []
    const isSending = sending.includes(index)
    return [
      { id: message.id, to: recipient.address, before, after, ...(isSending && { sending: true as const }) },
    ]
  })
}

/** Much mail goes the same few ways: each is looked for once. */
function looking(before: readonly Route[], after: readonly Route[]): Look {
  const known = new Map<string, ToldApart>()
  const bySender = [...before, ...after].some(({ senders, users }) => senders.length + users.length > 0)
  return (message, recipient, released) => {
    const sender = senderOf(message)
    const domain = recipient.address.slice(recipient.address.lastIndexOf('@'))
    const who = bySender ? JSON.stringify(sender) : ''
    const key = `${released} ${domain} ${who}`
    const way = (routes: readonly Route[]) => destination(recipient, sender, routes, released)
    const found = known.get(key) ?? tellApart(way(before), way(after))
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(key, found)
    return found
  }
}
