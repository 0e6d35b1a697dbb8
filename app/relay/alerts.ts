/** Alerts: what newly needs a person is told by mail, once for each need while it stands. */
import type { Status, Warning } from '../control/control.ts'
import type { Needs } from '../control/needs.ts'
import { sentenceOf } from '../control/sentence.ts'
import type { Emit } from '../log/event.ts'
import type { Recipient } from '../mail/envelope.ts'
import { formatDate, newMessageId } from '../mail/header.ts'
import type { Queue } from '../queue/queue.ts'
import type { Spool } from '../queue/spool.ts'
import type { Settings } from '../settings/settings.ts'
import type { AlertMemory } from './alert-memory.ts'

/** Milliseconds between two looks. */
const EVERY = 60_000

export interface AlertParts {
  readonly memory: AlertMemory
  readonly status: () => Promise<Status>
  readonly settings: () => Settings
  readonly queue: Queue
  readonly spool: Spool
  readonly emit: Emit
  readonly now: () => number
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: () => number
  /** Where mail for an address goes; nowhere for a local one that nobody has. */
  readonly expand: (address: string) => readonly Recipient[]
  /** Milliseconds; `EVERY` where absent. */
  readonly every?: number
}

export class Alerts {
  readonly #parts: AlertParts
  /** What went wrong last, while it does. */
  #fault: string | undefined
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(parts: AlertParts) {
    this.#parts = parts
  }

  /** What was known before this run, and needs no second notification. */
  get earlier(): Needs {
    return this.#parts.memory.earlier
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), this.#parts.every ?? EVERY)
    this.#timer.unref()
  }

  /** Resolves when the mail that is being written is queued. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }

  #look(): void {
    this.#looking = this.#looking
      .then(() => this.#compare())
      .then(
        () => {
          this.#fault = undefined
        },
        error => this.#failed(sentenceOf(error)),
      )
  }

  /** It is tried at every look, and said once. */
  #failed(fault: string): void {
    if (fault !== this.#fault)
      this.#parts.emit({ kind: 'error', text: `No mail can be sent on what needs you: ${fault}` })
    this.#fault = fault
  }

  async #compare(): Promise<void> {
    const { status, settings, memory, steady } = this.#parts
    const { warnings } = await status()
    const { hostname, delivery } = settings()
    // Told or not, it is known: a mail that was switched on later tells what comes then.
    memory.look(warnings, delivery.alerts.mailTo, steady())
    const faults: unknown[] = []
    for (const to of delivery.alerts.mailTo) {
      const owed = memory.owed(to, warnings)
      if (owed.length === 0) continue
      // Once it is queued it is told; before, the next look tries again.
      await this.#mail(to, owed, hostname).then(
        () => memory.told(to),
        error => faults.push(error),
      )
    }
    await memory.keep()
    if (faults.length > 0) throw faults[0]
  }

  async #mail(to: string, needs: readonly Warning[], hostname: string): Promise<void> {
    const { queue, spool, emit, now, expand } = this.#parts
    const recipients = expand(to).map(recipient => ({ ...recipient, notify: ['NEVER'] as const }))
    if (recipients.length === 0) {
      const text = `Write another address for alerts than ${to}: nobody here has it.`
      emit({ kind: 'warning', text })
      return
    }
    const id = queue.newId()
    const content = spool.receive(id)
    // The null reverse-path (RFC 5321 section 4.5.5): no report is ever sent on an alert.
    const envelope = {
      reversePath: '',
      recipients,
      body: '8bitmime',
      smtpUtf8: !/^[ -~]*$/.test(to),
    } as const
    try {
      await content.write(composeAlert({ to, hostname, needs, now: now() }))
      await queue.add(id, envelope, { client: 'postern' }, content)
    } catch (error) {
      await content.discard()
      throw error
    }
  }
}

interface AlertFacts {
  readonly to: string
  readonly hostname: string
  readonly needs: readonly Warning[]
  readonly now: number
}

/** RFC 5322; `Auto-Submitted` keeps machines from answering it (RFC 3834 section 5). */
export function composeAlert({ to, hostname, needs, now }: AlertFacts): Buffer {
  const what = needs.length === 1 ? 'one thing needs you' : `${needs.length} things need you`
  const lines = [
    `From: Postern <postmaster@${hostname}>`,
    `To: <${to}>`,
    `Date: ${formatDate(now)}`,
    `Message-ID: ${newMessageId(hostname)}`,
    `Subject: Postern on ${hostname}: ${what}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    'Auto-Submitted: auto-generated',
    '',
    ...needs.flatMap(({ text }) => [...folded(text), '']),
    "This is told once. Postern's Status page, or  postern doctor, shows what stands now.",
  ]
  return Buffer.from(lines.map(line => `${line}\r\n`).join(''))
}

/** RFC 5322 section 2.1.1: at most 78 characters a line, where words allow it; control characters stay out. */
function folded(text: string): string[] {
  const lines: string[] = []
  for (const word of text.replace(/\p{Cc}+/gu, ' ').split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > 78) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
