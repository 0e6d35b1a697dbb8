/** Who receives mail here, as Postfix's virtual domains, mailboxes and aliases. */
import type { Directory } from '../access/directory.ts'
import { type Address, canonicalDomain, parseAddress } from '../mail/address.ts'
import type { Recipient } from '../mail/envelope.ts'
import type { Problem, Settings } from '../settings/settings.ts'

export interface Recipients {
  readonly problems: readonly Problem[]
  readonly files: readonly { readonly name: string; readonly text: string }[]
  /** The lines of main.cf. */
  readonly lines: readonly string[]
}

/** Nobody's domain (RFC 2606): where mail for "postmaster" goes that has none. */
const NO_DOMAIN = 'no-local-domain.invalid'

export function recipientsOf(settings: Settings, directory: Directory): Recipients {
  const writer = new Writer(settings, directory)
  writer.users()
  writer.aliases()
  const catchAlls = writer.catchAlls()
  const domains = settings.localDomains.map(patternOf)
  const first = settings.localDomains.find(domain => !domain.startsWith('*.'))
  return {
    problems: writer.problems,
    files: [
      {
        name: 'postern-domains.regexp',
        text: domains.map(pattern => `/${pattern}/\tpostern_internal\n`).join(''),
      },
      { name: 'postern-mailboxes', text: lines(writer.mailboxes) },
      { name: 'postern-aliases', text: lines(writer.entries) },
      { name: 'postern-catch-all.regexp', text: catchAlls.map(line => `${line}\n`).join('') },
      {
        name: 'postern-commands.regexp',
        text: `/^(RCPT +TO: *)<@.*$/\t$1<>\n/^(RCPT +TO: *)<postmaster>(.*)$/\t$1<postmaster@${first ?? NO_DOMAIN}>$2\n`,
      },
    ],
    lines: [
      '# A source route (<@a.example:b@example.com>) is refused, which Postfix would follow to its end.',
      '# Postfix would take mail for a bare <postmaster> from everybody, whoever that is: it is told who.',
      'smtpd_command_filter = regexp:$config_directory/postern-commands.regexp',
      `myorigin = ${first ?? NO_DOMAIN}`,
      `mydestination = ${first === undefined ? NO_DOMAIN : ''}`,
      'local_recipient_maps = texthash:$config_directory/postern-mailboxes',
      'local_transport = error:5.1.1 No such mailbox here',
      'alias_maps =',
      'relay_domains =',
      'virtual_alias_domains =',
      'virtual_mailbox_domains = regexp:$config_directory/postern-domains.regexp',
      'virtual_mailbox_maps = texthash:$config_directory/postern-mailboxes',
      'virtual_alias_maps =\n    texthash:$config_directory/postern-aliases,\n    regexp:$config_directory/postern-catch-all.regexp',
    ],
  }
}

class Writer {
  readonly problems: Problem[] = []
  /** Address → folder. */
  readonly mailboxes = new Map<string, string>()
  /** Address → where its mail goes. */
  readonly entries = new Map<string, string>()
  readonly #settings: Settings
  readonly #directory: Directory

  constructor(settings: Settings, directory: Directory) {
    this.#settings = settings
    this.#directory = directory
  }

  users(): void {
    for (const [index, user] of this.#settings.users.entries()) {
      if (!user.enabled) continue
      for (const [at, text] of user.addresses.entries())
        this.#enter(text, `users[${index}].addresses[${at}]`, user.name)
    }
  }

  aliases(): void {
    for (const text of Object.keys(this.#settings.aliases)) this.#enter(text, `aliases.${text}`)
  }

  catchAlls(): readonly string[] {
    return Object.keys(this.#settings.catchAll).flatMap(domain => {
      const path = `catchAll.${domain}`
      const probe = { localPart: unusedPart(this.entries), domain: canonicalDomain(domain) ?? domain }
      const targets = this.#targets(probe, path)
      return targets === undefined || targets.length === 0
        ? []
        : [`/^[^%!@]+${patternOf(domain).replace('(^|@)', '@')}/\t${targets.join(', ')}`]
    })
  }

  /** `owner`: the account whose own address it is. */
  #enter(text: string, path: string, owner?: string): void {
    const parsed = parseAddress(text)
    if (!parsed.ok || this.#directory.resolve(parsed.address).kind === 'external') return
    const key = this.#keyOf(parsed.address, path)
    const resolution = this.#directory.resolve(parsed.address)
    if (key === undefined || resolution.kind !== 'internal' || this.entries.has(key)) return
    const isOwn = ({ mailbox }: Recipient) => mailbox !== undefined && mailbox === owner
    if (owner !== undefined && resolution.recipients.some(isOwn)) this.mailboxes.set(key, `${owner}/`)
    const targets = resolution.recipients.flatMap(one =>
      isOwn(one) ? [key] : (this.#target(one, path) ?? []),
    )
    this.entries.set(key, targets.join(', '))
  }

  #targets(address: Address, path: string): readonly string[] | undefined {
    const resolution = this.#directory.resolve(address)
    if (resolution.kind !== 'internal') return undefined
    return resolution.recipients.flatMap(one => this.#target(one, path) ?? [])
  }

  /** An account's mail goes to the first address it has here. */
  #target({ address, mailbox }: Recipient, path: string): string | undefined {
    if (mailbox === undefined) return this.#external(address, path)
    const user = this.#settings.users.find(({ name }) => name === mailbox)
    for (const text of user?.addresses ?? []) {
      const parsed = parseAddress(text)
      if (parsed.ok && this.#directory.resolve(parsed.address).kind === 'internal')
        return this.#keyOf(parsed.address, path)
    }
    return this.#refuse(
      path,
      `Give ${mailbox} an address in a local domain: Postfix knows a mailbox by its address.`,
    )
  }

  #external(text: string, path: string): string | undefined {
    return /^[\w.+-]+@[\w.-]+$/.test(text)
      ? text
      : this.#refuse(path, `Postfix's maps can't hold the address ${text}.`)
  }

  #keyOf({ localPart, domain }: Address, path: string): string | undefined {
    const address = `${localPart.toLowerCase()}@${domain}`
    if (/^[\w.&'*+/=?^`{|}~$-]+$/.test(localPart)) return address
    return this.#refuse(
      path,
      `Postfix's maps can't hold the address ${address}: write it with letters, digits, dots, - and _ only.`,
    )
  }

  #refuse(path: string, text: string): undefined {
    this.problems.push({ path, text })
    return undefined
  }
}

/** A local part that no mailbox and no alias has. */
function unusedPart(entries: ReadonlyMap<string, string>): string {
  let part = 'anybody'
  while ([...entries.keys()].some(key => key.startsWith(`${part}@`))) part += '-'
  return part
}

/** Of an address as well as of a domain alone; what is below a wildcard, not itself. */
function patternOf(domain: string): string {
  const bare = domain.startsWith('*.') ? domain.slice(2) : domain
  const escaped = (canonicalDomain(bare) ?? bare).replace(/\./g, '\\.')
  return domain.startsWith('*.') ? `(^|@)[^@]+\\.${escaped}$` : `(^|@)${escaped}$`
}

function lines(map: ReadonlyMap<string, string>): string {
  return [...map].map(([key, value]) => `${key}\t${value}\n`).join('')
}
