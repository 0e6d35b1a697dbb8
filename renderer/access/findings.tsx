/** What is hardly meant in the rows, each with the way to its row and one click that mends it in the draft. */
import { useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { changed } from '../state/draft.ts'
import { type Place, placeOf } from '../state/place.ts'
import type { Finding, SettingsDraft } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useReady } from '../state/use.ts'

interface FindingsProps {
  readonly findings: readonly Finding[]
  /** Shown at first. */
  readonly most: number
}

export function Findings({ findings, most }: FindingsProps) {
  const [isAll, setAll] = useState(false)
  const shown = isAll ? findings : findings.slice(0, most)
  const more = findings.length - shown.length
  if (findings.length === 0) return null
  return (
    <section className="findings" aria-label="What is hardly meant">
      {shown.map(finding => (
        <FindingNotice key={`${finding.kind} ${finding.list} ${finding.row}`} finding={finding} />
      ))}
      {more > 0 && (
        <Button kind="link" onPress={() => setAll(true)}>
          Show {more} more
        </Button>
      )}
    </section>
  )
}

const grave: readonly Finding['kind'][] = ['open-relay', 'wide-open']

function FindingNotice({ finding }: { readonly finding: Finding }) {
  const { store, bridge } = useDesk()
  const draft = useReady(ready => ready.draft.settings)
  const { kind, list, row, text, mend } = finding
  const mendIt = async () => {
    try {
      const mended = await bridge.ask('mendDraft', draft, { kind, list, row })
      if (!mended.ok)
        return store.say({ tone: 'bad', text: mended.problems[0]?.text ?? 'It can’t be mended.' })
      // Settings that the relay made of ours have their shape.
      const settings = mended.value as SettingsDraft
      store.change(before => (before.settings === draft ? changed(before, { settings }) : before))
    } catch (error) {
      store.say({ tone: 'bad', text: sentenceOf(error) })
    }
  }
  return (
    <Notice tone={grave.includes(kind) ? 'bad' : 'warning'}>
      <p>{text}</p>
      <p className="muted">{mend}</p>
      <p className="finding-actions">
        <Button aria-label={`Mend: ${text}`} onPress={() => void mendIt()}>
          Mend it
        </Button>
        <Button kind="link" aria-label={`Show: ${text}`} onPress={() => store.go(placeOfFinding(finding))}>
          {row === null ? 'Show' : `Show row ${row}`}
        </Button>
      </p>
    </Notice>
  )
}

function placeOfFinding({ kind, list, row }: Finding): Place {
  if (kind === 'incoming-mail-stops' && list === null)
    return placeOf('smtp.internalMailWithoutAuthentication')
  const path = list === 'global' ? 'globalAccess' : 'smtp.access'
  return placeOf(row === null ? path : `${path}[${row - 1}]`)
}
