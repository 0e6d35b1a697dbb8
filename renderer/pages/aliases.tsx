/** The aliases: further addresses, and who gets their mail. */
import { Plus, X } from 'lucide-react'
import { useContext, useState } from 'react'
import { Button, IconButton } from '../parts/button.tsx'
import { ChangedMark, FieldFrame, Problems, useRevert } from '../parts/field.tsx'
import { holds, SearchContext } from '../parts/search.ts'
import { useTyping } from '../parts/words-setting.tsx'
import { formatPath, renamed } from '../state/paths.ts'
import { useDesk, useProblems, useSetting } from '../state/use.ts'
import { optionOf } from '../words/options.ts'

type Targets = Readonly<Record<string, readonly string[]>>

export function Aliases() {
  const { store } = useDesk()
  const { value: aliases, set, isChanged } = useSetting<Targets>(['aliases'])
  const searched = useContext(SearchContext)
  const { label, sentence } = optionOf(['aliases'])
  const entries = Object.entries(aliases).filter(([key, to]) => holds(searched, label, key, ...to))
  return (
    <FieldFrame path={['aliases']} isChanged={isChanged}>
      <p className="field-label">
        {label} <ChangedMark isChanged={isChanged} />
      </p>
      <p className="sentence">{sentence}</p>
      {entries.length === 0 ? (
        <p className="muted">None yet. Add one for an address such as info@ that several people share.</p>
      ) : (
        <div className="pairs">
          <div className="pair pair-head" aria-hidden>
            <span>Address</span>
            <span>Goes to</span>
          </div>
          {entries.map(([key, targets], at) => (
            <Alias
              // biome-ignore lint/suspicious/noArrayIndexKey: the address itself is edited.
              key={at}
              address={key}
              targets={targets}
              onRename={fresh => set(renamed(aliases, key, fresh), true)}
              isTaken={fresh => fresh !== key && Object.hasOwn(aliases, fresh)}
              onRemove={() =>
                set(Object.fromEntries(Object.entries(aliases).filter(([name]) => name !== key)))
              }
            />
          ))}
        </div>
      )}
      <Button
        icon={Plus}
        isDisabled={Object.hasOwn(aliases, '')}
        onPress={() => {
          set({ ...aliases, '': [] })
          // Its path is its address, which changes while it is typed.
          store.spare('aliases')
          store.go({ page: 'local-mail', target: formatPath(['aliases', '']) })
        }}
      >
        Add alias
      </Button>
    </FieldFrame>
  )
}

interface AliasProps {
  readonly address: string
  readonly targets: readonly string[]
  onRename(fresh: string): void
  isTaken(fresh: string): boolean
  onRemove(): void
}

function Alias({ address, targets, onRename, isTaken, onRemove }: AliasProps) {
  const { store } = useDesk()
  const path = ['aliases', address]
  const problems = useProblems(path, true)
  const typing = useTyping(targets, words => store.edit(path, words, true))
  const keys = useRevert(address, onRename)
  const [clash, setClash] = useState<string>()
  return (
    <div data-path={formatPath(path)}>
      <div className="pair">
        <input
          className="input"
          aria-label="Address of the alias"
          aria-invalid={problems.length > 0 || clash !== undefined}
          value={clash ?? address}
          placeholder="info@example.com"
          spellCheck={false}
          {...keys}
          onChange={event => {
            const fresh = event.target.value
            setClash(isTaken(fresh) ? fresh : undefined)
            if (!isTaken(fresh)) onRename(fresh)
          }}
          onBlur={() => {
            setClash(undefined)
            keys.onBlur()
          }}
        />
        <input
          className="input"
          aria-label={`Who gets mail to ${address || 'the alias'}`}
          data-option="aliases[]"
          placeholder="support, boss@elsewhere.example"
          spellCheck={false}
          {...typing}
          onChange={event => typing.onChange(event.target.value)}
        />
        <IconButton icon={X} label={`Remove the alias ${address}`} onPress={onRemove} />
      </div>
      {clash !== undefined && (
        <p className="problems">There is an alias {clash} already: write another address.</p>
      )}
      <Problems problems={problems} />
    </div>
  )
}
