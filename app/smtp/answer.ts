/** An answer: our reply in the forms that smtp-server takes, and those that are always the same. */
import { toPrintable } from '../mail/printable.ts'
import { type Reply, reply } from '../mail/reply.ts'

export const CLOSING = reply(421, '4.3.2', 'The server is shutting down')
export const TROUBLE = reply(451, '4.3.0', 'Something went wrong here - try again later')
export const BYE = reply(221, '2.0.0', 'Bye')
export const GO_AHEAD = reply(354, '', 'End data with <CR><LF>.<CR><LF>')
export const NOT_VERIFIED = reply(252, '2.1.5', 'Addresses are not verified; send the message')
export const HELP = reply(214, '2.0.0', 'Postern speaks SMTP as in RFC 5321')

/** What stands behind the code. */
export function textOf({ status, text }: Reply): string {
  return status === '' ? text : `${status} ${text}`
}

/** A refusal as an error; null for the one code that says yes. */
export function asError(answered: Reply, yes: number): (Error & { responseCode?: number }) | null {
  if (answered.code === yes) return null
  return Object.assign(new Error(textOf(answered)), { responseCode: answered.code })
}

/** RFC 5321 section 4.5.3.1.5, code and line end taken off. */
const LONGEST_LINE = 506

/** As they go out, each line with its code and, where there is one, the enhanced status code. */
export function wireLines(code: number, status: string, text: string | readonly string[]): string {
  const lines = typeof text === 'string' ? [text] : text
  const last = lines.length - 1
  return lines
    .map((line, at) => {
      const words = toPrintable(status === '' ? line : `${status} ${line}`, LONGEST_LINE)
      return `${code}${at < last ? '-' : ' '}${words}\r\n`
    })
    .join('')
}
