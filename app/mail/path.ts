/** The arguments of MAIL and RCPT: a path and its parameters (RFC 5321 sections 4.1.1.2, 4.1.1.3 and 4.1.1.11). */
import { type Address, parseAddress } from './address.ts'
import type { Notify } from './envelope.ts'
import { type Parameter, type Refused, readParameters, refuse, upperCase } from './parameters.ts'
import { hiddenCharacter } from './printable.ts'
import { decodeXtext } from './xtext.ts'

export interface MailCommand {
  /** Null for `<>`, the reverse-path of bounces. */
  readonly reversePath: Address | null
  /** Bytes, as the client announced them (RFC 1870); past 2^53 no longer exact. */
  readonly size?: number
  /** BODY of RFC 6152; `7bit` where the client said nothing. */
  readonly body: '7bit' | '8bitmime'
  /** SMTPUTF8 was given (RFC 6531). */
  readonly smtpUtf8: boolean
  /** RFC 3461 section 4.3. */
  readonly ret?: 'FULL' | 'HDRS'
  /** RFC 3461 section 4.4, decoded: printable ASCII. */
  readonly envid?: string
}

export interface RcptCommand {
  /** `postmaster` for `<postmaster>` without a domain, in any case (RFC 5321 section 4.1.1.3). */
  readonly forwardPath: Address | 'postmaster'
  /** RFC 3461 section 4.1: each value once, NEVER alone. */
  readonly notify?: readonly Notify[]
  /** RFC 3461 section 4.2, `type;address`, decoded; an address of type utf-8 stays as it was sent (RFC 6533). */
  readonly orcpt?: string
}

export type ParsedMail = { readonly ok: true; readonly command: MailCommand } | Refused
export type ParsedRcpt = { readonly ok: true; readonly command: RcptCommand } | Refused

/** Reads a whole MAIL line, decoded and without its CR LF; whatever it holds, it never throws. */
export function parseMail(line: string): ParsedMail {
  const split = splitLine(line, /^MAIL FROM: */i, 'MAIL FROM')
  if (!split.ok) return split
  const sender = split.path === '' ? null : parsePath(split.path, 'sender', '5.1.7')
  if (sender && !sender.ok) return sender
  const read = readParameters(split.parameters, mailParameters)
  if (!read.ok) return read
  const reversePath = sender === null ? null : sender.address
  const command: MailCommand = { body: '7bit', smtpUtf8: false, ...read.facts, reversePath }
  return isSendable(split.path, command.smtpUtf8) ? { ok: true, command } : needsSmtpUtf8('sender')
}

/** Reads a whole RCPT line; `smtpUtf8` is what its MAIL said. */
export function parseRcpt(line: string, smtpUtf8: boolean): ParsedRcpt {
  const split = splitLine(line, /^RCPT TO: */i, 'RCPT TO')
  if (!split.ok) return split
  const recipient = parseForwardPath(split.path)
  if (!recipient.ok) return recipient
  const read = readParameters(split.parameters, smtpUtf8 ? rcptParametersUtf8 : rcptParameters)
  if (!read.ok) return read
  if (!isSendable(split.path, smtpUtf8)) return needsSmtpUtf8('recipient')
  return { ok: true, command: { ...read.facts, forwardPath: recipient.address } }
}

/**
 * Takes the line apart at its angle brackets. A space after the colon isn't in the grammar, but many old
 * programs send it; what stands behind a closing bracket is still read strictly.
 */
function splitLine(line: string, start: RegExp, command: string) {
  const rest = trimEnd(line).slice(start.exec(line)?.[0].length ?? line.length)
  const end = rest.startsWith('<') ? pathEnd(rest) : -1
  const parameters = rest.slice(end + 1)
  if (end < 0 || (parameters !== '' && !parameters.startsWith(' '))) {
    return refuse(501, '5.5.4', `The syntax is ${command}:<address>, then a space before each parameter`)
  }
  return { ok: true, path: rest.slice(1, end), parameters } as const
}

/** RFC 5321 section 4.1.1 tolerates white space at the end. A regular expression would take quadratic time. */
function trimEnd(line: string): string {
  let end = line.length
  while (line[end - 1] === ' ' || line[end - 1] === '\t') end--
  return line.slice(0, end)
}

/** The place of the closing bracket: the first behind the quoted local part, which may hold others. */
function pathEnd(text: string): number {
  const quoted = /^<"(?:[^"\\]|\\.)*"/s.exec(text)
  return text.indexOf('>', quoted?.[0].length ?? 1)
}

function parsePath(path: string, who: 'sender' | 'recipient', status: string) {
  if (/^@[^:]*:.*@/s.test(path)) {
    return refuse(553, status, `Source routes are not supported: give the ${who}'s address alone`)
  }
  const parsed = parseAddress(path)
  return parsed.ok ? parsed : refuse(553, status, `The ${who}'s address is not valid: ${parsed.problem}`)
}

function parseForwardPath(path: string) {
  if (/^postmaster$/i.test(path)) return { ok: true, address: 'postmaster' } as const
  if (path === '')
    return refuse(553, '5.1.3', 'The recipient\'s address is missing: "<>" can only be a sender')
  return parsePath(path, 'recipient', '5.1.3')
}

/** Of the path as it was sent: a U-label needs SMTPUTF8 too, though its A-label wouldn't. */
function isSendable(path: string, smtpUtf8: boolean): boolean {
  return smtpUtf8 || /^[ -~]*$/.test(path)
}

function needsSmtpUtf8(who: string): Refused {
  return refuse(553, '5.6.7', `The ${who}'s address is not ASCII: it can be used only with SMTPUTF8 in MAIL`)
}

const mailParameters: ReadonlyMap<string, Parameter<MailCommand>> = new Map<string, Parameter<MailCommand>>([
  ['SMTPUTF8', { kind: 'flag', facts: { smtpUtf8: true } }],
  ['SIZE', { kind: 'value', form: 'a number of bytes', read: readSize }],
  ['BODY', { kind: 'value', form: '7BIT or 8BITMIME', read: readBody }],
  ['RET', { kind: 'value', form: 'FULL or HDRS', read: readRet }],
  ['ENVID', { kind: 'value', form: 'xtext of at most 100 printable characters', read: readEnvid }],
  // Whom the client vouches for (RFC 4954 section 5). Nothing here trusts it, so it is dropped, as it may be.
  ['AUTH', { kind: 'value', form: '<> or an address as xtext', read: readAuth }],
])

function rcptTable(smtpUtf8: boolean): ReadonlyMap<string, Parameter<RcptCommand>> {
  return new Map<string, Parameter<RcptCommand>>([
    ['NOTIFY', { kind: 'value', form: 'NEVER, or a list of SUCCESS, FAILURE and DELAY', read: readNotify }],
    ['ORCPT', { kind: 'value', form: 'type;address as xtext', read: v => readOrcpt(v, smtpUtf8) }],
  ])
}

const rcptParameters = rcptTable(false)
const rcptParametersUtf8 = rcptTable(true)

function readSize(value: string): Partial<MailCommand> | undefined {
  return /^\d{1,20}$/.test(value) ? { size: Number(value) } : undefined
}

function readBody(value: string): Partial<MailCommand> | undefined {
  const body = upperCase(value)
  if (body === '7BIT') return { body: '7bit' }
  return body === '8BITMIME' ? { body: '8bitmime' } : undefined
}

function readRet(value: string): Partial<MailCommand> | undefined {
  const ret = upperCase(value)
  return ret === 'FULL' || ret === 'HDRS' ? { ret } : undefined
}

function readAuth(value: string): Partial<MailCommand> | undefined {
  return decodeXtext(value) === undefined ? undefined : {}
}

function readEnvid(value: string): Partial<MailCommand> | undefined {
  const envid = value.length > 100 ? undefined : decodeAscii(value)
  return envid ? { envid } : undefined
}

function readNotify(value: string): Partial<RcptCommand> | undefined {
  const words = new Set(upperCase(value).split(','))
  const notify = NOTIFY.filter(word => words.has(word))
  if (notify.length !== words.size || (words.has('NEVER') && words.size > 1)) return undefined
  return { notify }
}

const NOTIFY: readonly Notify[] = ['NEVER', 'SUCCESS', 'FAILURE', 'DELAY']

function readOrcpt(value: string, smtpUtf8: boolean): Partial<RcptCommand> | undefined {
  const [, type, text] = /^([A-Za-z0-9-]+);(.+)$/s.exec(value) ?? []
  if (type === undefined || text === undefined || value.length > 500) return undefined
  const address = /^utf-8$/i.test(type) ? readUtf8Address(text, smtpUtf8) : decodeAscii(text)
  return address ? { orcpt: `${type};${address}` } : undefined
}

/** RFC 6533 section 3: `\x{…}` for what may not stand as it is, non-ASCII only in a message with SMTPUTF8. */
function readUtf8Address(text: string, smtpUtf8: boolean): string | undefined {
  if (hiddenCharacter(text) !== undefined || (!smtpUtf8 && /[^ -~]/.test(text))) return undefined
  return /^(?:[^ +=\\]|\\x\{[0-9A-Fa-f]{2,6}\})+$/.test(text) ? text : undefined
}

function decodeAscii(text: string): string | undefined {
  const decoded = decodeXtext(text)
  return decoded !== undefined && /^[ -~]+$/.test(decoded) ? decoded : undefined
}
