/** A span of addresses as the networks it consists of, for those who know no ranges. */
import { bitsOf, type Family, formatValue, type Span } from '../access/network.ts'

export interface Block {
  readonly family: Family
  readonly first: bigint
  readonly prefix: number
}

/** Ascending and exact; at most two for each bit of an address. */
export function blocksOf({ family, first, last }: Span): readonly Block[] {
  const blocks: Block[] = []
  for (let at = first; at <= last; ) {
    let hostBits = at === 0n ? bitsOf(family) : trailingZeros(at)
    while (1n << BigInt(hostBits) > last - at + 1n) hostBits -= 1
    blocks.push({ family, first: at, prefix: bitsOf(family) - hostBits })
    at += 1n << BigInt(hostBits)
  }
  return blocks
}

/** `192.168.1.0/24`, also for a single address. */
export function formatBlock({ family, first, prefix }: Block): string {
  return `${formatValue(family, first)}/${prefix}`
}

/** `255.255.255.0`. */
export function netmaskOf({ prefix }: Block): string {
  return formatValue(4, (0xffffffffn << BigInt(32 - prefix)) & 0xffffffffn)
}

function trailingZeros(value: bigint): number {
  let zeros = 0
  for (let rest = value; (rest & 1n) === 0n; rest >>= 1n) zeros += 1
  return zeros
}
