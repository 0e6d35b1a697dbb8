/** A test message: sent through the queue and its route, with the dialogue of the next hop kept. */
import type { Answer } from '../delivery/outcome.ts'
import type { Watcher } from '../delivery/settle.ts'
import { type Address, canonicalDomain, formatAddress, parseAddress } from '../mail/address.ts'
import type { Recipient } from '../mail/envelope.ts'
import { formatDate, newMessageId } from '../mail/header.ts'
import { formatReply } from '../mail/reply.ts'
import { diskProblem } from '../queue/disk.ts'
import type { SentTest } from './control.ts'
import type { ControlParts } from './parts.ts'
import { type AskedReply, type ReplyMeaning, replyMeaning } from './reply-meanings.ts'

/** Milliseconds that the first attempt has. */
const PATIENCE = 60_000

/** Throws a sentence where the address isn't one, or the message can't be queued. */
export async function sendTest(parts: ControlParts, to: string, from?: string): Promise<SentTest> {
  const { address, recipients } = recipientsOf(parts, to)
  const sender = from === undefined ? senderOf(parts) : addressOf(from)
  const { queue, spool, delivery } = parts
  const id = queue.newId()
  const attempt = new FirstAttempt(recipients.length)
  const end = delivery.watch(id, attempt)
  try {
    const bytes = compose(sender, address, parts)
    const content = spool.receive(id)
    await content.write(bytes)
    // The addresses stand in its header, which is UTF-8 then (RFC 6532), and asks for both (RFC 6531 section 3.6).
    const smtpUtf8 = bytes.some(byte => byte > 0x7f)
    const body = smtpUtf8 ? '8bitmime' : '7bit'
    const envelope = { reversePath: sender, recipients, body, smtpUtf8 } as const
    await queue.add(id, envelope, { client: 'postern' }, content)
    delivery.sendNow(id)
    const answers = await attempt.within(PATIENCE)
    const sent = outcome(id, answers, attempt.dialogue)
    const meaning = meaningIn(answers, { from: sender, to: address }, parts)
    return meaning ? { ...sent, meaning } : sent
  } catch (error) {
    throw new Error(diskProblem(error, 'queue the test message'))
  } finally {
    end()
  }
}

/** Nobody is to get a report on it: whoever sends it sees what becomes of it. */
function recipientsOf({ policy }: ControlParts, to: string): { address: string; recipients: Recipient[] } {
  const parsed = readAddress(to)
  const resolution = policy().directory.resolve(parsed)
  if (resolution.kind === 'unknown' || resolution.kind === 'malformed')
    throw new Error(`${to} is in a local domain, but there is no such mailbox or alias.`)
  const address = formatAddress(parsed)
  const recipients = resolution.kind === 'internal' ? resolution.recipients : [{ address }]
  return { address, recipients: recipients.map(recipient => ({ ...recipient, notify: ['NEVER'] })) }
}

function addressOf(text: string): string {
  return formatAddress(readAddress(text))
}

function readAddress(text: string): Address {
  const parsed = parseAddress(text)
  if (parsed.ok) return parsed.address
  throw new Error(`"${text}" is not a mail address (${parsed.problem}): give one as in someone@example.com.`)
}

/** What the first attempt comes to, for each of the recipients. */
class FirstAttempt implements Watcher {
  readonly dialogue: string[] = []
  readonly #answers: Answer[] = []
  readonly #awaited: number
  #complete = () => {}

  constructor(awaited: number) {
    this.#awaited = awaited
  }

  line(line: string): void {
    this.dialogue.push(line)
  }

  answer(answer: Answer): void {
    this.#answers.push(answer)
    if (this.#answers.length >= this.#awaited) this.#complete()
  }

  /** The answers that came in so many milliseconds. */
  async within(ms: number): Promise<readonly Answer[]> {
    if (this.#answers.length < this.#awaited) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, ms)
        this.#complete = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return this.#answers
  }
}

function outcome(id: string, answers: readonly Answer[], dialogue: readonly string[]): SentTest {
  const bad = answers.filter(({ reply }) => reply.code >= 300)
  const telling = bad.length > 0 ? bad : answers
  if (telling.length === 0) {
    const text = 'no answer within 60 seconds; the message stays in the queue'
    return { id, delivered: false, via: 'nobody', dialogue, text }
  }
  const vias = new Set(telling.map(({ via }) => via))
  if (vias.size > 1) vias.delete('nobody')
  return {
    id,
    delivered: bad.length === 0,
    via: [...vias].join(', '),
    dialogue,
    text: [...new Set(telling.map(wordsOf))].join('; '),
  }
}

/** Of the first refusal; undefined where nothing was refused. */
function meaningIn(
  answers: readonly Answer[],
  asked: Pick<AskedReply, 'from' | 'to'>,
  { store }: ControlParts,
): ReplyMeaning | undefined {
  const bad = answers.find(({ reply }) => reply.code >= 400)
  if (!bad) return undefined
  return replyMeaning({ ...asked, reply: bad.reply, via: bad.via }, store.current.settings) ?? undefined
}

function wordsOf({ own, reply }: Answer): string {
  return own ? reply.text : formatReply(reply)
}

function senderOf({ store }: ControlParts): string {
  const { hostname, localDomains } = store.current.settings
  return `postmaster@${localDomains.find(domain => !domain.includes('*')) ?? canonicalDomain(hostname) ?? 'localhost'}`
}

function compose(from: string, to: string, { store, now }: ControlParts): Buffer {
  const { hostname } = store.current.settings
  const lines = [
    `From: Postern <${from}>`,
    `To: <${to}>`,
    `Date: ${formatDate(now())}`,
    `Message-ID: ${newMessageId(hostname)}`,
    'Subject: Test message from Postern',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Auto-Submitted: auto-generated',
    '',
    `This is a test message from the Postern at ${hostname}. That you read it shows that its mail goes out.`,
  ]
  return Buffer.from(lines.map(line => `${line}\r\n`).join(''))
}
