/** The General tab: service on or off, bindings, authentication, anti-relay protection. */
import { ChoiceSetting } from '../parts/choice-setting.tsx'
import { Notice } from '../parts/notice.tsx'
import { Fields } from '../parts/page.tsx'
import { CheckSetting, SwitchSetting } from '../parts/switch-setting.tsx'
import { useReady } from '../state/use.ts'
import { Bindings } from './bindings.tsx'

export function GeneralTab() {
  return (
    <Fields>
      <SwitchSetting path={['smtp', 'enabled']} />
      <Bindings />
      <ChoiceSetting path={['smtp', 'authentication']} />
      <CheckSetting path={['smtp', 'internalMailWithoutAuthentication']} />
      <IncomingStops />
      <ChoiceSetting path={['smtp', 'antiRelay']} />
      <ChoiceSetting path={['smtp', 'plaintextAuthentication']} />
    </Fields>
  )
}

function IncomingStops() {
  const stops = useReady(
    ({ draft: { settings } }) =>
      settings.smtp.authentication === 'required' && !settings.smtp.internalMailWithoutAuthentication,
  )
  if (!stops) return null
  return (
    <Notice tone="warning">
      <p>
        Mail from the Internet can’t come in like this: other mail servers can’t log on here. Tick the box
        above, unless something else brings your mail.
      </p>
    </Notice>
  )
}
