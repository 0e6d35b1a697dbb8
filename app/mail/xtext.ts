/** xtext: text with its awkward octets as `+XX`, the values of DSN and AUTH parameters (RFC 3461 section 4). */
import { hiddenCharacter } from './printable.ts'

/** Undefined when it isn't xtext, or decodes to something other than visible characters and ASCII spaces. */
export function decodeXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return undefined
  const octets = text.replace(/\+(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  // What isn't UTF-8 becomes U+FFFD, which counts as hidden.
  const decoded = Buffer.from(octets, 'latin1').toString('utf8')
  return hiddenCharacter(decoded) === undefined ? decoded : undefined
}
