/** The Users cell: who may send by this row, picked from the accounts. */
import { useRef, useState } from 'react'
import { Checkbox, CheckboxGroup, Dialog, Label, Popover } from 'react-aria-components'
import { useReady } from '../state/use.ts'
import { capital } from '../words/plain.ts'
import type { CellProps } from './cell.ts'
import { FixedCell } from './fixed-cell.tsx'

export function UsersCell({ row, where, tabIndex, set }: CellProps) {
  const button = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)
  const { users } = row
  if (row.action === 'block' && users.length === 0)
    return <FixedCell tabIndex={tabIndex} label={`Users, ${where}: has no meaning on a row that blocks`} />
  return (
    <>
      {/* A button of the browser's own: there is one in each of very many rows. */}
      <button
        type="button"
        ref={button}
        className="cell-input users-button"
        data-widget
        tabIndex={tabIndex}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-label={`Users, ${where}: ${users.join(', ') || 'every user'}`}
        onClick={() => setOpen(true)}
      >
        {users.length === 0 ? (
          <span className="muted">all</span>
        ) : (
          users.map(name => (
            <span className="chip" key={name}>
              {name}
            </span>
          ))
        )}
      </button>
      {isOpen && (
        <Popover
          className="popover"
          placement="bottom start"
          triggerRef={button}
          isOpen
          onOpenChange={setOpen}
        >
          <Picker row={row} where={where} set={set} />
        </Popover>
      )}
    </>
  )
}

function Picker({ row: { users }, where, set }: Pick<CellProps, 'row' | 'where' | 'set'>) {
  const accounts = useReady(({ draft }) => draft.settings.users)
  const names = namesOf(
    accounts.map(({ name }) => name),
    users,
  )
  return (
    <Dialog className="picker" aria-label={`Users of ${where}`}>
      <CheckboxGroup className="picker-list" value={[...users]} onChange={picked => set({ users: picked })}>
        <Label>{capital(where)}: who may send from here, after logging on</Label>
        {names.map(name => (
          <Checkbox className="checkbox" key={name} value={name}>
            <span className="checkbox-mark" aria-hidden />
            <span>
              {name}{' '}
              {accounts.some(account => account.name === name) ? (
                ''
              ) : (
                <span className="muted">no such account</span>
              )}
            </span>
          </Checkbox>
        ))}
      </CheckboxGroup>
      {names.length === 0 && <p className="muted">There are no accounts yet: add them on the Users page.</p>}
      <p className="muted">None ticked: every user.</p>
    </Dialog>
  )
}

/** The accounts, and names in the row that are none. */
function namesOf(accounts: readonly string[], users: readonly string[]): readonly string[] {
  return [...accounts, ...users.filter(name => !accounts.includes(name))]
}
