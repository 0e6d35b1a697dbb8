/** Keeps settings from opening the relay unless somebody says so explicitly. */

import { mapOf } from '../access/map.ts'
import { formatSpan, type Span } from '../access/network.ts'
import { internetOf, openedAnew, openRanges } from '../access/open-relay.ts'
import type { Policy } from '../access/policy.ts'
import { ownNetworkWords } from '../access/public-network.ts'
import { holdsSpans, sizeOf } from '../access/spans.ts'
import type { Applied, Changer, Consent, Settings } from '../settings/settings.ts'
import { StandIns } from './stand-ins.ts'

/** What is to be typed in the window before settings that open the relay are applied. */
export const OPEN_RELAY_SENTENCE = 'Anybody on the Internet may send through this server'

/** Ranges that a sentence names; the rest is counted. */
const NAMED = 3
const FAMILIES = [4, 6] as const

/** Whether it is the sentence, whatever its case, spaces and full stop. */
export function saysOpenRelay(typed: string | undefined): boolean {
  const plain = (text: string) => text.trim().replace(/\s+/g, ' ').replace(/\.$/, '').toLowerCase()
  return typed !== undefined && plain(typed) === plain(OPEN_RELAY_SENTENCE)
}

/** Whoever typed the sentence consents. */
export function consentBy(typed: string | undefined): Consent {
  return { openRelay: saysOpenRelay(typed) }
}

interface Opened {
  readonly spans: readonly Span[]
  readonly nameOf: (span: Span) => string
  readonly policy: Policy
}

/** Whether `next` opens the relay to anybody to whom `before` doesn't. */
export function opensAnew(...asked: Parameters<typeof openedBy>): boolean {
  return openedBy(...asked) !== undefined
}

/** As `openedBy`, in words: an address, a range, or a host name. */
export function opensRelay(
  next: Settings,
  before: Settings | undefined,
  policyFor: (settings: Settings) => Policy,
): readonly string[] | undefined {
  const opened = openedBy(next, before, policyFor)
  return opened && [...new Set(opened.spans.map(opened.nameOf))]
}

/**
 * What `next` opens and `before` did not; undefined where that is nothing. A local network whose addresses are public
 * is asked about as any other: whoever can be reached from the Internet is a part of it. A host name is asked about by
 * itself, whether it has an address yet or not, and not again when it moves.
 */
function openedBy(
  next: Settings,
  before: Settings | undefined,
  policyFor: (settings: Settings) => Policy,
  mapFor = mapOf,
): Opened | undefined {
  const standIns = new StandIns([next, ...(before ? [before] : [])])
  const policy = policyFor(standIns.in(next))
  const openIn = (it: Policy) => openRanges(it, mapFor(it))
  const known = before && openIn(policyFor(standIns.in(before)))
  const spans = openedAnew(known, openIn(policy))
  return spans && { spans, nameOf: span => standIns.nameOf(span), policy }
}

/** Undefined where the change may be made without more ado. */
export function refuseOpening(
  next: Settings,
  before: Settings | undefined,
  by: Changer,
  policyFor: (settings: Settings) => Policy,
): Applied | undefined {
  const opened = openedBy(next, before, policyFor)
  if (!opened) return undefined
  const { spans, nameOf, policy } = opened
  // Sentences where this machine's own networks are among them; else empty.
  const why = ownNetworkWords(spans, policy.machine)
  const text = `This would make an open relay: anybody at ${rangeWords(spans, internetOf(policy), nameOf)} could send without logging on. ${spaced(why)}${adviceFor(by)}`
  return { ok: false, problems: [{ path: 'smtp.access', text }], openRelay: [...new Set(spans.map(nameOf))] }
}

function adviceFor(by: Changer): string {
  switch (by) {
    case 'command line':
      return 'Give --allow-open-relay if that is what you want.'
    case 'window':
      return 'Apply it again and type the sentence that says so, if that is what you want.'
    case 'file':
      return 'If that is what you want, say so: postern settings import settings.json --allow-open-relay.'
  }
}

/** Of the relay that stands open; undefined while it doesn't. */
export function openRelayWords(
  open: readonly Span[] | undefined,
  policy: Pick<Policy, 'machine' | 'links'>,
): string | undefined {
  return (
    open &&
    `This server is an open relay: anybody at ${rangeWords(open, internetOf(policy))} can send through it without logging on. ${spaced(ownNetworkWords(open, policy.machine))}Block those addresses, or let them log on first.`
  )
}

function spaced(sentence: string): string {
  return sentence === '' ? '' : `${sentence} `
}

/** `8.0.0.0/8 and 3 ranges more`; of a family of which most is open no range is named. */
function rangeWords(
  ranges: readonly Span[],
  internet: readonly Span[],
  nameOf: (span: Span) => string = formatSpan,
): string {
  if (holdsSpans(ranges, internet)) return 'every address of the Internet'
  const much = FAMILIES.filter(family => 2n * sizeOf(ranges, family) > sizeOf(internet, family))
  const phrases = much.map(family => {
    const isWhole = holdsSpans(
      ranges,
      internet.filter(span => span.family === family),
    )
    return isWhole
      ? `every IPv${family} address of the Internet`
      : `most IPv${family} addresses of the Internet`
  })
  const others = ranges.filter(({ family }) => !much.includes(family))
  const all = [...phrases, ...new Set(others.map(nameOf))]
  const more = all.length - NAMED
  const named = all.slice(0, NAMED).join(', ')
  return more > 0 ? `${named} and ${more} ${more === 1 ? 'range' : 'ranges'} more` : named
}
