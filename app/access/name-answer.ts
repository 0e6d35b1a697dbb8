/** What a host name stands for: the addresses that the DNS answered, as far as a name can stand for them. */
import type { AccessRow, Settings } from '../settings/settings.ts'
import { isNumbers } from './host-name.ts'
import { parseClient, parseFrom, type Span } from './network.ts'

export interface NamedAddresses {
  /** Single addresses, each once. */
  readonly taken: readonly Span[]
  /** Answered, and counted nowhere: whoever runs the name in the DNS has no say about these. */
  readonly refused: readonly Span[]
}

/**
 * Addresses that no name stands for, since whoever runs it in the DNS could lend them a row's rights (DNS rebinding):
 * private, loopback, link-local, shared, multicast and reserved ones of IPv4 (RFC 6890), and of IPv6 all that aren't
 * global unicast (RFC 4291 section 2.4).
 */
export const NOT_BY_NAME: readonly Span[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/3',
  '4000::/2',
  '8000::/1',
].flatMap(text => {
  const parsed = parseFrom(text)
  return parsed.ok && parsed.from.kind === 'span' ? [parsed.from.span] : []
})

/** An answer's addresses, of which those in `inside` aren't taken. */
export function namedAddresses(addresses: readonly string[], inside: readonly Span[]): NamedAddresses {
  const clients = addresses.flatMap(address => parseClient(address) ?? [])
  const spans = new Map(
    clients.map(({ text, family, value }) => [text, { family, first: value, last: value }]),
  )
  return outside({ taken: [...spans.values()], refused: [] }, inside)
}

/** The same names where some networks are this office's own, which rows name as such and no host name does. */
export function namesOutside(
  names: ReadonlyMap<string, NamedAddresses>,
  inside: readonly Span[],
): ReadonlyMap<string, NamedAddresses> {
  return new Map([...names].map(([name, addresses]) => [name, outside(addresses, inside)]))
}

/** The host names of the rows that are switched on, each once. */
export function hostNamesIn({ smtp, globalAccess }: Settings): readonly string[] {
  const rows = [...smtp.access, ...globalAccess].filter(({ enabled }) => enabled)
  return [...new Set(rows.flatMap(row => hostNameOf(row) ?? []))]
}

/** Undefined for a row that is for no host name. */
export function hostNameOf({ from }: Pick<AccessRow, 'from'>): string | undefined {
  if (isNumbers(from)) return undefined
  const parsed = parseFrom(from)
  return parsed.ok && parsed.from.kind === 'name' ? parsed.from.name : undefined
}

function outside({ taken, refused }: NamedAddresses, inside: readonly Span[]): NamedAddresses {
  const isInside = ({ family, first }: Span) =>
    inside.some(span => span.family === family && span.first <= first && first <= span.last)
  return {
    taken: taken.filter(address => !isInside(address)),
    refused: [...refused, ...taken.filter(isInside)],
  }
}
