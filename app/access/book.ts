/** The address book: what the settings say stands at each local address. */
import { type Address, canonicalDomain, mailboxKey, parseAddress } from '../mail/address.ts'
import type { Settings, User } from '../settings/settings.ts'
import { accountKey } from './account.ts'

/** Where an alias, a catch-all or a forward leads. */
export type Target =
  | { readonly kind: 'account'; readonly user: User }
  | { readonly kind: 'address'; readonly address: Address }

export interface Book {
  /** Undefined where no local domain is written without `*.`. */
  readonly firstDomain: string | undefined
  /** The literals of this server among them. */
  readonly domains: ReadonlySet<string>
  /** Of `*.example.com`, the part `.example.com`. */
  readonly wildcards: ReadonlySet<string>
  readonly ownLiterals: ReadonlySet<string>
  /** By `keyOf`. */
  readonly entries: ReadonlyMap<string, readonly Target[]>
  /** By local domain, or by wildcard without its `*`. */
  readonly catchAlls: ReadonlyMap<string, Target>
  readonly forwards: ReadonlyMap<User, readonly Target[]>
}

type Names = Pick<Book, 'firstDomain' | 'domains' | 'wildcards' | 'ownLiterals'>

export function compileBook(settings: Settings, ownLiterals: ReadonlySet<string>): Book {
  const names = compileNames(settings.localDomains, ownLiterals)
  const users = settings.users.filter(({ enabled }) => enabled)
  const targetOf = targetReader(settings.users)
  const catchAlls = Object.entries(settings.catchAll).flatMap(([domain, text]) =>
    targetOf(text).map((target): [string, Target] => [bareDomain(domain), target]),
  )
  return {
    ...names,
    entries: compileEntries(names, settings, users, targetOf),
    catchAlls: new Map(catchAlls),
    forwards: new Map(users.map(user => [user, user.forwardTo.flatMap(targetOf)])),
  }
}

export function isInternal({ domains, wildcards }: Names, domain: string): boolean {
  return domains.has(domain) || wildcardOf(wildcards, domain) !== undefined
}

/** Whether a mailbox or an alias stands at a `keyOf`; a catch-all doesn't count. */
export function isKnown(book: Book, key: string): boolean {
  return book.entries.has(key)
}

/** What stands at the `keyOf` of an internal address: mailbox before alias before catch-all. */
export function targetsAt(book: Book, key: string): readonly Target[] {
  const entry = book.entries.get(key)
  if (entry) return entry
  const domain = key.slice(key.lastIndexOf('@') + 1)
  const wildcard = wildcardOf(book.wildcards, domain)
  const target =
    book.catchAlls.get(domain) ?? (wildcard === undefined ? undefined : book.catchAlls.get(wildcard))
  return target ? [target] : []
}

function compileNames(localDomains: readonly string[], ownLiterals: ReadonlySet<string>): Names {
  const domains = localDomains.map(bareDomain)
  const plain = domains.filter(domain => !domain.startsWith('.'))
  return {
    firstDomain: plain[0],
    domains: new Set([...plain, ...ownLiterals]),
    wildcards: new Set(domains.filter(domain => domain.startsWith('.'))),
    ownLiterals,
  }
}

function compileEntries(
  names: Names,
  settings: Settings,
  users: readonly User[],
  targetOf: (text: string) => readonly Target[],
): ReadonlyMap<string, readonly Target[]> {
  const entries = new Map<string, readonly Target[]>()
  const enter = (text: string, targets: readonly Target[]) => {
    const parsed = parseAddress(text)
    if (!parsed.ok) return
    const key = keyOf(names, parsed.address)
    if (!entries.has(key)) entries.set(key, targets)
  }
  // Mailboxes come first: an alias of the same address doesn't count.
  for (const user of users) for (const address of user.addresses) enter(address, [{ kind: 'account', user }])
  for (const [alias, texts] of Object.entries(settings.aliases)) enter(alias, texts.flatMap(targetOf))
  return entries
}

/** Reads an account's name or an address; nothing for a disabled account. */
function targetReader(users: readonly User[]): (text: string) => readonly Target[] {
  const byName = new Map(users.map(user => [accountKey(user.name), user]))
  return text => {
    const user = byName.get(accountKey(text))
    if (user) return user.enabled ? [{ kind: 'account', user }] : []
    const parsed = parseAddress(text)
    return parsed.ok ? [{ kind: 'address', address: parsed.address }] : []
  }
}

/** `example.com` for itself, `.example.com` for `*.example.com`. */
function bareDomain(text: string): string {
  const bare = text.startsWith('*.') ? text.slice(2) : text
  return `${text.startsWith('*.') ? '.' : ''}${canonicalDomain(bare) ?? bare.toLowerCase()}`
}

/** The longest wildcard that covers the domain, which itself is not covered. */
function wildcardOf(wildcards: ReadonlySet<string>, domain: string): string | undefined {
  if (wildcards.size === 0 || domain.startsWith('[')) return undefined
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
    const rest = domain.slice(dot)
    if (wildcards.has(rest)) return rest
  }
  return undefined
}

function localDomain({ ownLiterals, firstDomain }: Names, domain: string): string {
  return ownLiterals.has(domain) ? (firstDomain ?? domain) : domain
}

/** Equal for addresses that are one here: local parts compare without case (RFC 5321 section 2.4 lets the host decide). */
export function keyOf(names: Names, { localPart, domain }: Address): string {
  return mailboxKey({ localPart, domain: localDomain(names, domain) })
}
