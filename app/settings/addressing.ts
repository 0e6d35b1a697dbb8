/** Whose address is whose: checks local domains, accounts, aliases and catch-alls against each other. */
import { canonicalDomain, mailboxKey, parseAddress } from '../mail/address.ts'
import type { Draft } from './draft.ts'
import { formatPath, type Step } from './path.ts'
import type { Checked } from './schema.ts'
import type { Problem } from './settings.ts'

/** Gives the problem with an address in a short phrase, as `parseAddress` words it, or undefined. */
export type CheckAddress = (text: string) => string | undefined

/** What the whole file says; undefined where a broken part leaves it unknown, and nothing is concluded from it. */
interface Known {
  readonly domains: ReadonlySet<string> | undefined
  readonly accounts: ReadonlySet<string> | undefined
}

export function addressingProblems(draft: Draft<Checked>, check: CheckAddress): readonly Problem[] {
  const known = { domains: complete(draft.localDomains), accounts: complete(draft.users?.map(accountKey)) }
  return [
    ...repeated(
      places(draft.localDomains, ['localDomains']),
      (domain, first) => `Remove "${domain}" here: it stands in ${first} already.`,
    ),
    ...accountProblems(draft, known, check),
    ...aliasProblems(draft, known, check),
    ...catchAllProblems(draft, known, check),
  ]
}

function accountProblems(draft: Draft<Checked>, known: Known, check: CheckAddress): readonly Problem[] {
  const users = places(draft.users, ['users'])
  const names = users.map(({ path, value }) => ({ path: [...path, 'name'], value: value.name ?? '' }))
  const addresses = users.flatMap(({ path, value }) => places(value.addresses, [...path, 'addresses']))
  const forwards = users.flatMap(({ path, value }) => places(value.forwardTo, [...path, 'forwardTo']))
  return [
    ...repeated(
      names.filter(({ value }) => value !== ''),
      (name, first) =>
        `Write another name: "${name}" is ${first} already, and upper and lower case count as the same.`,
    ),
    ...repeated(
      addresses,
      (address, first) => `Remove "${address}" here: it is ${first} already.`,
      addressKey,
    ),
    ...addresses.flatMap(({ path, value }) => localAddressProblems(path, value, known, check)),
    ...forwards.flatMap(({ path, value }) => addressProblems(path, value, check)),
  ]
}

function aliasProblems(draft: Draft<Checked>, known: Known, check: CheckAddress): readonly Problem[] {
  const aliases = Object.entries(draft.aliases ?? {})
  const keys = aliases.map(([value]) => ({ path: ['aliases', value], value }))
  const targets = aliases.flatMap(([key, list]) => places(list, ['aliases', key]))
  return [
    ...repeated(keys, (alias, first) => `Remove "${alias}" here: it is ${first} already.`, addressKey),
    ...keys.flatMap(({ path, value }) => localAddressProblems(path, value, known, check)),
    ...targets.flatMap(({ path, value }) => targetProblems(path, value, known, check)),
  ]
}

function catchAllProblems(draft: Draft<Checked>, known: Known, check: CheckAddress): readonly Problem[] {
  const entries = Object.entries(draft.catchAll ?? {})
  const keys = entries.map(([value]) => ({ path: ['catchAll', value], value: value.replace(/\.$/, '') }))
  return [
    ...repeated(keys, (domain, first) => `Remove "${domain}" here: it is ${first} already.`),
    ...keys.flatMap(({ path, value }) => domainProblems(path, value, known)),
    ...entries.flatMap(([key, target]) =>
      target === undefined ? [] : targetProblems(['catchAll', key], target, known, check),
    ),
  ]
}

function localAddressProblems(
  path: readonly Step[],
  address: string,
  known: Known,
  check: CheckAddress,
): readonly Problem[] {
  const wrong = addressProblems(path, address, check)
  return wrong.length > 0 ? wrong : domainProblems(path, address.slice(address.lastIndexOf('@') + 1), known)
}

function domainProblems(path: readonly Step[], text: string, { domains }: Known): readonly Problem[] {
  const domain = canonicalDomain(text)
  if (domain === undefined) return problem(path, 'Write a domain such as example.com here.')
  if (!domains || domains.has(domain) || isBelow(domain, domains)) return []
  return problem(path, `Add "${domain}" to "localDomains", or write one of the domains that stand there.`)
}

/** Whether a `*.example.com` among the domains covers it. */
function isBelow(domain: string, domains: ReadonlySet<string>): boolean {
  const labels = domain.split('.')
  return labels.some((_, index) => index > 0 && domains.has(`*.${labels.slice(index).join('.')}`))
}

function targetProblems(
  path: readonly Step[],
  target: string,
  { accounts }: Known,
  check: CheckAddress,
): readonly Problem[] {
  if (accounts?.has(foldCase(target))) return []
  if (target.includes('@')) return addressProblems(path, target, check)
  if (!accounts) return []
  return problem(
    path,
    `Make the account "${target}" first, or write an address: there is no account of that name.`,
  )
}

function repeated(
  places: readonly { readonly path: readonly Step[]; readonly value: string }[],
  words: (value: string, first: string) => string,
  key: (value: string) => string = foldCase,
): readonly Problem[] {
  const firsts = new Map<string, string>()
  return places.flatMap(({ path, value }) => {
    const first = firsts.get(key(value))
    if (first !== undefined) return problem(path, words(value, first))
    firsts.set(key(value), formatPath(path))
    return []
  })
}

function addressKey(text: string): string {
  const parsed = parseAddress(text)
  return parsed.ok ? mailboxKey(parsed.address) : foldCase(text)
}

function addressProblems(path: readonly Step[], text: string, check: CheckAddress): readonly Problem[] {
  const phrase = check(text)
  return problem(path, phrase && `Write an address such as name@example.com here: ${phrase}.`)
}

/** Names of accounts compare so. */
export function foldCase(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

function accountKey(user: { readonly name?: string | undefined } | undefined): string | undefined {
  return user?.name === undefined ? undefined : foldCase(user.name)
}

function complete(list: readonly (string | undefined)[] | undefined): ReadonlySet<string> | undefined {
  const known = list?.filter(entry => entry !== undefined)
  return known && known.length === list?.length ? new Set(known) : undefined
}

/** The entries that could be read, each with its path. */
export function places<Value>(
  list: readonly (Value | undefined)[] | undefined,
  path: readonly Step[],
): readonly { readonly path: readonly Step[]; readonly value: Value }[] {
  return (list ?? []).flatMap((value, index) =>
    value === undefined ? [] : [{ path: [...path, index], value }],
  )
}

export function problem(path: readonly Step[], text: string | undefined): readonly Problem[] {
  return text === undefined ? [] : [{ path: formatPath(path), text }]
}
