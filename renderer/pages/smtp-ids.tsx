/** The IDS/IPS tab: who is blocked for what he does, after how much of it, and for how long. */
import { Fields } from '../parts/page.tsx'
import { SwitchSetting } from '../parts/switch-setting.tsx'
import { TextSetting } from '../parts/text-setting.tsx'
import { WordsSetting } from '../parts/words-setting.tsx'
import { useDesk, useReady } from '../state/use.ts'

const ids = ['smtp', 'ids'] as const
const points = [
  'relayDenied',
  'badPassword',
  'unknownUser',
  'unknownRecipient',
  'protocolError',
  'earlyTalker',
  'tooManyConnections',
] as const

export function IdsTab() {
  const { store } = useDesk()
  const isOn = useReady(({ draft }) => draft.settings.smtp.ids.enabled)
  return (
    <Fields>
      <SwitchSetting path={[...ids, 'enabled']} />
      <p className="muted">
        {isOn ? 'Who is blocked now, and why, stands on the ' : 'Nobody is blocked now; the list is on the '}
        <button
          type="button"
          className="link"
          onClick={() => store.go({ page: 'security', target: 'blocked' })}
        >
          Security page
        </button>
        . Nobody in Never block is blocked, and no account is ever locked.
      </p>
      <TextSetting path={[...ids, 'threshold']} isNumber />
      <TextSetting path={[...ids, 'window']} isShort />
      <TextSetting path={[...ids, 'blockTime']} isShort />
      <h2>Points of each event</h2>
      {points.map(kind => (
        <TextSetting key={kind} path={[...ids, 'points', kind]} isNumber />
      ))}
      <WordsSetting path={[...ids, 'neverBlock']} placeholder="local-networks, routers, 203.0.113.7" />
      <WordsSetting path={[...ids, 'alwaysBlock']} placeholder="203.0.113.0/24" />
    </Fields>
  )
}
