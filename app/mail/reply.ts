/** A reply: what an SMTP server says, ours or the next hop's (RFC 5321 section 4.2, RFC 3463). */
import type { SignInReason } from './sign-in-reason.ts'

export interface Reply {
  /** 200 to 599. */
  readonly code: number
  /** Enhanced status code, as in `5.7.1` (RFC 3463); empty where the speaker gave none. */
  readonly status: string
  /** One line or several, without line ends' CR LF. */
  readonly text: string
  /** Of a reply of ours, where there was nothing to log on with: why. No next hop's reply has it. */
  readonly signIn?: SignInReason
}

export function reply(code: number, status: string, text: string): Reply {
  return { code, status, text }
}

/** `550 5.7.1 text`, as it stands in a log or a DSN: always on one line. */
export function formatReply({ code, status, text }: Reply): string {
  return [code, status, text.replace(/\s*[\r\n]+\s*/g, ' ')].filter(part => part !== '').join(' ')
}

/** Reads a next hop's reply, of one line or several; undefined when it isn't one. */
export function parseReply(raw: string): Reply | undefined {
  const lines = raw.split(/\r?\n/).filter(line => line !== '')
  const first = /^([2-5]\d\d)(?:[ -]|$)/.exec(lines[0] ?? '')
  if (!first) return undefined
  const status = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?= |$)/.exec(lines[0] ?? '')?.[1] ?? ''
  const text = lines.map(line => line.replace(/^\d{3}[ -]?/, '').replace(/^[245]\.\d{1,3}\.\d{1,3} ?/, ''))
  return { code: Number(first[1]), status, text: text.join('\n') }
}

/** Whether trying again later can help (RFC 5321 section 4.2.1: 4yz). */
export function isTransient(answer: Reply): boolean {
  return answer.code >= 400 && answer.code < 500
}
