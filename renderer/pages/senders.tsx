/** Mail senders: the ways mail leaves, in their order, and when it is tried again. */
import { Plus, Send } from 'lucide-react'
import { useState } from 'react'
import { AutoSetting } from '../parts/auto-setting.tsx'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/notice.tsx'
import { Page, Section } from '../parts/page.tsx'
import { SwitchSetting } from '../parts/switch-setting.tsx'
import { TextSetting } from '../parts/text-setting.tsx'
import { WordsSetting } from '../parts/words-setting.tsx'
import { moved } from '../state/paths.ts'
import type { RouteDraft } from '../state/settings.ts'
import { useDesk, useSetting } from '../state/use.ts'
import { SendTest } from './send-test.tsx'
import { Sender } from './sender.tsx'

const newRoute: RouteDraft = {
  to: ['*'],
  via: 'smart-host',
  hosts: [],
  encryption: 'starttls-required',
  plaintextLogin: 'never',
}

export function SendersPage() {
  const { value: routes, set } = useSetting<readonly RouteDraft[]>(['delivery', 'routes'])
  const [isTesting, setTesting] = useState(false)
  const { store } = useDesk()
  const add = () => {
    set([...routes, newRoute])
    store.spare(`delivery.routes[${routes.length}]`)
    store.go({ page: 'senders', target: `delivery.routes[${routes.length}].hosts` })
  }
  return (
    <Page
      title="Mail senders"
      sentence="How mail leaves: from the top, the first sender that matches takes it."
      actions={
        <>
          <Button icon={Send} onPress={() => setTesting(true)}>
            Send a test
          </Button>
          <Button icon={Plus} onPress={add}>
            Add sender
          </Button>
        </>
      }
    >
      <div className="settings settings-wide">
        {routes.length === 0 && (
          <Empty title="No sender yet: mail to addresses outside is held.">
            <p className="muted">
              Add your provider’s mail server as a smart host: its name, port, and the user name and password
              they gave you. Held mail then goes out by itself.
            </p>
            <Button kind="main" icon={Plus} onPress={add}>
              Add sender
            </Button>
          </Empty>
        )}
        {routes.map((route, index) => (
          <Sender
            // biome-ignore lint/suspicious/noArrayIndexKey: senders have no name but their place.
            key={index}
            index={index}
            count={routes.length}
            route={route}
            onMove={to => set(moved(routes, index, to))}
            onRemove={() => set(routes.toSpliced(index, 1))}
          />
        ))}
        <Section title="When a server doesn’t answer">
          <WordsSetting path={['delivery', 'retry']} />
          <div className="card-fields">
            <TextSetting path={['delivery', 'warnAfter']} isShort />
            <TextSetting path={['delivery', 'giveUpAfter']} isShort />
          </div>
          <SwitchSetting path={['delivery', 'copyBouncesToPostmaster']} />
        </Section>
        <Section title="When something needs you">
          <div className="card-fields">
            <TextSetting path={['delivery', 'alerts', 'stuckAfter']} isShort />
            <TextSetting path={['delivery', 'alerts', 'minimumFreeDisk']} isShort />
          </div>
          <WordsSetting path={['delivery', 'alerts', 'mailTo']} placeholder="you@example.com" />
        </Section>
        <Section title="Connections">
          <TextSetting path={['delivery', 'connections']} isNumber />
          <AutoSetting path={['delivery', 'dnsServers']} placeholder="192.0.2.53, 192.0.2.54:53" />
        </Section>
      </div>
      <SendTest isOpen={isTesting} onClose={() => setTesting(false)} />
    </Page>
  )
}
