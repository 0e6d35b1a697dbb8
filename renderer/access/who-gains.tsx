/** What a draft does to who can send: the rows' sentences that go and those that come. */
import { useMemo } from 'react'
import type { Machine, SettingsDraft } from '../state/settings.ts'
import { useReady } from '../state/use.ts'
import { sendersOf } from './senders.ts'

/** The sentences that the draft takes away, and those that it brings. */
export function useGains(): { readonly gone: readonly string[]; readonly fresh: readonly string[] } {
  const machine = useReady(ready => ready.machine)
  const base = useReady(ready => ready.base)
  const { settings } = useReady(ready => ready.draft)
  // Asked for again with every change, of lists that may be long.
  return useMemo(() => {
    const before = new Set(sentences(base, machine))
    const after = new Set(sentences(settings, machine))
    return {
      gone: [...before].filter(line => !after.has(line)),
      fresh: [...after].filter(line => !before.has(line)),
    }
  }, [base, settings, machine])
}

function sentences(settings: SettingsDraft, machine: Machine): readonly string[] {
  return sendersOf(settings, settings.smtp.access, machine).map(({ who, words }) => `${who}: ${words}`)
}

export function WhoGains() {
  const { gone, fresh } = useGains()
  if (gone.length === 0 && fresh.length === 0) return null
  return (
    <section className="who-gains">
      <h3>Who can send to addresses outside</h3>
      <ul>
        {gone.map(line => (
          <li key={`- ${line}`} className="gone">
            <span className="gain-sign">until now</span> {line}
          </li>
        ))}
        {fresh.map(line => (
          <li key={`+ ${line}`} className="fresh">
            <span className="gain-sign">then</span> {line}
          </li>
        ))}
      </ul>
    </section>
  )
}
