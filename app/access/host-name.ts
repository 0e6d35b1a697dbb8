/** A host name in a row: which texts are one, and never an address, a keyword or a single word. */
import { canonicalDomain, parseDomain } from '../mail/domain.ts'

export type ParsedHostName =
  /** In lower case and A-labels, without a trailing dot. */
  | { readonly ok: true; readonly name: string }
  /** `problem` is one sentence for the person who wrote the row. */
  | { readonly ok: false; readonly problem: string }

/** RFC 1035 section 2.3.4: 255 octets with the lengths of the labels, which leaves so many characters. */
const LONGEST = 253

/** Whether it is no host name, as one sees at once: most rows are addresses, and lists are long. */
export function isNumbers(text: string): boolean {
  return !/[^\d./: -]/.test(text)
}

/** Undefined for what is no host name at all: then it is an address, a network or a range, or a mistake in one. */
export function parseHostName(text: string): ParsedHostName | undefined {
  if (isNumbers(text)) return undefined
  const name = canonicalDomain(text)
  if (name === undefined || !isNamed(name)) return undefined
  if (name.length > LONGEST)
    return refuse(`${quote(text)} is longer than the ${LONGEST} characters of a name.`)
  if (/(?:^|\.)localhost$/.test(name))
    return refuse(`${quote(text)} is this very machine: write 127.0.0.1, and ::1 in a second row.`)
  if (name.endsWith('.local'))
    return refuse(
      `${quote(text)} isn't in the DNS, since any computer of the network may say that it is called so: write its address.`,
    )
  return { ok: true, name }
}

/**
 * What is wrong with a text in which a host name stands, or which is almost one; undefined where there is none in it.
 */
export function nameProblem(text: string): string | undefined {
  if (text.includes('*') && isNamed(text.replace(/^[^.]*\*[^.]*\./, '')))
    return `${quote(text)} is more than one host: write the name of one, such as home.example.net, or a network.`
  const inside = text
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/^.*@/, '')
    .replace(/[\s/:?#].*$/s, '')
  if (inside !== text && parseHostName(inside)?.ok)
    return `A host name stands alone: write ${canonicalDomain(inside)} without what stands around it.`
  if (!/^[^\s/:]*[\p{L}_][^\s/:]*\.\p{L}{2,}\.?$/u.test(text)) return undefined
  const parsed = parseDomain(text)
  return parsed.ok ? undefined : `${quote(text)} is not a host name: ${parsed.problem}.`
}

/**
 * Two labels at least, so that a word misspelt isn't taken for one, and the last without digits, as no address ends;
 * nor three numbers and then a word, which is an address misspelt.
 */
function isNamed(name: string): boolean {
  const labels = name.split('.')
  const last = labels.at(-1) ?? ''
  if (labels.length < 2 || !/^(?:[a-z]{2,}|xn--[a-z0-9-]+)$/i.test(last)) return false
  if (/^\d+\.\d+\.\d+\.\d+-/.test(name)) return false
  return labels.length < 4 || labels.slice(0, -1).some(label => /[a-z_]/i.test(label))
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

function refuse(problem: string): ParsedHostName {
  return { ok: false, problem }
}
