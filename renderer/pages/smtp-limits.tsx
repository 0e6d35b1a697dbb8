/** The Limits tab: how much one message and one client may take. */

import { Fields } from '../parts/page.tsx'
import { TextSetting } from '../parts/text-setting.tsx'

export function LimitsTab() {
  return (
    <Fields>
      <TextSetting path={['smtp', 'maxMessageSize']} isShort />
      <TextSetting path={['smtp', 'maxRecipients']} isNumber />
      <TextSetting path={['smtp', 'maxConnections']} isNumber />
      <TextSetting path={['smtp', 'maxConnectionsPerClient']} isNumber />
      <TextSetting path={['smtp', 'maxConnectionsPerNetwork']} isNumber />
      <TextSetting path={['smtp', 'reservedShare']} isNumber />
      <TextSetting path={['smtp', 'idleTimeout']} isShort />
      <TextSetting path={['smtp', 'sessionTimeout']} isShort />
      <TextSetting path={['smtp', 'commandTimeout']} isShort />
      <TextSetting path={['smtp', 'dataTimeout']} isShort />
      <TextSetting path={['smtp', 'minDataRate']} isShort />
      <TextSetting path={['smtp', 'oldDevices', 'maxConnections']} isNumber />
      <TextSetting path={['smtp', 'oldDevices', 'maxConnectionsPerClient']} isNumber />
    </Fields>
  )
}
