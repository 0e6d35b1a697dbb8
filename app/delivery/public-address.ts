/** Public addresses: those that the DNS of others may send our mail to. */
import { BlockList } from 'node:net'

/**
 * Private, loopback, link-local, shared, multicast and reserved ones of IPv4 (RFC 6890), and of IPv6 all that aren't
 * global unicast (RFC 4291 section 2.4): whoever runs a domain could have us connect to computers of the office.
 */
const REFUSED = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  // What an IPv4 address is wrapped in (6to4).
  ['2002::', 16],
] as const

/** Addresses of no host at all: none, everybody's, and reserved ones. */
const NOBODY = [
  ['0.0.0.0', 8],
  ['224.0.0.0', 3],
  ['::', 128],
  ['::ffff:0:0', 96],
  ['ff00::', 8],
] as const

type Networks = readonly (readonly [string, number])[]
type Kind = 'ipv4' | 'ipv6'

/** One for each kind: to a list of both every IPv4 address is also one of `::ffff:0:0/96`. */
function listsOf(networks: Networks): Readonly<Record<Kind, BlockList>> {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const [network, bits] of networks) lists[kindOf(network)].addSubnet(network, bits, kindOf(network))
  return lists
}

function kindOf(address: string): Kind {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

const refused = listsOf(REFUSED)
const nobody = listsOf(NOBODY)

export function isPublicAddress(address: string): boolean {
  return !refused[kindOf(address)].check(address, kindOf(address))
}

/** Whether a host can have it, public or not. */
export function isHostAddress(address: string): boolean {
  return !nobody[kindOf(address)].check(address, kindOf(address))
}
