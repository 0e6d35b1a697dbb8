/** The four questions: domain, where its mail goes, how mail leaves, who may send. */

import { Notice } from '../parts/notice.tsx'
import { PlainChoice, type PlainChoiceOption, PlainText } from '../parts/plain-fields.tsx'
import type { FirstForm } from '../state/first-form.ts'
import { useReady } from '../state/use.ts'
import { newUserStep, problemAt } from './form.ts'
import type { QuestionProps } from './question.ts'
import { SignInFields } from './sign-in-fields.tsx'

export function DomainQuestion({ form, edit, problems }: QuestionProps) {
  return (
    <PlainText
      label="What is the domain of your mail addresses?"
      sentence="The part behind the @, such as example.com. This server also takes its full name from it."
      placeholder="example.com"
      value={form.domain}
      problem={problemAt(problems, 'domain') ?? problemAt(problems, 'hostname')}
      onChange={domain => edit({ domain })}
    />
  )
}

const mailChoices: readonly PlainChoiceOption<FirstForm['mail']>[] = [
  {
    value: 'elsewhere',
    label: 'Mailboxes at a provider',
    sentence:
      'Everybody collects mail there: at your web host, Microsoft 365 or Google. Mail to colleagues goes out like all other mail.',
  },
  {
    value: 'here',
    label: 'Mailboxes on this machine',
    sentence: 'Mail for your domain comes to this server and stays in its mail folder.',
  },
  {
    value: 'office-server',
    label: 'Another mail server in the office',
    sentence: 'What your computers send to colleagues is handed to that server.',
  },
]

const foundWords = {
  elsewhere: 'DNS says that mail for your domain goes to a mail server on the Internet.',
  'microsoft-365': 'DNS says that mail for your domain goes to Microsoft 365.',
  google: 'DNS says that mail for your domain goes to Google.',
  unknown: 'DNS names no mail server for your domain, or did not answer.',
}

export function MailQuestion({ form, edit, problems }: QuestionProps) {
  const accounts = useReady(({ base }) => base.users.length)
  return (
    <>
      {form.found && (
        <Notice tone="plain">
          <p>{foundWords[form.found.mail]}</p>
        </Notice>
      )}
      <PlainChoice
        label={`Where does mail for ${form.domain.trim() || 'your domain'} go?`}
        value={form.mail}
        choices={mailChoices}
        onChange={mail => edit({ mail })}
      />
      {form.mail === 'office-server' && (
        <PlainText
          label="That server"
          sentence="Its name or address; the port is 25 unless you write another behind a colon."
          placeholder="192.168.1.20"
          value={form.officeServer}
          problem={problemAt(problems, 'officeServer')}
          onChange={officeServer => edit({ officeServer })}
        />
      )}
      {newUserStep(form, accounts) === 'mail' && <NewUser {...{ form, edit, problems }} isMailbox />}
    </>
  )
}

const leaveChoices: readonly PlainChoiceOption<FirstForm['leaves']>[] = [
  {
    value: 'provider',
    label: 'By your provider’s mail server',
    sentence: 'It takes your mail and passes it on: an SMTP relay, or smart host.',
  },
  {
    value: 'microsoft-365',
    label: 'By Microsoft 365',
    sentence: 'Signs in as one of your mailboxes there.',
  },
  { value: 'google', label: 'By Google', sentence: 'Signs in as one of your Gmail or Workspace accounts.' },
  {
    value: 'direct',
    label: 'Direct, to each recipient’s mail server',
    sentence: 'Without a provider between. Only for a line with a fixed address of its own.',
  },
]

export function LeavesQuestion({ form, edit, problems }: QuestionProps) {
  return (
    <>
      <PlainChoice
        label="How does mail leave your office?"
        value={form.leaves}
        choices={leaveChoices}
        onChange={leaves => edit({ leaves })}
      />
      <SignInFields form={form} edit={edit} problems={problems} />
    </>
  )
}

const peopleChoices: readonly PlainChoiceOption<FirstForm['people']>[] = [
  {
    value: 'office',
    label: 'The computers and printers of this office',
    sentence: 'Without logging on. Nobody else: the router and the Internet are refused.',
  },
  {
    value: 'office-and-remote',
    label: 'The office, and users on the road or at home',
    sentence: 'Outside the office they log on with name and password first.',
  },
  {
    value: 'after-log-on',
    label: 'Only who logs on, and only in the office',
    sentence: 'Every program and printer needs a name and a password.',
  },
]

export function PeopleQuestion({ form, edit, problems }: QuestionProps) {
  const accounts = useReady(({ base }) => base.users)
  const networks = useReady(({ machine }) => machine.localNetworks)
  const office = networks.find(network => !/^(127\.|::1|fe80|169\.254)/i.test(network))
  const makes = newUserStep(form, accounts.length)
  return (
    <>
      <PlainChoice
        label="Who may send through this server to addresses outside?"
        sentence={office ? `This machine stands in the network ${office}: that is the office.` : ''}
        value={form.people}
        choices={peopleChoices}
        problem={problemAt(problems, 'users')}
        onChange={people => edit({ people })}
      />
      {form.people === 'office-and-remote' && accounts.length > 0 && (
        <fieldset className="question-users">
          <legend>Who may send from outside</legend>
          {accounts.map(({ name }) => (
            <label className="plain-check" key={name}>
              <input
                type="checkbox"
                checked={form.users.includes(name)}
                onChange={({ target }) =>
                  edit({
                    users: target.checked ? [...form.users, name] : form.users.filter(one => one !== name),
                  })
                }
              />{' '}
              {name}
            </label>
          ))}
        </fieldset>
      )}
      {makes === 'people' && <NewUser {...{ form, edit, problems }} />}
      {makes === 'mail' && form.people !== 'office' && form.newName !== '' && (
        <p className="muted">{form.newName}, whose mailbox you made above, may log on.</p>
      )}
    </>
  )
}

function NewUser({ form, edit, problems, isMailbox }: QuestionProps & { readonly isMailbox?: true }) {
  const address = `${form.newName.trim() || 'name'}@${form.domain.trim() || 'example.com'}`
  return (
    <fieldset className="card question-user">
      <legend>{isMailbox ? 'The first mailbox' : 'The first user'}</legend>
      <PlainText
        label="Name"
        sentence={
          isMailbox ? `Gets the address ${address}. More follow on the Users page.` : 'To log on with.'
        }
        value={form.newName}
        problem={problemAt(problems, 'newUser.name') ?? problemAt(problems, 'newUser.addresses[0]')}
        onChange={newName => edit({ newName })}
      />
      <PlainText
        label="Password"
        sentence="Twelve characters or more. Only a hash of it is stored."
        isSecret
        value={form.newPassword}
        problem={problemAt(problems, 'newUser.password')}
        onChange={newPassword => edit({ newPassword })}
      />
    </fieldset>
  )
}
