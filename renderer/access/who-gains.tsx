/** What a draft does to who can send: the rows' sentences that go and those that come. */
import type { SettingsDraft } from '../state/settings.ts'
import { useReady } from '../state/use.ts'
import { sendersOf } from './senders.ts'

/** `settings`: in place of the draft. */
export function WhoGains({ settings: given }: { readonly settings?: SettingsDraft }) {
  const machine = useReady(ready => ready.machine)
  const base = useReady(ready => ready.base)
  const draft = useReady(ready => ready.draft)
  const settings = given ?? draft.settings
  const before = sendersOf(base, base.smtp.access, machine).map(({ who, words }) => `${who}: ${words}`)
  const after = sendersOf(settings, settings.smtp.access, machine).map(({ who, words }) => `${who}: ${words}`)
  const gone = before.filter(line => !after.includes(line))
  const fresh = after.filter(line => !before.includes(line))
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
