/** A command line: how it comes together, and whether it may be looked at before the command in it is. */
import { type Reply, reply } from '../mail/reply.ts'
import type { Offer } from './protocol.ts'

export interface LineContext {
  /** It ended in LF without CR. */
  readonly bareLf: boolean
  /** It continues an AUTH exchange. */
  readonly inAuthentication: boolean
  /** MAIL was accepted. */
  readonly inTransaction: boolean
  readonly loggedOn: boolean
  /** STARTTLS must come first. */
  readonly needsTls: boolean
  readonly authentication: () => Offer
}

/**
 * Bytes without line end. RFC 5321 section 4.5.3.1.4 asks for 510; the parameters of RFC 3461 and SMTPUTF8 add
 * to that.
 */
const MAX_LINE = 2048
/** RFC 4954 section 4. */
const MAX_AUTH_LINE = 12288
/** Enough to see that a line without end is too long, with its CR. */
const KEPT = MAX_AUTH_LINE + 2
/** RFC 3207 section 4. */
const BEFORE_TLS = new Set(['EHLO', 'HELO', 'NOOP', 'RSET', 'STARTTLS', 'QUIT'])

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

const LF = 0x0a
const CR = 0x0d

export interface Line {
  /** Without LF or CR LF; of one that is too long, at least so much that it shows. */
  readonly text: Buffer
  readonly bareLf: boolean
  /** The bytes behind it. */
  readonly rest: Buffer
}

/** Puts lines together from chunks that are cut anywhere; of an endless line it keeps little. */
export class LineBuffer {
  #begun = Buffer.alloc(0)

  /** The line that this chunk ends; undefined when it ends none, and then its bytes are kept. */
  take(chunk: Buffer): Line | undefined {
    const end = chunk.indexOf(LF)
    const part = end < 0 ? chunk : chunk.subarray(0, end)
    // What is over the limit can be dropped: the line is refused for its length, whatever else it holds.
    const begun = Buffer.concat([this.#begun, part.subarray(0, KEPT)]).subarray(0, KEPT)
    this.#begun = end < 0 ? begun : Buffer.alloc(0)
    if (end < 0) return undefined
    const bareLf = begun.at(-1) !== CR
    return { text: bareLf ? begun : begun.subarray(0, -1), bareLf, rest: chunk.subarray(end + 1) }
  }
}

/** RFC 5321 section 2.3.8. */
export const BARE_LF = reply(500, '5.5.2', 'Lines must end in CR LF; this one ended in LF alone')

/** The reply that refuses the line; undefined when its command may be read. */
export function lineProblem(line: Buffer, context: LineContext): Reply | undefined {
  const command = commandOf(line)
  const limit = context.inAuthentication || command === 'AUTH' ? MAX_AUTH_LINE : MAX_LINE
  if (line.length > limit) return reply(500, '5.5.6', `Command line too long: at most ${limit} bytes`)
  if (context.bareLf) return BARE_LF
  if (hasControl(line)) return reply(500, '5.5.2', 'A command line must not hold control characters')
  if (!isUtf8(line)) return reply(500, '5.5.2', 'A command line must be ASCII, or UTF-8 with SMTPUTF8')
  if (context.inAuthentication) return base64Problem(line.toString('latin1').trim())
  // The library takes ſ for S and ı for I.
  if (/^\s*[!-~]*[^\s!-~]/.test(line.toString('latin1')))
    return reply(500, '5.5.2', 'A command line begins with a word in ASCII')
  if (context.needsTls && !BEFORE_TLS.has(command)) return reply(530, '5.7.0', 'Must issue STARTTLS first')
  return command === 'AUTH' ? authProblem(line.toString('latin1'), context) : undefined
}

/** RFC 4954 section 4: once, not in a transaction, only where it is offered, an initial response in base64. */
function authProblem(line: string, context: LineContext): Reply | undefined {
  const offer = context.authentication()
  if (context.loggedOn) return reply(503, '5.5.1', 'You are logged on already')
  if (offer === 'after-tls') return reply(538, '5.7.11', 'Logging on needs TLS here: issue STARTTLS first')
  if (offer === 'not-offered') return reply(502, '5.5.1', 'Logging on is not offered here')
  if (context.inTransaction)
    return reply(503, '5.5.1', 'AUTH is not permitted during a mail transaction: RSET comes first')
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
