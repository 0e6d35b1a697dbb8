/** Which dialect a text is written in, by the first line that says it. */
import type { Dialect } from './dialect.ts'

const ADDRESS = String.raw`(?:\d{1,3}\.){3}\d{1,3}`

const SIGNS: readonly (readonly [RegExp, Dialect])[] = [
  [/^\d+\s*\|\s*\d+\s*\|/, 'vpop3-5'],
  [/^(?:allow|block)\b/i, 'vpop3-3'],
  [/^(?:mynetworks|smtpd_\w+|compatibility_level|myhostname|mydestination)\s*=/, 'postfix'],
  [/^noglobal$/i, 'vpop3-1.5'],
  [new RegExp(`^!?\\s*(?:noauth\\s+)?${ADDRESS}(?:\\s|$)`, 'i'), 'vpop3-1.5'],
]

/** Lines looked at. */
const LOOK = 2000

/** Undefined where nothing tells, as in an empty file. */
export function recognise(text: string): Dialect | undefined {
  const start = text.slice(0, 200_000)
  if (start.trimStart().startsWith('<')) return 'hmailserver'
  const lines = start.split(/\r\n|\n|\r/, LOOK).map(line => line.trim().slice(0, 300))
  for (const line of lines) {
    const found = SIGNS.find(([sign]) => sign.test(line))
    if (found) return found[1]
  }
  const said = lines.filter(line => line !== '' && !line.startsWith('#'))
  return said.length === 1 && /^[01]$/.test(said[0] ?? '') ? 'vpop3-5' : undefined
}
