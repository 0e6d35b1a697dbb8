/** A set of addresses in words: your network, your router, every address except these. */
import { type Family, formatSpan, type Span } from './network.ts'
import { internetOf } from './open-relay.ts'
import type { Policy } from './policy.ts'
import { complementOf, EVERYWHERE, holdsSpans, joinSpans, sameSpans, sizeOf, withoutSpans } from './spans.ts'
import { enumerate, NAMES } from './wording.ts'

/** A host name among addresses. */
export interface Host {
  readonly name: string
  /** They stand for whatever addresses the name will have; one of each family. */
  readonly standIns: readonly Span[]
  /** What it has now. */
  readonly addresses: readonly Span[]
}

/** As in `your network 192.168.1.0/24 and 10.0.0.5`; bounded, however many spans they are. */
export function placeWords(spans: readonly Span[], policy: Policy, hosts: readonly Host[] = []): string {
  if (holdsSpans(spans, EVERYWHERE)) return 'every address'
  const internet = internetOf(policy)
  if (sameSpans(spans, internet)) return 'every address of the Internet'
  const its = FAMILIES.find(family => sameSpans(spans, ofFamily(internet, family)))
  if (its !== undefined) return `every IPv${its} address of the Internet`
  if (isMost(spans, 4) && isMost(spans, 6)) {
    return `every address except ${partWords(complementOf(spans), policy, hosts)}`
  }
  const most = FAMILIES.find(family => isBrieflyMost(spans, family))
  if (most === undefined) return partWords(spans, policy, hosts)
  const others = partsOf(ofFamily(spans, most === 4 ? 6 : 4), policy, hosts)
  const whole = mostWords(spans, most, policy, hosts)
  // Last, for what is excepted goes on to the end of the sentence.
  if (others.length <= NAMES) return enumerate([...others, whole])
  return `${enumerate(others)}, and ${whole}`
}

/** `network 192.168.1.0/24`, as it follows "your"; what this machine has for itself only isn't named. */
export function networkWords({ machine }: Policy): string {
  return named('network', machine.localNetworks)
}

export function routerWords({ machine }: Policy): string {
  return named('router', machine.routers)
}

/** Loopback, and what a network card gives itself. */
const OWN = /^(127\.|::1|fe80|169\.254)/

function named(noun: string, spans: readonly Span[]): string {
  const texts = spans.map(formatSpan)
  const office = texts.filter(text => !OWN.test(text))
  const shown = office.length > 0 ? office : texts
  return `${noun}${shown.length > 1 ? 's' : ''} ${enumerate(shown)}`
}

function partWords(spans: readonly Span[], policy: Policy, hosts: readonly Host[]): string {
  return enumerate(partsOf(spans, policy, hosts))
}

function partsOf(spans: readonly Span[], policy: Policy, hosts: readonly Host[]): readonly string[] {
  const { localNetworks, routers } = policy.machine
  const words: string[] = []
  let left = joinSpans(spans)
  const take = (whole: readonly Span[], name: string, taken = whole): void => {
    if (whole.length === 0 || !holdsSpans(left, whole)) return
    words.push(name)
    left = withoutSpans(left, taken)
  }
  take(localNetworks, `your ${networkWords(policy)}`)
  take(withoutSpans(localNetworks, routers), `your ${networkWords(policy)} without the router`)
  take(routers, `your ${routerWords(policy)}`)
  for (const { name, standIns, addresses } of hosts) {
    if (addresses.length > 0) {
      // What stands in a network that is named too isn't cut out of it.
      const alone = addresses.filter(({ first }) => left.some(it => it.first === first && it.last === first))
      const now = `${name} (now ${enumerate(addresses.map(formatSpan))})`
      take([...standIns, ...addresses], now, [...standIns, ...alone])
      take(standIns, `the next addresses of ${name}`)
    } else take(standIns, name)
    for (const standIn of standIns) take([standIn], `${name} by IPv${standIn.family}`)
  }
  return [...words, ...firstTexts(left)]
}

const FAMILIES = [4, 6] as const

/** More than half of the family's addresses, and no more exceptions than there are spans. */
function isBrieflyMost(spans: readonly Span[], family: Family): boolean {
  const own = joinSpans(ofFamily(spans, family))
  return isMost(own, family) && missingFrom(own, family).length <= own.length
}

function mostWords(spans: readonly Span[], family: Family, policy: Policy, hosts: readonly Host[]): string {
  const missing = missingFrom(spans, family)
  const name = `every IPv${family} address`
  return missing.length === 0 ? name : `${name} except ${partWords(missing, policy, hosts)}`
}

function missingFrom(spans: readonly Span[], family: Family): readonly Span[] {
  return withoutSpans(ofFamily(EVERYWHERE, family), spans)
}

function ofFamily(spans: readonly Span[], family: Family): readonly Span[] {
  return spans.filter(span => span.family === family)
}

/** As many texts as there are spans, of which `enumerate` counts all and reads the first. */
function firstTexts(spans: readonly Span[]): readonly string[] {
  return spans.map((span, at) => (at <= NAMES ? formatSpan(span) : ''))
}

function isMost(spans: readonly Span[], family: Family): boolean {
  return 2n * sizeOf(joinSpans(spans), family) > sizeOf(EVERYWHERE, family)
}
