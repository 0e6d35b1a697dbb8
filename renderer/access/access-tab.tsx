/** The IP Access Restrictions tab: try an address, the rows, and who can send by them. */
import { CheckSetting } from '../parts/switch-setting.tsx'
import { LetRemoteUsersSend } from '../setup/remote-users.tsx'
import { useReady } from '../state/use.ts'
import { Grid } from './grid.tsx'
import { HostNames } from './host-names.tsx'
import { TryAddress } from './try-address.tsx'
import { WhoCanSend } from './who-can-send.tsx'

const list = ['smtp', 'access'] as const

export function AccessTab() {
  const antiRelay = useReady(({ draft }) => draft.settings.smtp.antiRelay)
  return (
    <div className="access">
      <div className="access-rows">
        <TryAddress />
        <Grid list={list} label="IP Access Restrictions" />
        <HostNames />
      </div>
      <WhoCanSend />
      <div className="access-more">
        <p className="muted access-note">
          The first row that matches the address decides. Mail for your own users is accepted from everywhere
          {antiRelay === 'client-address' ? '' : ' that may connect'}; these rows decide who may send to the
          rest of the world.
        </p>
        <CheckSetting path={['smtp', 'useGlobalAccess']} />
        <div>
          <LetRemoteUsersSend />
        </div>
      </div>
    </div>
  )
}
