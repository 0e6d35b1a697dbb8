/** Users: the accounts, and the one that is edited beside them. */
import { Plus } from 'lucide-react'
import { useContext, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { holds, SearchContext } from '../parts/search.ts'
import type { UserDraft } from '../state/settings.ts'
import { useDesk, usePlace, useSetting } from '../state/use.ts'
import { UserForm } from './user-form.tsx'

export function UsersPage() {
  const { store } = useDesk()
  const { value: users, set } = useSetting<readonly UserDraft[]>(['users'])
  const { target } = usePlace()
  const pointed = Number(/^users\[(\d+)\]/.exec(target ?? '')?.[1] ?? 0)
  const [chosen, setChosen] = useState(pointed)
  const [seen, setSeen] = useState(target)
  if (seen !== target) {
    setSeen(target)
    setChosen(pointed)
  }
  const add = () => {
    set([...users, { name: '', addresses: [], enabled: true, forwardTo: [], keepCopy: true }])
    store.spare(`users[${users.length}]`)
    store.go({ page: 'users', target: `users[${users.length}].name` })
  }
  const open = users[Math.min(chosen, users.length - 1)]
  const index = open ? users.indexOf(open) : -1
  return (
    <Page
      title="Users"
      sentence="Who gets mail here, and who may log on to send."
      search="Search the users"
      actions={
        <Button icon={Plus} onPress={add}>
          Add user
        </Button>
      }
    >
      {open ? (
        <div className="beside">
          <UserList users={users} chosen={index} onChoose={setChosen} />
          <UserForm key={index} index={index} onRemove={() => set(users.toSpliced(index, 1))} />
        </div>
      ) : (
        <Empty title="No users yet.">
          <p className="muted">
            Add one for everybody who gets mail at your domain, or who sends from outside the office.
          </p>
          <Button kind="main" icon={Plus} onPress={add}>
            Add user
          </Button>
        </Empty>
      )}
    </Page>
  )
}

interface UserListProps {
  readonly users: readonly UserDraft[]
  readonly chosen: number
  onChoose(index: number): void
}

function UserList({ users, chosen, onChoose }: UserListProps) {
  const searched = useContext(SearchContext)
  const found = users
    .map((user, index) => ({ user, index }))
    .filter(({ user }) => holds(searched, user.name, ...user.addresses, ...user.forwardTo))
  if (found.length === 0) return <Empty title={`No user matches “${searched}”.`} />
  return (
    <ul className="picks" aria-label="Users">
      {found.map(({ user, index }) => (
        <li key={index}>
          <button
            type="button"
            className="pick"
            aria-current={index === chosen || undefined}
            onClick={() => onChoose(index)}
          >
            <span className="pick-name">
              {user.name || 'New user'} {!user.enabled && <span className="tag">off</span>}
            </span>
            <span className="muted">
              {user.addresses[0] ?? 'no address'}
              {user.addresses.length > 1 && ` +${user.addresses.length - 1}`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
