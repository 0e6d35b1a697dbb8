/** This machine's own networks whose addresses are public: they count as the Internet, though the office stands there. */
import type { Machine } from './machine.ts'
import { formatSpan, type Span } from './network.ts'
import { isPrivateSpan, strangersIn } from './open-relay.ts'
import { commonSpans } from './spans.ts'
import { enumerate } from './wording.ts'

/**
 * What a first start takes for the office: all that this machine stands in, or, where a network of it is public, only
 * the private ones. Written out, since the default rows let the local networks send without a log-on.
 */
export function firstNetworks(found: Machine): 'auto' | readonly string[] {
  if (strangersIn(found.localNetworks).length === 0) return 'auto'
  return found.localNetworks.filter(isPrivateSpan).map(formatSpan)
}

/** Sentences for whoever starts it first; empty where all networks are private. */
export function firstNetworksWords(found: Machine): string {
  const open = ownNetworkWords(strangersIn(found.localNetworks), found)
  if (open === '') return ''
  return `${open} Computers there aren't taken for this office, and can't send yet: add a row for users who log on, or write that network into localNetworks too.`
}

/** Why addresses of this machine's own networks are among those of an open relay; empty where none is. */
export function ownNetworkWords(open: readonly Span[], { localNetworks }: Machine): string {
  const own = localNetworks.filter(network => commonSpans(open, [network]).length > 0)
  return own.length === 0 ? '' : publicWords(own)
}

function publicWords(spans: readonly Span[]): string {
  const list = enumerate(spans.map(formatSpan))
  return spans.length === 1
    ? `Your local network ${list} isn't a private one: it counts as the Internet, since strangers may stand in it or reach it.`
    : `Your local networks ${list} aren't private ones: they count as the Internet, since strangers may stand in them or reach them.`
}
