/** What a procedure will change: in words, who can send before and after, and what else needs a person. */
import { WhoGains } from '../access/who-gains.tsx'
import { Notice } from '../parts/notice.tsx'
import { changesOf } from '../state/changes.ts'
import type { SettingsDraft } from '../state/settings.ts'
import { useReady } from '../state/use.ts'

interface PlanWordsProps {
  /** As the settings will be. */
  readonly settings: SettingsDraft
  readonly notes: readonly string[]
  /** What changes besides the settings. */
  readonly also?: readonly string[]
}

export function PlanWords({ settings, notes, also = [] }: PlanWordsProps) {
  const base = useReady(ready => ready.base)
  const words = [...changesOf(base, settings).map(change => change.words), ...also]
  return (
    <>
      {words.length === 0 ? (
        <p>Nothing: the settings are like this already.</p>
      ) : (
        <ul className="changes plan-changes">
          {words.map(line => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <WhoGains settings={settings} />
      {notes.length > 0 && (
        <Notice tone="plain">
          <ul>
            {notes.map(note => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  )
}
