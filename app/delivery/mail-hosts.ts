/** The mail hosts of a domain, and their addresses: which of them its mail may go to (RFC 5321 section 5.1). */
import { isIP } from 'node:net'
import { reply } from '../mail/reply.ts'
import { errorCode } from '../settings/system-error.ts'
import { Failure } from './failure.ts'
import { isHostAddress, isPublicAddress } from './public-address.ts'
import type { Found, Resolver } from './resolver.ts'

export interface MailHost {
  readonly name: string
  readonly preference: number
  /** At least one. */
  readonly addresses: readonly string[]
  /** What its name is an alias for, or the name itself. */
  readonly canonical: string
  /** Whether the domain, this name and its addresses were all proved: only then can DANE be (RFC 7672 section 2.2). */
  readonly authentic: boolean
}

export interface MailHostsAsked {
  /** Canonical; `[192.0.2.1]` for an address literal. */
  readonly domain: string
  readonly resolver: Pick<Resolver, 'find'>
  /** Our own name. */
  readonly hostname: string
  /** Whether this server itself listens at an address. */
  readonly isOwn: (address: string) => boolean
  /** Whether addresses inside the office will do: the route names the domain. */
  readonly inside: boolean
}

/** Exchangers of a domain that are looked at, the best ones; and addresses of each kind of one. */
const MOST_HOSTS = 8
const MOST_ADDRESSES = 2
/** Addresses of all of them: a connection may take half a minute each. */
const MOST_IN_ALL = 10

interface Listed {
  readonly hosts: readonly { readonly name: string; readonly preference: number }[]
  readonly authentic: boolean
  /** The domain has no MX and is its own exchanger. */
  readonly implicit: boolean
}

interface Resolved extends MailHost {
  /** Why its addresses aren't known. */
  readonly fault?: string
  readonly isOurs: boolean
}

/** The best first, at random among equals. Rejects with a `Failure`: permanent where the domain takes no mail. */
export async function mailHosts(asked: MailHostsAsked): Promise<readonly MailHost[]> {
  const { domain } = asked
  const literal = /^\[(?:IPv6:)?(.*)\]$/i.exec(domain)?.[1]
  if (literal !== undefined) return usable([literalHost(literal, asked)], asked, false)
  const listed = await exchangers(asked)
  const resolved = await Promise.all(listed.hosts.map(host => addressesOf(host, listed.authentic, asked)))
  return usable(resolved, asked, listed.implicit)
}

function literalHost(address: string, { isOwn }: MailHostsAsked): Resolved {
  const facts = { preference: 0, canonical: address, authentic: false }
  return { name: address, addresses: [address], ...facts, isOurs: isOwn(address) }
}

async function exchangers({ domain, resolver }: MailHostsAsked): Promise<Listed> {
  const found = await resolver.find(domain, 'MX').catch((error: unknown) => noExchangers(domain, error))
  if (!('data' in found)) return found
  const all = found.data.flatMap(one => (one.type === 'MX' ? [one] : []))
  if (all.length === 1 && all[0]?.exchange === '')
    throw new Failure(reply(556, '5.1.10', `${domain} takes no mail: its DNS says so (null MX)`), 'refused')
  const hosts = all
    .filter(({ exchange }) => exchange !== '' && isIP(exchange) === 0)
    .map(({ exchange, preference }) => ({ name: exchange, preference, luck: Math.random() }))
    .sort((one, other) => one.preference - other.preference || one.luck - other.luck)
  return { hosts: hosts.slice(0, MOST_HOSTS), authentic: found.authentic, implicit: false }
}

/** Without an MX a domain is its own exchanger; that there is no such domain is for good (RFC 5321 section 5.1). */
function noExchangers(domain: string, error: unknown): Listed {
  const code = errorCode(error)
  if (code === 'ENODATA') {
    const authentic = Object(error).authentic === true
    return { hosts: [{ name: domain, preference: 0 }], authentic, implicit: true }
  }
  throw code === 'ENOTFOUND' || error instanceof RangeError ? noDomain(domain) : noAnswer(domain, code)
}

async function addressesOf(
  { name, preference }: Listed['hosts'][number],
  authentic: boolean,
  { resolver, hostname, isOwn }: MailHostsAsked,
): Promise<Resolved> {
  const kinds = await Promise.all([one(resolver, name, 'A'), one(resolver, name, 'AAAA')])
  const all = kinds.map(({ found }) =>
    (found?.data ?? []).flatMap(data => ('address' in data ? [data.address] : [])),
  )
  const found = kinds.flatMap(kind => kind.found ?? [])
  const fault = kinds.find(kind => kind.fault !== undefined)?.fault
  return {
    ...{ name, preference, canonical: found[0]?.name ?? name },
    addresses: all.flatMap(some => some.slice(0, MOST_ADDRESSES)),
    authentic: authentic && fault === undefined && found.length > 0 && found.every(each => each.authentic),
    ...(fault !== undefined && { fault }),
    isOurs: name === hostname.toLowerCase() || all.flat().some(isOwn),
  }
}

async function one(
  resolver: Pick<Resolver, 'find'>,
  name: string,
  type: 'A' | 'AAAA',
): Promise<{ readonly found?: Found; readonly fault?: string }> {
  try {
    return { found: await resolver.find(name, type) }
  } catch (error) {
    const code = errorCode(error)
    const isNone = code === 'ENOTFOUND' || code === 'ENODATA' || error instanceof RangeError
    return isNone ? {} : { fault: code }
  }
}

/** Without those that are no better than ourselves, and without addresses that nobody outside can mean. */
function usable(all: readonly Resolved[], asked: MailHostsAsked, implicit: boolean): readonly MailHost[] {
  const { domain, inside } = asked
  const ours = Math.min(...all.filter(({ isOurs }) => isOurs).map(({ preference }) => preference))
  const better = all.filter(({ preference }) => preference < ours)
  if (better.length === 0 && all.length > 0)
    throw loop(domain, all.find(({ isOurs }) => isOurs)?.name ?? domain)
  const allowed = better.map(host => ({
    ...host,
    addresses: host.addresses.filter(inside ? isHostAddress : isPublicAddress),
  }))
  const left = allowed.filter(({ addresses }) => addresses.length > 0)
  if (left.length > 0) return firstOf(left)
  const fault = better.find(host => host.fault !== undefined)?.fault
  if (fault !== undefined) throw noAnswer(domain, fault)
  const refused = better.flatMap(({ addresses }) => addresses).filter(isHostAddress)
  if (refused[0] !== undefined) throw notOutside(domain, refused[0])
  throw implicit ? noDomain(domain) : noAddress(domain)
}

function firstOf(hosts: readonly MailHost[]): readonly MailHost[] {
  let room = MOST_IN_ALL
  return hosts.flatMap(host => {
    const addresses = host.addresses.slice(0, room)
    room -= addresses.length
    return addresses.length > 0 ? [{ ...host, addresses }] : []
  })
}

function loop(domain: string, host: string): Failure {
  const words = `the mail exchanger of ${domain} (${host}) is this server itself, and there is no better one: add ${domain} to the local domains, or give it another way out`
  return new Failure(reply(554, '5.4.6', words), 'refused')
}

function noDomain(domain: string): Failure {
  return new Failure(
    reply(550, '5.1.2', `there is no domain ${domain} that takes mail: check the address`),
    'refused',
  )
}

function noAddress(domain: string): Failure {
  const words = `the mail exchangers of ${domain} have no address that mail can be sent to`
  return new Failure(reply(550, '5.4.4', words), 'refused')
}

function notOutside(domain: string, address: string): Failure {
  const words = domain.startsWith('[')
    ? `${address} is inside a private network, where no mail is sent directly`
    : `the DNS sends mail for ${domain} to ${address}, which is inside a private network: only a route that names ${domain} sends it there`
  return new Failure(reply(550, '5.4.4', words), 'refused')
}

function noAnswer(domain: string, code: string): Failure {
  const words = `the DNS doesn't say where mail for ${domain} goes (${code})`
  return new Failure(reply(451, '4.4.3', words), 'unreachable')
}
