/** xtext: text with its awkward octets as `+XX`, the values of DSN and AUTH parameters (RFC 3461 section 4). */
import { isUtf8 } from 'node:buffer'
import { hiddenCharacter } from './printable.ts'

/** Undefined when it isn't xtext, or decodes to something other than visible characters and ASCII spaces. */
export function decodeXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return undefined
  const octets = text.replace(/\+(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const bytes = Buffer.from(octets, 'latin1')
  if (!isUtf8(bytes)) return undefined
  const decoded = bytes.toString('utf8')
  return hiddenCharacter(decoded) === undefined ? decoded : undefined
}
