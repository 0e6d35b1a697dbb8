/** What main.cf sets besides the rules for relaying: told, so that nothing is left out in silence. */
import type { PostfixConfig } from './postfix-config.ts'
import type { Remarks } from './remarks.ts'

/** Parameters that are named in one sentence. */
const NAMED = 300
/** Parameters that say who may relay, and are read here. */
const READ = new Set([
  'mynetworks',
  'mynetworks_style',
  'smtpd_relay_restrictions',
  'smtpd_sasl_auth_enable',
  'compatibility_level',
])
/** Those that say it too, and can't be taken. */
const UNREAD =
  /^(?:smtpd_(?:client|helo|sender|recipient|etrn|data|end_of_data)_restrictions|smtpd_restriction_classes|smtpd_sender_login_maps|permit_mx_backup_networks|relay_clientcerts)$/
const LOCAL =
  /^(?:mydestination|virtual_(?:alias|mailbox)_(?:domains|maps)|relay_domains|relay_recipient_maps|alias_maps|local_recipient_maps)$/

/** `repeated`: smtpd_recipient_restrictions says what smtpd_relay_restrictions says. */
export function tellOfOthers(
  config: PostfixConfig,
  remarks: Remarks,
  file: string | undefined,
  repeated: boolean,
): void {
  const others: string[] = []
  for (const { name, line, words } of config.names) {
    if (READ.has(name)) continue
    const isEmpty = words.length === 0
    if (name === 'smtpd_recipient_restrictions' && repeated) {
      remarks.note(line, `${name} says the same once more.`, file)
    } else if (UNREAD.test(name) && !isEmpty) {
      remarks.lose(
        line,
        `${name} was not taken: it may refuse what smtpd_relay_restrictions let through.`,
        file,
      )
    } else if (LOCAL.test(name)) {
      remarks.note(line, `${name}: set Postern's local domains, users and aliases accordingly.`, file)
    } else others.push(`${name} (line ${line})`)
  }
  if (others.length === 0) return
  const more = others.length > NAMED ? ` and ${others.length - NAMED} more` : ''
  const names = others.slice(0, NAMED).join(', ')
  remarks.note(0, `These don't say who may send and were left out: ${names}${more}.`, file)
}
