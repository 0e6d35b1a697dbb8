/** A DSN: the report that tells a sender what became of a message (RFC 3464, RFC 6522, RFC 6533). */
import { randomBytes } from 'node:crypto'
import { formatDate, newMessageId } from '../mail/header.ts'
import { toPrintable } from '../mail/printable.ts'
import { formatReply, isTransient, type Reply } from '../mail/reply.ts'
import { type Meaning, type Mend, meaningOf } from './meaning/meaning.ts'
import { oneLine, wrap } from './text.ts'

/** RFC 3464 section 2.3.3. */
export type Action = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'

export interface Report {
  readonly action: Action
  /** In canonical form. */
  readonly recipient: string
  readonly orcpt?: string
  readonly reply: Reply
  /** Who gave the reply: a host name or address; absent where its words are ours. */
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
  /** At least one, all of one action. */
  readonly reports: readonly Report[]
  /** When it was tried last. */
  readonly tried: number
  /** When a delayed message will be given up. */
  readonly until: number
  /** It is a copy for this address, the postmaster's, of what goes to `to`. */
  readonly copyFor?: string
  /** The original's content, whole or its header alone, lines ended by CR LF. */
  readonly original: { readonly part: 'message' | 'header'; readonly bytes: Buffer }
}

const CRLF = '\r\n'
/** Bytes of a field's value: a line has 998 at most (RFC 5322 section 2.1.1). */
const FIELD = 900

/** The whole message, lines ended by CR LF. */
export function composeDsn(facts: DsnFacts): Buffer {
  const boundary = `postern-${randomBytes(12).toString('hex')}`
  const open = (type: string, eightBit: boolean) =>
    [
      `--${boundary}`,
      `Content-Type: ${type}`,
      `Content-Transfer-Encoding: ${eightBit ? '8bit' : '7bit'}`,
      '',
      '',
    ].join(CRLF)
  const global = isGlobal(facts)
  const original = facts.original.bytes
  const text = [
    header(facts, boundary),
    '',
    'This is a report on a message, in the form of RFC 3464.',
    '',
    open('text/plain; charset=utf-8', true) + explanation(facts),
    open(`message/${global ? 'global-' : ''}delivery-status`, global) + deliveryStatus(facts, global),
    open(
      originalType(facts, global),
      original.some(byte => byte > 127),
    ),
  ].join(CRLF)
  return Buffer.concat([Buffer.from(text), original, Buffer.from(`${CRLF}--${boundary}--${CRLF}`)])
}

/** Whether it takes the form for addresses beyond ASCII. */
function isGlobal({ to, copyFor = '', reports }: DsnFacts): boolean {
  return [to, copyFor, ...reports.flatMap(({ recipient, orcpt = '' }) => [recipient, orcpt])].some(
    text => !/^[\u0000-\u007f]*$/.test(text),
  )
}

function originalType({ original }: DsnFacts, global: boolean): string {
  if (original.part === 'message') return global ? 'message/global' : 'message/rfc822'
  return global ? 'message/global-headers' : 'text/rfc822-headers'
}

function header({ hostname, to, now, reports, copyFor }: DsnFacts, boundary: string): string {
  const subject = SUBJECTS[actionOf(reports)]
  return [
    `Date: ${formatDate(now)}`,
    `From: Mail Delivery System <MAILER-DAEMON@${hostname}>`,
    `To: <${copyFor ?? to}>`,
    `Message-ID: ${newMessageId(hostname)}`,
    `Subject: ${copyFor === undefined ? subject : 'A message was returned to its sender'}`,
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
  expanded: 'Your message was passed on to several',
}

function actionOf(reports: readonly Report[]): Action {
  return reports[0]?.action ?? 'failed'
}

function explanation({ hostname, to, arrived, until, reports, copyFor }: DsnFacts): string {
  const lead: Readonly<Record<Action, string>> = {
    failed: `The mail server at ${hostname} could not deliver your message to:`,
    delayed: `The mail server at ${hostname} could not yet deliver your message to the recipients below. It is tried until ${formatDate(until)}. You need not send it again.`,
    delivered: `The mail server at ${hostname} delivered your message to:`,
    expanded: `The mail server at ${hostname} passed your message on to everybody who stands behind the address below. They send no reports of their delivery:`,
    relayed: `The mail server at ${hostname} passed your message on to a server that sends no reports, for:`,
  }
  const lines = reports.flatMap(({ action, recipient, reply, remote }) => {
    const answer = remote === undefined ? reply.text : `${remote} said: ${formatReply(reply)}`
    const gaveUp = action === 'failed' && isTransient(reply)
    return [
      `  <${oneLine(recipient, FIELD)}>`,
      ...wrap(oneLine(answer, 2 * FIELD), '    '),
      ...(gaveUp ? [`    It was tried from ${formatDate(arrived)} on, and is given up now.`] : []),
      ...meaningLines(meaningOf(reply)),
    ]
  })
  const copy =
    copyFor === undefined ? [] : [...wrap(`This is a copy of what <${oneLine(to, FIELD)}> was told.`, ''), '']
  return [...copy, ...wrap(lead[actionOf(reports)], ''), '', ...lines, ''].join(CRLF)
}

/** What the answer means to whoever wrote the message; none where nothing was refused. */
function meaningLines(meaning: Meaning | undefined): string[] {
  if (!meaning) return []
  const { means, cause, todo, mends, source } = meaning
  // Whoever wrote the message can't mend a server.
  const isHere = !OF_OTHERS.includes(mends[0]?.kind ?? 'tell-recipient')
  const whose = isHere ? ', for whoever looks after this server' : ''
  const told = [`What it means: ${means} ${cause}`, `What to do${whose}: ${todo}`, `Source: ${source.name}`]
  return ['', ...told.flatMap(line => wrap(line, '    ')), `    ${source.address}`, '']
}

/** Mends that change nothing here, or that the sender can do without, by writing less or to fewer. */
const OF_OTHERS: readonly Mend['kind'][] = ['wait', 'retry', 'limits', 'tell-provider', 'tell-recipient']

/** RFC 3464 section 2.1: the fields of the message, then a group for each recipient. */
function deliveryStatus(facts: DsnFacts, global: boolean): string {
  const { hostname, envid, arrived, reports } = facts
  const value = (text: string) => (global ? oneLine(text, FIELD) : toPrintable(oneLine(text, FIELD), FIELD))
  const message = [
    ...(envid === undefined ? [] : [`Original-Envelope-Id: ${value(envid)}`]),
    `Reporting-MTA: dns; ${hostname}`,
    `Arrival-Date: ${formatDate(arrived)}`,
  ]
  const groups = reports.map(report => recipientFields(report, facts, value))
  return [message, ...groups].map(fields => fields.join(CRLF) + CRLF).join(CRLF)
}

function recipientFields(
  report: Report,
  { tried, until }: DsnFacts,
  value: (text: string) => string,
): string[] {
  const { action, recipient, orcpt, reply, remote } = report
  return [
    ...(orcpt === undefined ? [] : [`Original-Recipient: ${value(orcpt)}`]),
    `Final-Recipient: ${/^[ -~]*$/.test(recipient) ? 'rfc822' : 'utf-8'}; ${value(recipient)}`,
    `Action: ${action}`,
    `Status: ${statusOf(reply, action)}`,
    ...(remote === undefined ? [] : [`Remote-MTA: dns; ${value(remote)}`]),
    `Diagnostic-Code: ${remote === undefined ? 'x-postern' : 'smtp'}; ${value(formatReply(reply))}`,
    `Last-Attempt-Date: ${formatDate(tried)}`,
    ...(action === 'delayed' ? [`Will-Retry-Until: ${formatDate(until)}`] : []),
  ]
}

/** A reply without an enhanced code gets the class's general one; a given-up recipient's 4 becomes a 5. */
function statusOf(reply: Reply, action: Action): string {
  const digit = action === 'failed' ? '5' : action === 'delayed' ? '4' : '2'
  return reply.status === '' ? `${digit}.0.0` : `${digit}${reply.status.slice(1)}`
}
