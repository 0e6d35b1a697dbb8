/** A command line: whether it may be looked at at all, before the command in it is. */
import { type Reply, reply } from '../mail/reply.ts'
import type { Offer } from './protocol.ts'

export interface LineContext {
  /** It ended in LF without CR. */
  readonly bareLf: boolean
  /** It continues an AUTH exchange. */
  readonly inAuthentication: boolean
  /** MAIL was accepted. */
  readonly inTransaction: boolean
  /** STARTTLS must come first. */
  readonly needsTls: boolean
  readonly authentication: Offer
}

/**
 * Bytes without line end. RFC 5321 section 4.5.3.1.4 asks for 510; the parameters of RFC 3461 and SMTPUTF8 add
 * to that.
 */
const MAX_LINE = 2048
/** RFC 4954 section 4. */
const MAX_AUTH_LINE = 12288
/** RFC 3207 section 4. */
const BEFORE_TLS = new Set(['EHLO', 'HELO', 'NOOP', 'RSET', 'STARTTLS', 'QUIT'])

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The reply that refuses the line; undefined when its command may be read. */
export function lineProblem(line: Buffer, context: LineContext): Reply | undefined {
  const command = commandOf(line)
  const limit = context.inAuthentication || command === 'AUTH' ? MAX_AUTH_LINE : MAX_LINE
  if (line.length > limit) return reply(500, '5.5.6', `Command line too long: at most ${limit} bytes`)
  if (context.bareLf) return reply(500, '5.5.2', 'Lines must end in CR LF; this one ended in LF alone')
  if (hasControl(line)) return reply(500, '5.5.2', 'A command line must not hold control characters')
  if (!isUtf8(line)) return reply(500, '5.5.2', 'A command line must be ASCII, or UTF-8 with SMTPUTF8')
  if (context.inAuthentication) return base64Problem(line.toString('latin1').trim())
  if (context.needsTls && !BEFORE_TLS.has(command)) return reply(530, '5.7.0', 'Must issue STARTTLS first')
  return command === 'AUTH' ? authProblem(line.toString('latin1'), context) : undefined
}

/** RFC 4954 section 4: not in a transaction; only where it is offered; an initial response in base64. */
function authProblem(line: string, { inTransaction, authentication }: LineContext): Reply | undefined {
  if (authentication === 'after-tls')
    return reply(538, '5.7.11', 'Logging on needs TLS here: issue STARTTLS first')
  if (authentication === 'not-offered') return reply(502, '5.5.1', 'Logging on is not offered here')
  if (inTransaction) return reply(503, '5.5.1', 'AUTH is not permitted during a mail transaction')
  const initial = line.trim().split(/\s+/)[2]
  return initial === undefined || initial === '=' ? undefined : base64Problem(initial)
}

function base64Problem(text: string): Reply | undefined {
  return text === '*' || BASE64.test(text) ? undefined : reply(501, '5.5.2', 'That is not base64')
}

function commandOf(line: Buffer): string {
  return /^[a-z]{1,12}/i.exec(line.toString('latin1', 0, 12))?.[0].toUpperCase() ?? ''
}

function hasControl(line: Buffer): boolean {
  for (const byte of line) if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) return true
  return false
}

function isUtf8(line: Buffer): boolean {
  for (const byte of line) if (byte > 0x7f) return line.equals(Buffer.from(line.toString()))
  return true
}
