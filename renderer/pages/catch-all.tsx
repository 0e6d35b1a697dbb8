/** The catch-alls: for each local domain who gets mail to addresses that nobody has. */
import { ChangedMark, FieldFrame, Problems, useRevert } from '../parts/field.tsx'
import { formatPath } from '../state/paths.ts'
import { useDesk, useProblems, useReady, useSetting } from '../state/use.ts'
import { optionOf } from '../words/options.ts'

export function CatchAll() {
  const { value: catchAll, isChanged } = useSetting<Readonly<Record<string, string>>>(['catchAll'])
  const domains = useReady(({ draft }) => draft.settings.localDomains)
  const { label, sentence } = optionOf(['catchAll'])
  const all = [...new Set([...domains, ...Object.keys(catchAll)])]
  return (
    <FieldFrame path={['catchAll']} isChanged={isChanged}>
      <p className="field-label">
        {label} <ChangedMark isChanged={isChanged} />
      </p>
      <p className="sentence">{sentence}</p>
      {all.length === 0 && <p className="muted">Write a local domain above first.</p>}
      {all.length > 0 && (
        <div className="pairs">
          {all.map(domain => (
            <Domain key={domain} domain={domain} target={catchAll[domain]} />
          ))}
        </div>
      )}
    </FieldFrame>
  )
}

/** Stands in the list for an address that is written by hand. */
const other = '@'

function Domain({ domain, target }: { readonly domain: string; readonly target: string | undefined }) {
  const { store } = useDesk()
  const users = useReady(({ draft }) => draft.settings.users)
  const path = ['catchAll', domain]
  const problems = useProblems(path)
  const isOther = target !== undefined && !users.some(({ name }) => name === target)
  const choose = (chosen: string) => {
    if (chosen !== other) store.edit(path, chosen === '' ? undefined : chosen)
    else if (!isOther) store.edit(path, '')
  }
  return (
    <div data-path={formatPath(path)}>
      <div className="pair">
        <span className="pair-name">*@{domain}</span>
        <select
          className="input"
          aria-label={`Catch-all of ${domain}`}
          data-option="catchAll[]"
          value={isOther ? other : (target ?? '')}
          onChange={event => choose(event.target.value)}
        >
          <option value="">nobody: such mail is refused</option>
          {users.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          <option value={other}>another address…</option>
        </select>
      </div>
      {isOther && <OtherAddress domain={domain} target={target} />}
      <Problems problems={problems} />
    </div>
  )
}

function OtherAddress({ domain, target }: { readonly domain: string; readonly target: string }) {
  const { store } = useDesk()
  const set = (text: string) => store.edit(['catchAll', domain], text, true)
  const keys = useRevert(target, set)
  return (
    <div className="pair">
      <span />
      <input
        className="input"
        aria-label={`Address for the catch-all of ${domain}`}
        data-option="catchAll[]"
        value={target}
        placeholder="boss@elsewhere.example"
        spellCheck={false}
        {...keys}
        onChange={event => set(event.target.value)}
      />
    </div>
  )
}
