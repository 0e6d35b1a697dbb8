/** One user: name, addresses, password, forwarding. */
import { Trash2 } from 'lucide-react'
import { Button } from '../parts/button.tsx'
import { CheckSetting, SwitchSetting } from '../parts/switch-setting.tsx'
import { TextSetting } from '../parts/text-setting.tsx'
import { WordsSetting } from '../parts/words-setting.tsx'
import { formatPath } from '../state/paths.ts'
import type { UserDraft } from '../state/settings.ts'
import { useReady, useSetting } from '../state/use.ts'
import { LastLogOn } from './last-log-on.tsx'
import { PasswordField } from './password-field.tsx'

export function UserForm({ index, onRemove }: { readonly index: number; onRemove(): void }) {
  const path = ['users', index] as const
  const { value: user } = useSetting<UserDraft | undefined>(path)
  const domains = useReady(({ draft }) => draft.settings.localDomains)
  const isKnown = useReady(({ users }) => users.some(({ name }) => name === user?.name))
  if (!user) return null
  return (
    <section
      className="card user-form"
      aria-label={`User ${user.name || 'without a name'}`}
      data-path={formatPath(path)}
    >
      <div className="card-head">
        <div>
          <h2>{user.name || 'New user'}</h2>
          {isKnown ? (
            <LastLogOn key={user.name} name={user.name} />
          ) : (
            <p className="muted">Not applied yet.</p>
          )}
        </div>
        <Button icon={Trash2} onPress={onRemove}>
          Remove
        </Button>
      </div>
      <TextSetting path={[...path, 'name']} />
      <WordsSetting path={[...path, 'addresses']} placeholder={`name@${domains[0] ?? 'example.com'}`} />
      <PasswordField index={index} name={user.name} />
      <SwitchSetting path={[...path, 'enabled']} />
      <WordsSetting path={[...path, 'forwardTo']} placeholder="name@provider.example" />
      {user.forwardTo.length > 0 && <CheckSetting path={[...path, 'keepCopy']} />}
      <TextSetting path={[...path, 'sendAs']} placeholder="office@provider.example" isOptional />
    </section>
  )
}
