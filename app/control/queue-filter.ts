/** The queue's filter: which messages it finds, and which of their recipients. */
import { type Matches, parsePattern } from '../mail/pattern.ts'
import { isPending, type Message } from '../queue/message.ts'
import type { QueueFilter } from './control.ts'

/** Whether the filter asks for anything at all; how many are wanted says nothing of which. */
export function isNarrow({ limit: _, ...asked }: QueueFilter): boolean {
  return Object.values(asked).some(value => value !== undefined)
}

/**
 * The filter's test: for a message, the indexes of the recipients that it finds, which still have to get it; none
 * where it doesn't find the message. Throws one sentence where `from` or `to` is no pattern.
 */
export function finderOf(filter: QueueFilter, now: number): (message: Message) => ReadonlySet<number> {
  const { state, reply, hop } = filter
  const ids = filter.ids && new Set(filter.ids)
  const to = filter.to === undefined ? undefined : patternOf(filter.to)
  const isFrom = filter.from === undefined ? undefined : senderOf(filter.from)
  const wanted = filter.match?.toLowerCase()
  const said = reply?.toLowerCase()
  return message => {
    if (ids && !ids.has(message.id)) return nobody
    if (now - message.received < (filter.olderThan ?? 0)) return nobody
    if (isFrom && !isFrom(message.envelope.reversePath)) return nobody
    if (wanted !== undefined && !holdsText(message, wanted)) return nobody
    const found = new Set<number>()
    message.states.forEach((current, index) => {
      const address = message.envelope.recipients[index]?.address ?? ''
      if (!isPending(current) || (state !== undefined && current.kind !== state)) return
      if (to && !to(address)) return
      if (hop !== undefined && (current.kind !== 'waiting' || current.hop !== hop)) return
      if (said !== undefined && !replyText(current).includes(said)) return
      found.add(index)
    })
    return found
  }
}

const nobody: ReadonlySet<number> = new Set()

/** Throws one sentence for text that is no pattern. */
function patternOf(text: string): Matches {
  const matches = parsePattern(text)
  if (matches) return matches
  throw new Error(
    `Name an address, a domain, "*.domain" or "*" instead of "${text}": nothing in the queue was changed.`,
  )
}

/** `<>` is the empty reverse-path, which bounces have (RFC 5321 section 4.5.5). */
function senderOf(text: string): Matches {
  if (text === '' || text === '<>') return address => address === ''
  const matches = patternOf(text)
  return address => address !== '' && matches(address)
}

/** Text is looked for in all that names a message: finding one recipient finds the message. */
function holdsText({ id, origin, envelope }: Message, wanted: string): boolean {
  const texts = [id, origin.client, origin.user ?? '', envelope.reversePath]
  const isThere = (text: string) => text.toLowerCase().includes(wanted)
  return texts.some(isThere) || envelope.recipients.some(({ address }) => isThere(address))
}

function replyText(state: Message['states'][number]): string {
  if (state.kind !== 'waiting' && state.kind !== 'held') return ''
  const { reply } = state
  const why = state.kind === 'held' ? state.why : ''
  return `${reply ? `${reply.code} ${reply.status ?? ''} ${reply.text}` : ''} ${why}`.toLowerCase()
}
