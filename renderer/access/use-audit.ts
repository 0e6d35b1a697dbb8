/** The audit of the draft, asked for anew while one edits. */
import { useAnswer, useSettled, useTurn } from '../state/ask.ts'
import type { Audit } from '../state/settings.ts'
import { type Loaded, useDesk, useReady } from '../state/use.ts'

/** Milliseconds after the last edit. */
const after = 120

export function useAudit(): Loaded<Audit> {
  const { bridge } = useDesk()
  const draft = useSettled(
    useReady(ready => ready.draft.settings),
    after,
  )
  const [answer] = useAnswer(() => bridge.ask('audit', { kind: 'draft', draft }), useTurn(draft), true)
  return answer
}
