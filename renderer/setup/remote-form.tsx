/** Who may send from outside, and whether the office logs on too. */
import type { Requests } from '../../main/bridge.ts'
import { Notice } from '../parts/notice.tsx'
import { PlainChoice, type PlainChoiceOption, PlainText } from '../parts/plain-fields.tsx'
import { wordsIn } from '../parts/words-setting.tsx'
import type { AccessRow, Problem } from '../state/settings.ts'
import type { Ready } from '../state/state.ts'
import { useReady } from '../state/use.ts'
import { problemAt } from './form.ts'

type Asked = Parameters<Requests['planRemoteUsers']>[0]

export interface RemoteForm {
  readonly who: 'some' | 'every'
  readonly users: readonly string[]
  readonly makesUser: boolean
  readonly name: string
  readonly addresses: string
  readonly password: string
  readonly office: 'freely' | 'logs-on'
}

/** Ticked are those whom a row for every address names already: who else may send is for a person to say. */
export function firstChoice(accounts: Ready['users'], rows: readonly AccessRow[]): RemoteForm {
  const makesUser = accounts.length === 0
  const named = new Set(
    rows.flatMap(({ enabled, action, from, users }) =>
      enabled && action === 'allow' && from === 'any' ? users.map(name => name.toLowerCase()) : [],
    ),
  )
  return {
    who: 'some',
    users: accounts.map(({ name }) => name).filter(name => named.has(name.toLowerCase())),
    makesUser,
    name: '',
    addresses: '',
    password: '',
    office: 'freely',
  }
}

export function askedOf({ who, users, makesUser, name, addresses, password, office }: RemoteForm): Asked {
  const newUser = { name: name.trim(), addresses: [...wordsIn(addresses)], password }
  return {
    users: [...users],
    everyUser: who === 'every',
    officeLogsOn: office === 'logs-on',
    ...(makesUser && { newUser }),
  }
}

const whoChoices: readonly PlainChoiceOption<RemoteForm['who']>[] = [
  { value: 'some', label: 'These users', sentence: 'Nobody else can send from the Internet.' },
  { value: 'every', label: 'Every user', sentence: 'Whoever has an account, now or later.' },
]

const officeChoices: readonly PlainChoiceOption<RemoteForm['office']>[] = [
  {
    value: 'freely',
    label: 'As it does now, without logging on',
    sentence: 'Allow Unauth is ticked for Local Nets. Printers and programs need no change.',
  },
  {
    value: 'logs-on',
    label: 'Only after logging on, too',
    sentence: 'Every program and printer in the office then needs a name and a password.',
  },
]

interface WhoAndHowProps {
  readonly form: RemoteForm
  readonly problems: readonly Problem[]
  edit(change: Partial<RemoteForm>): void
}

export function WhoAndHow({ form, problems, edit }: WhoAndHowProps) {
  const elsewhere = problems.filter(({ path }) => path !== 'users' && !path.startsWith('newUser'))
  return (
    <div className="first-step">
      <p>
        People at home and on the road may send through this server once they have logged on with name and
        password: their addresses change, so only a password can tell who they are. Mail that comes in from
        other servers needs no log-on.
      </p>
      {elsewhere.length > 0 && (
        <Notice tone="bad">
          <ul>
            {elsewhere.map(({ path, text }) => (
              <li key={`${path} ${text}`}>{text}</li>
            ))}
          </ul>
        </Notice>
      )}
      <PlainChoice
        label="Who may send from the Internet?"
        sentence="They always log on first, wherever they are."
        value={form.who}
        choices={whoChoices}
        problem={problemAt(problems, 'users')}
        onChange={who => edit({ who })}
      />
      {form.who === 'some' && <Users form={form} edit={edit} />}
      <NewUser form={form} edit={edit} problems={problems} />
      <PlainChoice
        label="How does the office send?"
        value={form.office}
        choices={officeChoices}
        onChange={office => edit({ office })}
      />
    </div>
  )
}

function Users({ form, edit }: Omit<WhoAndHowProps, 'problems'>) {
  const accounts = useReady(({ users }) => users)
  if (accounts.length === 0) return null
  return (
    <fieldset className="question-users">
      <legend>Users</legend>
      {accounts.map(({ name, enabled, hasPassword }) => (
        <label className="plain-check" key={name}>
          <input
            type="checkbox"
            checked={form.users.includes(name)}
            onChange={({ target }) =>
              edit({ users: target.checked ? [...form.users, name] : form.users.filter(one => one !== name) })
            }
          />{' '}
          {name}
          {!enabled && <span className="tag">off</span>}
          {enabled && !hasPassword && <span className="tag tag-warning">no password</span>}
        </label>
      ))}
    </fieldset>
  )
}

function NewUser({ form, problems, edit }: WhoAndHowProps) {
  const domain = useReady(({ base }) => base.localDomains[0])
  return (
    <>
      <label className="plain-check">
        <input
          type="checkbox"
          checked={form.makesUser}
          onChange={({ target }) => edit({ makesUser: target.checked })}
        />{' '}
        Make a new user, who may send too
      </label>
      {form.makesUser && (
        <fieldset className="card question-user">
          <legend>New user</legend>
          <PlainText
            label="Name"
            sentence="To log on with."
            value={form.name}
            problem={problemAt(problems, 'newUser.name')}
            onChange={name => edit({ name })}
          />
          {domain && (
            <PlainText
              label="Addresses"
              sentence="Whose mail comes to this user; none is possible too. Separate several with commas."
              placeholder={`name@${domain}`}
              value={form.addresses}
              problem={problems.find(({ path }) => path.startsWith('newUser.addresses'))?.text}
              onChange={addresses => edit({ addresses })}
            />
          )}
          <PlainText
            label="Password"
            sentence="Twelve characters or more. Only a hash of it is stored."
            isSecret
            value={form.password}
            problem={problemAt(problems, 'newUser.password')}
            onChange={password => edit({ password })}
          />
        </fieldset>
      )}
    </>
  )
}
