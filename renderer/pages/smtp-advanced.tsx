/** The Advanced tab: the banner's host name, and what counts as the own network. */

import { AutoSetting } from '../parts/auto-setting.tsx'
import { Fields } from '../parts/page.tsx'
import { TextSetting } from '../parts/text-setting.tsx'
import { useReady } from '../state/use.ts'

export function AdvancedTab() {
  const { hostname, localNetworks, routers } = useReady(ready => ready.machine)
  return (
    <Fields>
      <TextSetting path={['hostname']} placeholder={hostname} />
      <AutoSetting path={['localNetworks']} found={localNetworks} placeholder="192.168.1.0/24, 10.8.0.0/24" />
      <AutoSetting path={['routers']} found={routers} placeholder="192.168.1.1" />
    </Fields>
  )
}
