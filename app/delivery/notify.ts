/** The notifier: puts DSNs to a message's sender into the queue. */
import type { Emit } from '../log/event.ts'
import { isAscii, parseAddress } from '../mail/address.ts'
import type { Envelope, Recipient } from '../mail/envelope.ts'
import type { Message } from '../queue/message.ts'
import type { Queue } from '../queue/queue.ts'
import type { Spool } from '../queue/spool.ts'
import { composeDsn, type DsnFacts, type Report } from './dsn.ts'

/** As much of an original's header as a report carries. */
const HEADER_BYTES = 64 * 1024
/** A whole original larger than this is reported by its header, also where RET=FULL asked for more. */
const FULL_BYTES = 1024 * 1024

export interface NotifierParts {
  readonly queue: Queue
  readonly spool: Spool
  readonly emit: Emit
  readonly now: () => number
  /** What a time of `now` is for people. */
  readonly toWall: (time: number) => number
  /** Where mail for an address goes: a local address to its mailboxes. */
  readonly expand: (address: string) => readonly Recipient[]
  /** Where mail for the postmaster of the first local domain goes; nowhere where nobody is there, or absent. */
  readonly postmaster?: () => readonly Recipient[]
}

/** A DSN on the disk, and its copy. */
export interface Stored {
  /** Tells of it and sends it. */
  send(): void
  /** Takes it out again: it is to be told later, with what couldn't be written. */
  withdraw(): void
}

/** What a DSN is made with. */
export interface NotifyTerms {
  readonly hostname: string
  /** Milliseconds since arrival. */
  readonly giveUpAfter: number
  /** When it was tried last, milliseconds since the epoch. */
  readonly tried: number
  /** The postmaster gets a copy of what is returned. */
  readonly copies: boolean
}

export class Notifier {
  readonly #parts: NotifierParts

  constructor(parts: NotifierParts) {
    this.#parts = parts
  }

  /**
   * Stores one DSN, with the null reverse-path, so that none is ever sent about it (RFC 3461 section 6.1).
   * Resolves when it is on disk; rejects with the disk's error, and nothing of it stays. Messages without a sender get
   * none.
   */
  async send(
    message: Message,
    reports: readonly Report[],
    { hostname, giveUpAfter, tried, copies }: NotifyTerms,
  ): Promise<Stored> {
    const { queue, emit, now, toWall, expand, postmaster } = this.#parts
    const to = message.envelope.reversePath
    const recipients = to === '' ? [] : expand(to)
    if (recipients.length === 0) return NOTHING
    const facts: DsnFacts = {
      hostname,
      to,
      ...(message.envelope.envid !== undefined && { envid: message.envelope.envid }),
      arrived: toWall(message.received),
      now: toWall(now()),
      reports,
      tried: toWall(tried),
      until: toWall(message.received + giveUpAfter),
      original: await this.#original(
        message,
        reports[0]?.action === 'failed' ? message.envelope.ret : 'HDRS',
      ),
    }
    const dsn = await this.#store(composeDsn(facts), to, recipients)
    const others = copies && reports[0]?.action === 'failed' ? (postmaster?.() ?? []) : []
    const all = [dsn]
    const withdraw = () => {
      for (const { id } of all) queue.remove(id)
    }
    try {
      if (others.length > 0) all.push(await this.#copy(facts, message, others))
    } catch (error) {
      withdraw()
      throw error
    }
    return {
      send: () => {
        emit({ kind: 'bounced', id: message.id, dsn: dsn.id, to, ...aboutOf(reports) })
        for (const one of all) queue.begin(one)
      },
      withdraw,
    }
  }

  /** The header only, also where its sender gets the whole message: it is no business of the postmaster's. */
  async #copy(facts: DsnFacts, message: Message, recipients: readonly Recipient[]): Promise<Message> {
    const copyFor = recipients[0]?.address ?? ''
    const original = await this.#original(message, 'HDRS')
    return this.#store(composeDsn({ ...facts, original, copyFor }), copyFor, recipients)
  }

  async #store(bytes: Buffer, to: string, recipients: readonly Recipient[]): Promise<Message> {
    const { queue, spool } = this.#parts
    const id = queue.newId()
    const content = spool.receive(id)
    const parsed = parseAddress(to)
    const smtpUtf8 = parsed.ok && !isAscii(parsed.address)
    const envelope = { reversePath: '', recipients, body: '8bitmime', smtpUtf8 } as const
    try {
      await content.write(bytes)
      return await queue.store(id, envelope, { client: 'postern' }, content)
    } catch (error) {
      // It is tried again, on a disk that may be full.
      await content.discard()
      throw error
    }
  }

  /** RFC 3461 section 4.3: the whole message for RET=FULL where it failed, else its header. */
  async #original(
    message: Message,
    ret: Envelope['ret'],
  ): Promise<{ part: 'message' | 'header'; bytes: Buffer }> {
    const { spool } = this.#parts
    if (ret === 'FULL' && message.size <= FULL_BYTES)
      return { part: 'message', bytes: await spool.beginning(message.id, FULL_BYTES) }
    const beginning = await spool.beginning(message.id, HEADER_BYTES)
    return { part: 'header', bytes: headerOf(beginning) }
  }
}

const NOTHING: Stored = { send: () => {}, withdraw: () => {} }

/** The header section, up to its empty line; what there is of a longer one, up to a line end. */
export function headerOf(beginning: Buffer): Buffer {
  const end = beginning.indexOf('\r\n\r\n')
  return beginning.subarray(0, end >= 0 ? end + 2 : beginning.lastIndexOf('\r\n') + 2)
}

function aboutOf([first]: readonly Report[]): { about?: 'delay' | 'success' } {
  if (!first || first.action === 'failed') return {}
  return { about: first.action === 'delayed' ? 'delay' : 'success' }
}
