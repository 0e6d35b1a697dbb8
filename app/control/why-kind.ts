/** Which refusal it is, by the event and by the words of its reply: lines of the log say no more. */
import type { Reply } from '../mail/reply.ts'
import type { Refusal, WhyKind } from './why.ts'

type Told = readonly [code: number, text: RegExp, kind: WhyKind]

/** The replies of refused connections, sessions, messages and log-ons. */
const REPLIES: readonly Told[] = [
  [421, /^Too many errors from your IP address/, 'blocked'],
  [554, /^Connections from your IP address are not accepted/, 'always-blocked'],
  [554, /^This port is for devices in the local networks only/, 'old-devices-only'],
  [421, /^Too many connections from your address to this port/, 'old-devices-full-for-one'],
  [421, /^Too many connections to this port/, 'old-devices-full'],
  [421, /^Too many connections from your address/, 'full-for-one'],
  [421, /^Too many connections from your network/, 'full-for-network'],
  [421, /^Too many connections - /, 'full'],
  [421, /^Others need the place of this (?:idle|slow) connection/, 'gave-way'],
  [554, /^Wait for the greeting before you talk/, 'talked-early'],
  [421, /^The session has lasted too long/, 'session-timeout'],
  [421, /^The command took too long to come/, 'command-timeout'],
  [421, /^Too many unknown commands/, 'too-many-errors'],
  [421, /^Too many commands without a message/, 'too-many-commands'],
  [421, /^This is a mail server/, 'no-mail-program'],
  [500, /^Lines must end in CR LF/, 'bare-lf-command'],
  [554, /^A line ends in LF without CR/, 'bare-lf'],
  [554, /^A CR stands without LF/, 'bare-cr'],
  [554, /^There is a NUL byte/, 'nul'],
  [554, /^The message has passed more than \d+ servers/, 'loop'],
  [552, /^The message is larger than the \d+ bytes/, 'too-large'],
  [452, /Postern can't keep the message/, 'disk'],
  [421, /^(?:The connection was lost|Nothing came for too long)/, 'lost'],
  [421, /^The message took too long to come/, 'data-timeout'],
  [421, /^The message comes too slowly/, 'too-slow'],
  [421, /^The server is shutting down/, 'stopping'],
  [535, /^User name or password is wrong/, 'wrong-password'],
  [535, /^An account acts for itself only/, 'for-another'],
  [421, /^Too many failed log-ons; closing/, 'wrong-passwords'],
  [454, /^Too many failed log-ons - try again in/, 'log-on-later'],
]

export function whyKindOf(event: Refusal): WhyKind {
  switch (event.kind) {
    case 'recipient-refused':
      return 'recipient'
    case 'tls-failed':
      return 'tls'
    case 'blocked':
      return 'blocked'
    case 'connection-refused':
      // In the words of both, so that nobody outside can tell them apart.
      return event.list ? 'access-list' : (replyKind(event.reply) ?? 'other')
    case 'message-refused':
      return replyKind(event.reply) ?? (isDecision(event.reply) ? 'account-gone' : 'other')
    case 'session-refused':
    case 'logon-failed':
      return replyKind(event.reply) ?? 'other'
  }
}

/** Undefined for a reply that the log tells of in no refusal, but of a recipient. */
export function replyKind({ code, text }: Pick<Reply, 'code' | 'text'>): WhyKind | undefined {
  return REPLIES.find(([wanted, words]) => wanted === code && words.test(text))?.[2]
}

/** What recipients are refused with, and a message only where its recipients are decided again. */
function isDecision({ code }: Reply): boolean {
  return code === 530 || code === 550
}
