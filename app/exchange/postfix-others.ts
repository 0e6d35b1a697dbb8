/** What main.cf sets besides the rules for relaying: told, so that nothing is left out in silence. */
import type { PostfixConfig } from './postfix-config.ts'
import { linesInWords, type Remarks } from './remarks.ts'

/** Parameters that are named in one sentence. */
const NAMED = 300
/** They say who may relay too, and can't be taken. */
const UNREAD =
  /^(?:smtpd_(?:client|helo|sender|recipient|etrn|data|end_of_data)_restrictions|smtpd_sender_login_maps|smtpd_sasl_exceptions_networks|permit_mx_backup_networks|relay_clientcerts)$/
/** They say whose word for who the client is counts. */
const FORGED = /^smtpd_authorized_x(?:client|forward)_hosts$/
const LOCAL =
  /^(?:mydestination|virtual_(?:alias|mailbox)_(?:domains|maps)|relay_domains|relay_recipient_maps|alias_maps|local_recipient_maps)$/

/** What of them was read after all. */
export interface ReadToo {
  /** Whether smtpd_recipient_restrictions say what smtpd_relay_restrictions say, or decide in place of them. */
  readonly recipients: 'repeat' | 'decide' | 'unread'
  /** smtpd_client_restrictions say who may connect. */
  readonly connects: boolean
}

export function tellOfOthers(
  config: PostfixConfig,
  remarks: Remarks,
  { recipients, connects }: ReadToo,
): void {
  const others: string[] = []
  for (const { name, line, lastLine, words } of config.names) {
    const where = linesInWords(runFrom(line, lastLine))
    const more = line === lastLine ? '' : ` (${where})`
    if (name === 'smtpd_recipient_restrictions' && recipients !== 'unread') {
      const does = recipients === 'repeat' ? 'says the same of relaying once more' : 'was taken'
      remarks.note(line, `${name}${more} ${does}.`)
    } else if (name === 'smtpd_client_restrictions' && connects) {
      remarks.note(line, `${name}${more}: who may connect there may connect here, by the anti-relay method.`)
    } else if (UNREAD.test(name) && words.length > 0) {
      remarks.lose(
        line,
        `${name}${more} was not taken: it may refuse what smtpd_relay_restrictions let through.`,
      )
    } else if (FORGED.test(name) && words.length > 0) {
      remarks.note(
        line,
        `${name}${more} was not taken: whoever stands there may say in Postfix that mail comes from another client, by ${name.includes('xclient') ? 'XCLIENT' : 'XFORWARD'}. Postern takes no such word: mail that a filter or proxy passes on counts as its own, so give the address of that machine a row of its own.`,
      )
    } else if (LOCAL.test(name)) {
      remarks.note(line, `${name}${more}: set Postern's local domains, users and aliases accordingly.`)
    } else if (!config.wasAsked(name) && name !== 'compatibility_level') others.push(`${name} (${where})`)
  }
  if (others.length === 0) return
  const rest = others.length > NAMED ? ` and ${others.length - NAMED} more` : ''
  const names = others.slice(0, NAMED).join(', ')
  remarks.note(0, `These don't say who may send and were left out: ${names}${rest}.`)
}

function runFrom(first: number, last: number): readonly number[] {
  return first === last ? [first] : Array.from({ length: last - first + 1 }, (_, at) => first + at)
}
