/** A domain in its one canonical form: lower case, A-labels, no trailing dot (RFC 5321 section 4.1.2, RFC 5891). */
import { domainToASCII, domainToUnicode } from 'node:url'
import { nameCharacter } from './printable.ts'

export type ParsedDomain =
  | { readonly ok: true; readonly domain: string }
  | { readonly ok: false; readonly problem: string }

/** RFC 5321 section 4.5.3.1.2, octets. */
const LONGEST_DOMAIN = 255
/** RFC 1035 section 2.3.4, octets. */
const LONGEST_LABEL = 63

/**
 * Canonical form of a domain in A-labels, U-labels or both; a literal isn't one. One dot at its end, which names the
 * DNS's root, is taken off. `problem` fits a reply.
 */
export function parseDomain(written: string): ParsedDomain {
  const text = written.endsWith('.') ? written.slice(0, -1) : written
  if (written === '') return refuse('the domain is missing')
  if (text.length > LONGEST_DOMAIN) return refuse(tooLong)
  const wrong = /[^A-Za-z0-9.\-\u0080-\u{10ffff}]/u.exec(text)
  if (wrong) return refuse(`${nameCharacter(wrong[0])} can't stand in a domain`)
  const labels: string[] = []
  for (const label of text.split('.')) {
    const parsed = parseLabel(label)
    if (!parsed.ok) return parsed
    labels.push(parsed.domain)
  }
  // What ends in a number is an IP address to URL parsers and inet_aton, hexadecimal ones too.
  if (/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')) {
    return refuse("a domain can't end in a number; an IP address is written in brackets, as in [192.0.2.1]")
  }
  const domain = labels.join('.')
  return domain.length > LONGEST_DOMAIN ? refuse(tooLong) : { ok: true, domain }
}

/** As `parseDomain`; undefined when it isn't one. */
export function canonicalDomain(text: string): string | undefined {
  const parsed = parseDomain(text)
  return parsed.ok ? parsed.domain : undefined
}

const tooLong = `the domain is longer than ${LONGEST_DOMAIN} octets`

function refuse(problem: string): ParsedDomain & { ok: false } {
  return { ok: false, problem }
}

function parseLabel(label: string): ParsedDomain {
  if (label === '') return refuse("a domain can't begin with a dot, or hold two in a row")
  if (/^-|-$/.test(label)) return refuse('a label of a domain can\'t begin or end with "-"')
  const ascii = /^[ -~]*$/.test(label) ? checkAscii(label.toLowerCase()) : encode(label)
  if (ascii === undefined) return refuse("a label of the domain isn't a valid internationalised name")
  if (ascii.length > LONGEST_LABEL)
    return refuse(`a label of the domain is longer than ${LONGEST_LABEL} octets`)
  return { ok: true, domain: ascii }
}

/** An A-label must stand for a U-label that encodes to it again; other labels are as they are. */
function checkAscii(label: string): string | undefined {
  if (!label.startsWith('xn--')) return label
  return domainToASCII(domainToUnicode(label)) === label ? label : undefined
}

/**
 * The A-label of a U-label. Node maps much silently (full-width letters, soft hyphens, ideographic dots): only
 * what decodes to the very label that was given, but for case and NFC, is taken.
 */
function encode(label: string): string | undefined {
  if (encoded.has(label)) return encoded.get(label)
  if (encoded.size >= ENCODED) encoded.clear()
  const ascii = encodeAnew(label)
  encoded.set(label, ascii)
  return ascii
}

/** What labels came to: an office writes to the same domains, and lists repeat their names. */
const encoded = new Map<string, string | undefined>()
const ENCODED = 1000

function encodeAnew(label: string): string | undefined {
  const folded = Array.from(label.normalize('NFC'), character => character.toLowerCase())
    .join('')
    .normalize('NFC')
  const ascii = domainToASCII(folded)
  return /^xn--[a-z0-9-]+$/.test(ascii) && domainToUnicode(ascii) === folded && !foldsToAscii(label)
    ? ascii
    : undefined
}

/** Such as the Kelvin sign, whose lower case is the letter k: never what the writer of a domain meant. */
function foldsToAscii(label: string): boolean {
  return Array.from(label).some(
    character => /[^ -~]/.test(character) && /[ -~]/.test(character.normalize('NFC').toLowerCase()),
  )
}
