/** What was taken out of the queue to be delivered: whether it is still wanted, and still whole. */
import type { Emit } from '../log/event.ts'
import { reply } from '../mail/reply.ts'
import type { Message } from '../queue/message.ts'
import type { Queue } from '../queue/queue.ts'
import { DamagedContent, type Spool } from '../queue/spool.ts'
import { Failure } from './failure.ts'

/** Undefined when it was held or removed since it was taken; it is given back then. */
export function stillWanted(queue: Queue, id: string, recipients: readonly number[]): Message | undefined {
  const message = queue.get(id)
  if (message && recipients.every(index => message.states[index]?.kind === 'waiting')) return message
  queue.giveBack(id, recipients)
  return undefined
}

/** Content that isn't what was accepted is kept aside, and its sender told: it is never sent. */
export async function damaged(spool: Spool, id: string, error: unknown): Promise<never> {
  if (!(error instanceof DamagedContent)) throw error
  await spool.setAside(id)
  throw new Failure(reply(554, '5.3.0', 'the message was damaged on the disk of this server'), 'refused')
}

/** Settlements under way, waited for at the stop. */
export class Pending {
  readonly #emit: Emit
  readonly #promises = new Set<Promise<void>>()

  constructor(emit: Emit) {
    this.#emit = emit
  }

  track(promise: Promise<void>): void {
    const tracked = promise
      .catch(error => this.#emit({ kind: 'error', text: `Delivery stopped short: ${String(error)}` }))
      .finally(() => this.#promises.delete(tracked))
    this.#promises.add(tracked)
  }

  async settled(): Promise<void> {
    await Promise.all(this.#promises)
  }
}
