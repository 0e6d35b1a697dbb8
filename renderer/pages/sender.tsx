/** One mail sender: for which domains, which way, with what sign-in. */
import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../parts/button.tsx'
import { SelectSetting } from '../parts/choice-setting.tsx'
import { Problems } from '../parts/field.tsx'
import { TextSetting } from '../parts/text-setting.tsx'
import { WordsSetting } from '../parts/words-setting.tsx'
import { formatPath } from '../state/paths.ts'
import type { RouteDraft } from '../state/settings.ts'
import { useDesk, useProblems } from '../state/use.ts'
import { choiceLabel } from '../words/options.ts'
import { RouteLimits } from './route-limits.tsx'
import { SignIn } from './sign-in.tsx'

interface SenderProps {
  readonly index: number
  readonly count: number
  readonly route: RouteDraft
  onMove(to: number): void
  onRemove(): void
}

export function Sender({ index, count, route, onMove, onRemove }: SenderProps) {
  const path = ['delivery', 'routes', index] as const
  const { store } = useDesk()
  const problems = useProblems(path)
  const [isMore, setMore] = useState(
    route.trust !== undefined ||
      (route.sendAs ?? null) !== null ||
      route.port !== undefined ||
      route.limits !== undefined ||
      (route.senders ?? []).length + (route.users ?? []).length > 0,
  )
  const goesToHosts = route.via === 'smart-host' || route.via === 'lmtp'
  const number = index + 1
  const label = choiceLabel([...path, 'via'], route.via) ?? route.via
  const tidy = () => {
    // A way without servers has neither servers nor a sign-in; both would be refused.
    if (goesToHosts || (route.hosts.length === 0 && !route.login)) return
    const { login: _, ...rest } = route
    store.edit([...path], { ...rest, hosts: [] })
  }
  const handleMove = (event: React.KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    onMove(event.key === 'ArrowUp' ? index - 1 : index + 1)
  }
  return (
    <section
      className="card"
      aria-label={`Sender ${number}`}
      data-path={formatPath(path)}
      onKeyDown={handleMove}
    >
      <div className="card-head">
        <h2>
          <span className="number" aria-hidden>
            {number}
          </span>
          {toWords(route.to)} <span className="muted">· {label}</span>
        </h2>
        <div className="card-actions">
          <IconButton
            icon={ArrowUp}
            label={`Move sender ${number} up`}
            isDisabled={index === 0}
            onPress={() => onMove(index - 1)}
          />
          <IconButton
            icon={ArrowDown}
            label={`Move sender ${number} down`}
            isDisabled={number === count}
            onPress={() => onMove(index + 1)}
          />
          <IconButton icon={X} label={`Remove sender ${number}`} onPress={onRemove} />
        </div>
      </div>
      <div className="card-fields">
        <WordsSetting path={[...path, 'to']} placeholder="*" />
        <SelectSetting path={[...path, 'via']} />
        {goesToHosts && <WordsSetting path={[...path, 'hosts']} placeholder="smtp.provider.example:587" />}
        {route.via !== 'hold' && <SelectSetting path={[...path, 'encryption']} />}
      </div>
      {!goesToHosts && (route.hosts.length > 0 || route.login) && (
        <p className="problems">
          This way uses no servers and no sign-in.{' '}
          <button type="button" className="link" onClick={tidy}>
            Remove what stands there
          </button>
        </p>
      )}
      {goesToHosts && <SignIn path={path} route={route} />}
      <details className="more" open={isMore} onToggle={event => setMore(event.currentTarget.open)}>
        <summary>More</summary>
        <div className="card-fields">
          <WordsSetting path={[...path, 'senders']} placeholder="newsletter@example.com" />
          <WordsSetting path={[...path, 'users']} placeholder="fred" />
          {route.via !== 'hold' && (
            <TextSetting path={[...path, 'sendAs']} placeholder="office@provider.example" isOptional />
          )}
          {route.via === 'mx' && (
            <TextSetting path={[...path, 'port']} placeholder="25" isNumber isOptional />
          )}
          {goesToHosts && (route.encryption !== 'none' || route.trust !== undefined) && (
            <TextSetting path={[...path, 'trust']} placeholder="/etc/ssl/office-mail.pem" isOptional />
          )}
        </div>
        {route.via !== 'hold' && <RouteLimits path={path} />}
      </details>
      <Problems problems={problems} />
    </section>
  )
}

function toWords(to: readonly string[]): string {
  if (to.length === 0) return 'No domain yet'
  return to.includes('*') ? 'Every domain' : to.join(', ')
}
