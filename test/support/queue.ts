/** A queue for tests, with its clock in the test's hand. */
import type { TestContext } from 'node:test'
import type { Envelope } from '../../app/mail/envelope.ts'
import type { RecipientState } from '../../app/queue/message.ts'
import { Queue, type Work } from '../../app/queue/queue.ts'
import type { Spool } from '../../app/queue/spool.ts'
import { makeFolder } from './folder.ts'
import { messageOf, openSpool } from './spool.ts'

/** A queue whose clock is set by hand, and the work that was taken as soon as it was due. */
export interface Bench {
  readonly spool: Spool
  readonly queue: Queue
  readonly works: Work[]
  /** Takes what is due, as it does once it is started. */
  readonly take: (work: Work) => void
  readonly clock: { now: number }
  /** Adds a message to so many recipients; returns its id. */
  readonly add: (recipients?: number) => Promise<string>
  /** Indexes handed out since the last call. */
  readonly handed: () => readonly (readonly number[])[]
}

export async function openQueue(t: TestContext, started = true): Promise<Bench> {
  const { spool } = await openSpool(t, await makeFolder(t))
  const clock = { now: 1_000_000 }
  const queue = new Queue(spool, () => clock.now)
  t.after(() => queue.stop())
  const works: Work[] = []
  const take = ({ message, recipients }: Work) => {
    const work = queue.take(message.id, recipients)
    if (work) works.push(work)
  }
  if (started) queue.start(take)
  const add = async (recipients = 1) => {
    const id = queue.newId()
    const content = spool.receive(id)
    await content.write(Buffer.from('content'))
    await queue.add(id, envelope(recipients), { client: '127.0.0.1' }, content)
    return id
  }
  const handed = () => works.splice(0).map(({ recipients }) => recipients)
  return { spool, queue, works, take, clock, add, handed }
}

function envelope(recipients: number): Envelope {
  return messageOf('', 0, recipients).envelope
}

export const later = (next: number, attempts = 1): RecipientState => ({ kind: 'waiting', attempts, next })
