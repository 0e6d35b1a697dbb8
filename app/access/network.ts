/** The addresses of the Internet: what a row's `from` says, and who a client is. */
import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import { nameProblem, parseHostName } from './host-name.ts'

export type Family = 4 | 6

/** Addresses from `first` to `last`, both included. */
export interface Span {
  readonly family: Family
  readonly first: bigint
  readonly last: bigint
}

export type From =
  | { readonly kind: 'any' }
  | { readonly kind: 'local-networks' }
  | { readonly kind: 'routers' }
  | { readonly kind: 'span'; readonly span: Span }
  /** A host name, canonical: it stands for the addresses that the DNS answered. */
  | { readonly kind: 'name'; readonly name: string }

/** `problem` is one sentence for the person who wrote the row. */
export type ParsedFrom =
  | { readonly ok: true; readonly from: From }
  | { readonly ok: false; readonly problem: string }

export interface Client {
  /** Canonical: IPv4 for a mapped address, no zone id. */
  readonly text: string
  readonly family: Family
  readonly value: bigint
  /** The value in words of 32 bits, the first one first, for fast look-up: one for IPv4, four for IPv6. */
  readonly words: Uint32Array
}

interface Value {
  readonly family: Family
  readonly value: bigint
  /** Written as `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2). */
  readonly mapped: boolean
}

const EXAMPLES =
  'any, local-networks, routers, an address, a network such as 192.168.1.0/24, a range such as 10.0.0.5-10.0.0.9 or a whole host name such as home.example.net'

/** The address that a socket names; undefined when it isn't one. */
export function parseClient(text: string): Client | undefined {
  const zone = text.indexOf('%')
  const parsed = parseValue(zone < 0 || !isIPv6(text) ? text : text.slice(0, zone))
  if (!parsed) return undefined
  const { family, value } = parsed
  return {
    text: formatValue(family, value),
    family,
    value,
    words: family === 4 ? Uint32Array.of(Number(value)) : wordsOf([value]),
  }
}

export function parseFrom(text: string): ParsedFrom {
  const words = text.trim()
  const word = words.toLowerCase()
  if (word === 'any' || word === 'local-networks' || word === 'routers') {
    return { ok: true, from: { kind: word } }
  }
  const named = parseHostName(words)
  if (named) return named.ok ? { ok: true, from: { kind: 'name', name: named.name } } : named
  const parsed = parseAddresses(words)
  if (parsed.ok) return parsed
  return refuse(nameProblem(words) ?? parsed.problem)
}

function parseAddresses(words: string): ParsedFrom {
  if (words.includes('-')) return parseRange(words)
  if (words.includes('/')) return parseNetwork(words)
  const [network = '', netmask, ...more] = words.split(/[ \t]+/)
  if (netmask !== undefined && more.length === 0) return parseNetmask(network, netmask)
  const host = parseValue(words)
  return host ? span(host.family, host.value, host.value) : refuse(notAnAddress(words))
}

/** In the fewest words: a host, else a network, else a range. */
export function formatSpan({ family, first, last }: Span): string {
  if (first === last) return formatValue(family, first)
  const size = last - first + 1n
  const hostBits = size.toString(2).length - 1
  const isNetwork = size === 1n << BigInt(hostBits) && first % size === 0n
  return isNetwork
    ? `${formatValue(family, first)}/${bitsOf(family) - hostBits}`
    : `${formatValue(family, first)}-${formatValue(family, last)}`
}

/** RFC 5952 for IPv6. */
export function formatValue(family: Family, value: bigint): string {
  if (family === 4) {
    const v4 = Number(value)
    return `${v4 >>> 24}.${(v4 >>> 16) & 255}.${(v4 >>> 8) & 255}.${v4 & 255}`
  }
  const parts = value.toString(16).padStart(32, '0').match(/.{4}/g) ?? []
  return new ipaddr.IPv6(parts.map(part => Number.parseInt(part, 16))).toRFC5952String()
}

/** IPv6 addresses in words of 32 bits, four for each, the first one first. */
export function wordsOf(values: readonly bigint[]): Uint32Array {
  const view = new DataView(new ArrayBuffer(16))
  const words = new Uint32Array(values.length * 4)
  for (const [at, value] of values.entries()) {
    view.setBigUint64(0, value >> 64n)
    view.setBigUint64(8, value)
    for (let word = 0; word < 4; word++) words[at * 4 + word] = view.getUint32(word * 4)
  }
  return words
}

/** How many bits an address has. */
export function bitsOf(family: Family): number {
  return family === 4 ? 32 : 128
}

function parseValue(text: string): Value | undefined {
  if (isIPv4(text)) return { family: 4, value: BigInt(v4Of(text)), mapped: false }
  if (!isIPv6(text) || text.includes('%')) return undefined
  const parts = ipaddr.IPv6.parse(text).parts
  const value = BigInt(`0x${parts.map(part => part.toString(16).padStart(4, '0')).join('')}`)
  return value >> 32n === 0xffffn
    ? { family: 4, value: value & 0xffffffffn, mapped: true }
    : { family: 6, value, mapped: false }
}

/** Of what `isIPv4` takes: four decimal numbers. Lists are long, and most of their rows are such. */
function v4Of(text: string): number {
  let [value, octet] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit >= 0) octet = octet * 10 + digit
    else [value, octet] = [value * 256 + octet, 0]
  }
  return value * 256 + octet
}

const ZERO = 48

function parseRange(text: string): ParsedFrom {
  const ends = text.split('-').map(end => end.trim())
  const [first, last] = ends.map(parseValue)
  if (ends.length !== 2 || !first || !last) {
    const bad = ends.find(end => !parseValue(end)) ?? ''
    if (ends.length === 2 && bad !== '') return refuse(notAnAddress(bad))
    return refuse(`${quote(text)} is not a range: write its first and last address, as in 10.0.0.5-10.0.0.9.`)
  }
  if (first.family !== last.family) {
    return refuse(
      `${quote(text)} mixes IPv4 and IPv6: write a range of one kind, and a second row for the other.`,
    )
  }
  if (first.value > last.value) {
    return refuse(`${quote(text)} runs backwards: write ${ends[1]}-${ends[0]}.`)
  }
  return span(first.family, first.value, last.value)
}

function parseNetwork(text: string): ParsedFrom {
  const [address = '', prefixText = '', ...more] = text.split('/')
  const start = parseValue(address)
  if (!start) return refuse(notAnAddress(address === '' ? text : address))
  const written = start.mapped ? 6 : start.family
  const bits = bitsOf(written)
  const prefix = /^(0|[1-9]\d{0,2})$/.test(prefixText) ? Number(prefixText) : -1
  if (more.length > 0 || prefix < 0 || prefix > bits)
    return refuse(badPrefix(address, text.slice(address.length + 1), bits))
  if (start.mapped && prefix >= 96) return networkOf(4, start.value, 128 - prefix, p => `/${p}`)
  const value = start.mapped ? (0xffffn << 32n) | start.value : start.value
  return networkOf(written, value, bits - prefix, p => `/${p}`)
}

function badPrefix(address: string, prefix: string, bits: number): string {
  const netmask = isIPv4(prefix) ? netmaskBits(v4Of(prefix)) : undefined
  const instead = netmask === undefined ? '' : `; for this netmask it is ${address}/${32 - netmask}`
  return `${quote(`/${prefix}`)} is not a prefix: write a number from 0 to ${bits} after the /${instead}.`
}

function parseNetmask(network: string, netmask: string): ParsedFrom {
  const start = parseValue(network)
  if (!start) return refuse(notAnAddress(/\d/.test(network) ? network : `${network} ${netmask}`))
  if (start.family === 6) {
    return refuse(`An IPv6 network has no netmask: write its prefix instead, as in ${network}/64.`)
  }
  const hostBits =
    parseValue(netmask)?.family === 4 && isIPv4(netmask) ? netmaskBits(v4Of(netmask)) : undefined
  if (hostBits === undefined) {
    return refuse(
      `${quote(netmask)} is not a netmask: write one such as 255.255.255.0, or a prefix such as /24.`,
    )
  }
  return networkOf(4, start.value, hostBits, () => ` ${netmask}`)
}

/** How many host bits an IPv4 netmask leaves; undefined unless all its ones come first. */
function netmaskBits(netmask: number): number | undefined {
  const hosts = ~netmask >>> 0
  return (hosts & (hosts + 1)) === 0 ? 32 - Math.clz32(hosts) : undefined
}

function networkOf(
  family: Family,
  value: bigint,
  hostBits: number,
  mask: (prefix: number) => string,
): ParsedFrom {
  const hosts = (1n << BigInt(hostBits)) - 1n
  const start = value & ~hosts
  if (start === value) return span(family, value, value | hosts)
  const host = formatValue(family, value)
  const end = mask(bitsOf(family) - hostBits)
  return refuse(
    `${quote(host)} is not the start of its network: write ${formatValue(family, start)}${end}, or ${host} for the one machine.`,
  )
}

function notAnAddress(text: string): string {
  if (text === '') return `Nothing is written here: write ${EXAMPLES}.`
  const zone = text.indexOf('%')
  if (zone > 0 && isIPv6(text)) {
    return `${quote(text)} names a network card: write ${text.slice(0, zone)} without it.`
  }
  if (/^[\da-fx.]*\d[\da-fx.]*$/i.test(text)) {
    return `${quote(text)} is not an IPv4 address: write four numbers from 0 to 255 without leading zeros, as in 192.168.1.10.`
  }
  if (text.includes(':')) return `${quote(text)} is not an IPv6 address: write it as in 2001:db8::1.`
  return `${quote(text)} is not an address: write ${EXAMPLES}.`
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

function span(family: Family, first: bigint, last: bigint): ParsedFrom {
  return { ok: true, from: { kind: 'span', span: { family, first, last } } }
}

function refuse(problem: string): ParsedFrom {
  return { ok: false, problem }
}
