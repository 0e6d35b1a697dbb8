/** What the host names of the rows in force stand for, and how long ago the DNS said so. */

import { Breakable } from '../parts/breakable.tsx'
import type { Status } from '../state/settings.ts'
import { useNow, useReady } from '../state/use.ts'
import { enumerate, relativeTime } from '../words/plain.ts'

type NameFacts = Status['names'][number]

export function HostNames() {
  const names = useReady(({ status }) => status.names)
  const now = useNow()
  if (names.length === 0) return null
  return (
    <ul className="host-names muted" aria-label="Host names">
      {names.map(facts => (
        <li key={facts.name}>
          <Breakable text={hostNameWords(facts, now)} />
        </li>
      ))}
    </ul>
  )
}

/** The page's clock may be a moment behind. */
function past(time: number, now: number): string {
  return relativeTime(Math.min(time, now), now)
}

/** `home.example.net is 203.0.113.7, 2 minutes ago.` */
export function hostNameWords(
  { name, addresses, refused, answered, failing }: NameFacts,
  now: number,
): string {
  const age = answered === undefined ? '' : `, ${past(answered, now)}`
  const found =
    addresses.length === 0 ? 'has no address: rows by it match nobody' : `is ${enumerate(addresses)}${age}`
  return [
    `${name} ${found}.`,
    ...(refused.length > 0
      ? [`${enumerate(refused)} isn’t taken: no host name stands for private addresses or this office’s own.`]
      : []),
    ...(failing ? [`Looked up in vain: ${failing.why} (first ${past(failing.since, now)}).`] : []),
  ].join(' ')
}
