/** A DSN: the report that tells a sender what became of a message (RFC 3464, RFC 6522). */
import { randomBytes } from 'node:crypto'
import { formatDate, newMessageId } from '../mail/header.ts'
import { formatReply, type Reply } from '../mail/reply.ts'

/** RFC 3464 section 2.3.3. */
export type Action = 'failed' | 'delayed' | 'delivered' | 'relayed'

export interface Report {
  readonly action: Action
  readonly recipient: string
  readonly orcpt?: string
  readonly reply: Reply
  /** The next hop that gave the reply, where one did. */
  readonly remote?: string
}

export interface DsnFacts {
  /** Our name. */
  readonly hostname: string
  /** The reverse-path it goes to. */
  readonly to: string
  readonly envid?: string
  /** Milliseconds since the epoch. */
  readonly arrived: number
  readonly now: number
  readonly reports: readonly Report[]
  /** When a delayed message will be given up. */
  readonly until?: number
  /** The original's content, whole or its header alone. */
  readonly original: { readonly part: 'message' | 'header'; readonly bytes: Buffer }
  readonly smtpUtf8: boolean
}

const CRLF = '\r\n'

/** The whole message, lines ended by CR LF. */
export function composeDsn(facts: DsnFacts): Buffer {
  const boundary = `postern-${randomBytes(12).toString('hex')}`
  const part = (type: string, body: string) => `--${boundary}${CRLF}${type}${CRLF}${CRLF}${body}${CRLF}`
  const text = [
    header(facts, boundary),
    '',
    'This is a report on a message, in the form of RFC 3464.',
    '',
    part('Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit', explanation(facts)),
  ].join(CRLF)
  const status = part(
    `Content-Type: message/${facts.smtpUtf8 ? 'global-' : ''}delivery-status`,
    deliveryStatus(facts),
  )
  const type = facts.original.part === 'message' ? 'message/rfc822' : 'text/rfc822-headers'
  const open = `--${boundary}${CRLF}Content-Type: ${type}${CRLF}Content-Transfer-Encoding: 8bit${CRLF}${CRLF}`
  return Buffer.concat([
    Buffer.from(text + status + open),
    facts.original.bytes,
    Buffer.from(`${CRLF}--${boundary}--${CRLF}`),
  ])
}

function header({ hostname, to, now, reports }: DsnFacts, boundary: string): string {
  return [
    `Date: ${formatDate(now)}`,
    `From: Mail Delivery System <MAILER-DAEMON@${hostname}>`,
    `To: <${to}>`,
    `Message-ID: ${newMessageId(hostname)}`,
    `Subject: ${SUBJECTS[reports[0]?.action ?? 'failed']}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status;${CRLF} boundary="${boundary}"`,
  ].join(CRLF)
}

const SUBJECTS: Readonly<Record<Action, string>> = {
  failed: 'Your message could not be delivered',
  delayed: 'Your message is delayed',
  delivered: 'Your message was delivered',
  relayed: 'Your message was passed on',
}

function explanation(facts: DsnFacts): string {
  const action = facts.reports[0]?.action ?? 'failed'
  const until = facts.until === undefined ? '' : ` It is tried until ${formatDate(facts.until)}.`
  const lead: Readonly<Record<Action, string>> = {
    failed: `The mail server at ${facts.hostname} could not deliver your message to:`,
    delayed: `The mail server at ${facts.hostname} could not yet deliver your message to the recipients below.${until} You need not send it again.`,
    delivered: `The mail server at ${facts.hostname} delivered your message to:`,
    relayed: `The mail server at ${facts.hostname} passed your message on to a server that sends no reports, for:`,
  }
  const lines = facts.reports.map(
    ({ recipient, reply }) => `  <${recipient}>${CRLF}    ${formatReply(reply)}`,
  )
  return [lead[action], '', ...lines, ''].join(CRLF)
}

/** RFC 3464 section 2.1: the fields of the message, then a group for each recipient. */
function deliveryStatus({ hostname, envid, arrived, reports }: DsnFacts): string {
  const message = [
    ...(envid === undefined ? [] : [`Original-Envelope-Id: ${oneLine(envid)}`]),
    `Reporting-MTA: dns; ${hostname}`,
    `Arrival-Date: ${formatDate(arrived)}`,
  ]
  return [message, ...reports.map(recipientFields)].map(fields => fields.join(CRLF) + CRLF).join(CRLF)
}

function recipientFields({ action, recipient, orcpt, reply, remote }: Report): string[] {
  return [
    ...(orcpt === undefined ? [] : [`Original-Recipient: ${oneLine(orcpt)}`]),
    `Final-Recipient: ${isAsciiText(recipient) ? 'rfc822' : 'utf-8'}; ${recipient}`,
    `Action: ${action}`,
    `Status: ${statusOf(reply, action)}`,
    ...(remote === undefined ? [] : [`Remote-MTA: dns; ${oneLine(remote)}`]),
    `Diagnostic-Code: smtp; ${oneLine(formatReply(reply))}`,
  ]
}

/** A reply without an enhanced code gets the class's general one; a given-up recipient's 4 becomes a 5. */
function statusOf(reply: Reply, action: Action): string {
  const digit = action === 'failed' ? '5' : action === 'delayed' ? '4' : '2'
  return reply.status === '' ? `${digit}.0.0` : `${digit}${reply.status.slice(1)}`
}

function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 900)
}

function isAsciiText(text: string): boolean {
  return /^[\u0020-\u007e]*$/.test(text)
}
