/** On the Status page: the first questions offered, while they aren't all answered. */
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { useDesk, useReady, useWindow } from '../state/use.ts'

export function SetupOffer() {
  const { store } = useDesk()
  const isUnfinished = useReady(({ status }) => status.unfinished === true)
  const isBegun = useWindow(({ firstRun }) => firstRun !== undefined)
  if (!isUnfinished) return null
  return (
    <Notice tone="plain">
      <p className="warning-line">
        <span>
          Postern isn’t set up yet: it doesn’t know your domain, or how mail leaves. Four questions do it.
        </span>
        <Button kind="main" onPress={() => store.go({ page: 'first-run' })}>
          {isBegun ? 'Go on with the set-up' : 'Set up Postern'}
        </Button>
      </p>
    </Notice>
  )
}
