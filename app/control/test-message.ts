/** A test message: sent through the queue and its route, with the dialogue of the next hop kept. */

import type { Answer } from '../delivery/outcome.ts'
import { canonicalDomain, formatAddress, parseAddress } from '../mail/address.ts'
import { formatDate, newMessageId } from '../mail/header.ts'
import { formatReply } from '../mail/reply.ts'
import type { SentTest } from './control.ts'
import type { ControlParts } from './parts.ts'

/** Milliseconds that the first attempt has. */
const PATIENCE = 60_000

/** Throws a sentence where the address isn't one. */
export async function sendTest(parts: ControlParts, to: string): Promise<SentTest> {
  const parsed = parseAddress(to)
  if (!parsed.ok)
    throw new Error(`"${to}" is not a mail address (${parsed.problem}): give one as in someone@example.com.`)
  const resolution = parts.policy().directory.resolve(parsed.address)
  if (resolution.kind === 'unknown' || resolution.kind === 'malformed')
    throw new Error(`${to} is in a local domain, but there is no such mailbox or alias.`)
  const address = formatAddress(parsed.address)
  const recipients = resolution.kind === 'internal' ? resolution.recipients : [{ address }]
  const { queue, spool, delivery } = parts
  const id = queue.newId()
  const dialogue: string[] = []
  const answered = new Promise<Answer | undefined>(resolve => {
    const timer = setTimeout(() => resolve(undefined), PATIENCE)
    const end = delivery.watch(id, {
      dialogue: line => dialogue.push(line),
      answer: answer => {
        clearTimeout(timer)
        end()
        resolve(answer)
      },
    })
  })
  const sender = senderOf(parts)
  const content = spool.receive(id)
  await content.write(compose(sender, address, parts))
  await queue.add(
    id,
    { reversePath: sender, recipients, body: '7bit', smtpUtf8: false },
    { client: 'postern' },
    content,
  )
  delivery.sendNow(id)
  return outcome(id, await answered, dialogue)
}

function outcome(id: string, answer: Answer | undefined, dialogue: readonly string[]): SentTest {
  const facts = { id, dialogue }
  if (answer === undefined)
    return {
      ...facts,
      delivered: false,
      via: 'nobody',
      text: 'no answer within 60 seconds; it stays in the queue',
    }
  return { ...facts, delivered: answer.reply.code < 300, via: answer.via, text: formatReply(answer.reply) }
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
