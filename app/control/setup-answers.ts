/** Answers about the set-up: how far it is, what this machine suggests, and the first questions made into settings. */
import { hostPort } from '../delivery/next-hop.ts'
import { parseSettings } from '../settings/parse.ts'
import type { Secrets } from '../settings/secrets.ts'
import type { Applied, Parsed, Settings } from '../settings/settings.ts'
import type { Plan, RemoteUsers } from './control.ts'
import type { FirstAnswers } from './first-answers.ts'
import { signsInByOAuth, typedName } from './first-route.ts'
import { answerProblems, withAnswers, withPostmaster } from './first-run.ts'
import { consentBy } from './open-relay-guard.ts'
import { addingUser, type Change, planOf } from './plan.ts'
import { lettingRemoteUsers, type RemoteParts } from './remote-answers.ts'
import { remoteNotes } from './remote-users.ts'
import { type FoundMail, findDomain, findMail, type SetupState, setupState } from './setup.ts'

export interface Setup {
  readonly state: SetupState
  /** As this machine knows it; empty where it knows none. */
  readonly domain: string
}

/** `password` is that of the sign-in, or the client's secret; without one the kept one stays. `sentence` as for drafts. */
export interface SetupAnswers {
  setup(): Promise<Setup>
  findMail(domain: string): Promise<FoundMail>
  planFirstRun(answers: FirstAnswers, password: string): Promise<Plan>
  /** One change, undone as one; the password is kept first, apart from the settings. */
  applyFirstRun(answers: FirstAnswers, password: string, sentence?: string): Promise<Applied>
  /** "Let remote users send" as the window asks for it. */
  letIn(asked: RemoteUsers, sentence?: string): Promise<Applied>
}

export interface SetupParts extends RemoteParts {
  /** Named are those that a person typed: a sign-in of before is no password. */
  readonly secrets: Pick<Secrets, 'names' | 'set'>
}

export function setupAnswers(parts: SetupParts): SetupAnswers {
  const { store, checks, secrets } = parts
  const changeOf = async (answers: FirstAnswers, password: string): Promise<Change> => {
    const name = typedName(answers, store.current.raw)
    const kept = password !== '' || name === undefined || secrets.names().includes(name)
    const problems = answerProblems(answers, store.current.settings.users, kept)
    return problems.length > 0 ? () => ({ ok: false, problems }) : answering(answers, parts)
  }
  return {
    async setup() {
      const { raw, settings } = store.current
      const [history, domain] = await Promise.all([store.history(), findDomain()])
      return { state: setupState(raw, settings, history.length), domain }
    },
    findMail,
    planFirstRun: async (answers, password) =>
      planOf(store.current.raw, await changeOf(answers, password), checks, settings =>
        notesOn(settings, answers),
      ),
    async applyFirstRun(answers, password, sentence) {
      const change = await changeOf(answers, password)
      const planned = planOf(store.current.raw, change, checks, () => [])
      if (!planned.ok) return planned
      const name = typedName(answers, store.current.raw)
      if (password !== '' && name !== undefined) await secrets.set(name, password)
      return store.edit(change, 'window', consentBy(sentence))
    },
    async letIn(asked, sentence) {
      return store.edit(await lettingRemoteUsers(asked, parts), 'window', consentBy(sentence))
    },
  }
}

/** Domain and ways first, then the account, whose address is in the domain; then who may send from outside. */
async function answering(answers: FirstAnswers, parts: SetupParts): Promise<Change> {
  const { checks } = parts
  const add = await addingUser(accountOf(answers), checks)
  const remote: RemoteUsers = {
    users: answers.newUser ? [...answers.users, answers.newUser.name] : answers.users,
    officeLogsOn: false,
  }
  const letIn = await lettingRemoteUsers(remote, parts)
  const isRemote = answers.people === 'office-and-remote'
  const parsed =
    (change: (raw: unknown, settings: Settings, answers: FirstAnswers) => Parsed<unknown>): Change =>
    raw => {
      const settings = parseSettings(raw, checks)
      return settings.ok ? change(raw, settings.value, answers) : settings
    }
  const steps = [parsed(withAnswers), add, parsed(withPostmaster), ...(isRemote ? [letIn] : [])]
  return raw =>
    steps.reduce<Parsed<unknown>>((done, step) => (done.ok ? step(done.value) : done), {
      ok: true,
      value: raw,
    })
}

/** An address in a domain whose mailboxes are elsewhere would be refused: such an account only logs on. */
function accountOf({ newUser, mail }: FirstAnswers) {
  return newUser && (mail === 'here' ? newUser : { ...newUser, addresses: [] })
}

function notesOn(settings: Settings, answers: FirstAnswers): readonly string[] {
  const { listeners } = settings.smtp
  const ports = listeners
    .filter(({ port }) => port !== 25)
    .map(({ address, port }) => hostPort(address, port))
  return [
    ...(ports.length === listeners.length && ports.length > 0
      ? [`Postern listens at ${ports.join(' and ')}: printers and programs must be told that port.`]
      : []),
    ...(answers.mail === 'here'
      ? ['For mail from the Internet to arrive, the MX record of the domain must name this machine.']
      : []),
    ...(signsInByOAuth(answers)
      ? [`Mail waits until somebody has signed in as ${answers.signIn.trim()}: that is the next step.`]
      : []),
    ...(answers.people === 'office-and-remote' ? remoteNotes(settings) : []),
  ]
}
