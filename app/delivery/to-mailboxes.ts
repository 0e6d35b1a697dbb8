/** Mail to mailboxes here: taken out of the queue, written a few at a time, and settled. */
import { join } from 'node:path'
import { type Reply, reply } from '../mail/reply.ts'
import { diskProblem } from '../queue/disk.ts'
import type { Message } from '../queue/message.ts'
import type { Queue } from '../queue/queue.ts'
import type { Spool } from '../queue/spool.ts'
import { Failure } from './failure.ts'
import { deliverToMailbox } from './mailbox.ts'
import { Mailboxes } from './mailboxes.ts'
import type { Answer } from './outcome.ts'
import { damaged, stillWanted } from './taken.ts'

export interface MailboxParts {
  readonly queue: Queue
  readonly spool: Spool
  /** The folder of mailboxes. */
  readonly mail: string
  readonly now: () => number
  /** Names of the accounts, which have mailboxes. */
  readonly accounts: () => ReadonlySet<string>
  readonly settle: (id: string, answers: ReadonlyMap<number, Answer>) => Promise<void>
}

export class ToMailboxes {
  readonly #parts: MailboxParts
  readonly #mailboxes = new Mailboxes()
  /** Whose folders are on the disk for good. */
  readonly #safe = new Set<string>()
  readonly #started: number

  constructor(parts: MailboxParts) {
    this.#parts = parts
    this.#started = parts.now()
  }

  /** A recipient that is due, whose mailbox is this account's. */
  offer({ id }: Message, index: number, account: string): void {
    const { queue, settle } = this.#parts
    if (!queue.take(id, [index])) return
    this.#mailboxes.push(async () => {
      const message = stillWanted(queue, id, [index])
      if (!message) return
      const answer = await this.#write(message, index, account)
      await settle(
        id,
        new Map([[index, { reply: answer, own: true, via: `mailbox ${account}`, dsn: 'mailbox' }]]),
      )
    })
  }

  close(): Promise<void> {
    return this.#mailboxes.close()
  }

  async #write(message: Message, index: number, account: string): Promise<Reply> {
    const { spool, mail, accounts } = this.#parts
    if (!accounts().has(account)) return reply(550, '5.1.1', `there is no account ${account} any more`)
    const { id, received, envelope, states } = message
    const state = states[index]
    const again = received < this.#started || (state?.kind === 'waiting' && state.attempts > 0)
    const address = envelope.recipients[index]?.address ?? ''
    const fields = [`Return-Path: <${envelope.reversePath}>`, `Delivered-To: ${address}`]
    try {
      const content = await spool.content(id).catch(error => damaged(spool, id, error))
      const arrival = { id, index, received, again, fields, content }
      await deliverToMailbox(join(mail, account), arrival, this.#safe)
      return reply(250, '2.0.0', `delivered to the mailbox of ${account}`)
    } catch (error) {
      if (error instanceof Failure) return error.reply
      return reply(452, '4.3.1', diskProblem(error, `write to the mailbox of ${account}`))
    }
  }
}
