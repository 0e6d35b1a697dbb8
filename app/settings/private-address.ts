/** Addresses that only a private network has: RFC 1918, RFC 4193, loopback and link-local. */
import { BlockList, isIP } from 'node:net'

const NETWORKS: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['::1', 128, 'ipv6'],
]

const list = new BlockList()
for (const [network, bits, family] of NETWORKS) list.addSubnet(network, bits, family)

/** False for what stands for every address of a machine. */
export function isPrivateAddress(text: string): boolean {
  const address = text.replace(/%.*$/, '')
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** Of a listener for old devices whose address isn't one: what to do. */
export const LANE_ADDRESS =
  "Write one private address of this machine here, such as 192.168.1.10: a listener for old devices is for the office's own network alone."
