/** Storing: the content of a transaction on its way into the queue, behind our own Received field. */
import type { Emit, Who } from '../log/event.ts'
import { receivedField } from '../mail/header.ts'
import { type Reply, reply } from '../mail/reply.ts'
import type { Queue } from '../queue/queue.ts'
import type { Spool } from '../queue/spool.ts'
import type { Settings } from '../settings/settings.ts'
import type { ContentSource, SessionFacts } from './protocol.ts'
import { diskRefusal, receive } from './receive.ts'
import type { Transaction } from './transaction.ts'

export interface StoringParts {
  readonly settings: () => Pick<Settings, 'hostname' | 'smtp'>
  readonly queue: Pick<Queue, 'newId' | 'add'>
  readonly spool: Pick<Spool, 'receive'>
  readonly emit: Emit
  readonly now: () => number
}

/** Who brings a message, and how. */
export interface Bringer extends Who {
  readonly user: string | undefined
  readonly facts: Pick<SessionFacts, 'helo' | 'protocol' | 'tls'>
  /** Line ends were mended; known when all of it is in. */
  isMended(): boolean
}

/** Resolves to 250 when the message is on disk for good. */
export async function storeMessage(
  { settings, queue, spool, emit, now }: StoringParts,
  bringer: Bringer,
  transaction: Transaction,
  content: ContentSource,
): Promise<Reply> {
  const { session, client, port, user } = bringer
  const { hostname, smtp } = settings()
  const id = queue.newId()
  const incoming = spool.receive(id)
  incoming.write(Buffer.from(fieldOf(bringer, transaction, { hostname, id, time: now() })))
  const received = await receive(content, incoming, smtp.maxMessageSize)
  if ('code' in received) {
    await incoming.discard()
    return received
  }
  try {
    const origin = { client, ...(user !== undefined && { user }) }
    const at = port !== undefined && { port }
    const facts = { from: transaction.sender, to: transaction.accepted, ...origin, session, ...at }
    const mended = bringer.isMended() && { mended: true as const }
    await queue.add(id, transaction.envelope(received.eightBit), origin, incoming, ({ size }) =>
      emit({ kind: 'accepted', id, ...facts, ...mended, size }),
    )
    return reply(250, '2.0.0', `Ok: queued as ${id}`)
  } catch (error) {
    await incoming.discard()
    return diskRefusal(error)
  }
}

interface Ours {
  readonly hostname: string
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly time: number
}

function fieldOf(
  { client, facts: { helo, protocol, tls } }: Bringer,
  { accepted, smtpUtf8 }: Transaction,
  ours: Ours,
): string {
  const single = accepted.length === 1 ? accepted[0] : undefined
  return receivedField({
    helo,
    client,
    ...ours,
    // RFC 6531 section 4.3.
    protocol: smtpUtf8 ? protocol.replace(/^E?/, 'UTF8') : protocol,
    ...(tls !== undefined && { tls }),
    ...(single !== undefined && { recipient: single }),
  })
}
