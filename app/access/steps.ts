/** The steps of a decision, in order, each a sentence that a person who is no expert understands. */
import { type Address, formatAddress } from '../mail/address.ts'
import { formatReply, type Reply } from '../mail/reply.ts'
import type { Client } from './network.ts'
import type { Match, Policy } from './policy.ts'
import { matches, type Ruling } from './ruling.ts'
import { capital, enumerate, mending, nameList, nameRow, readLists } from './wording.ts'

/** What was decided; without `to` it is the greeting. */
export interface Question {
  readonly policy: Policy
  readonly client: Client
  readonly user: string | undefined
  readonly to: Address | 'postmaster' | undefined
  readonly canLogOn: boolean
}

/** Whether the ruling asks for a log-on that isn't possible where the client is connected. */
export function asksInVain({ canLogOn }: Question, { reason }: Ruling): boolean {
  return !canLogOn && (reason === 'internal-log-on' || reason === 'relay-log-on')
}

/** Bounded: at most about 30 sentences, however long the lists are. */
export function stepsOf(question: Question, ruling: Ruling, reply: Reply): readonly string[] {
  const { policy, client, to } = question
  const isBlocked = ruling.reason === 'always-blocked'
  const readsLists = !isBlocked && (policy.antiRelay === 'authenticated-users' || ruling.by !== undefined)
  return [
    ...who(question),
    ...(isBlocked ? [] : whereTo(question)),
    ...(readsLists
      ? readLists(policy, client)
      : to === undefined || isBlocked
        ? []
        : mending(policy, client)),
    ...because(question, ruling),
    ...(asksInVain(question, ruling)
      ? [
          'Logging on is not possible on this port: it is not encrypted, and a password needs encryption here.',
        ]
      : []),
    `The answer is ${formatReply(reply)}.`,
  ]
}

function who({ policy, client, user, to }: Question): string[] {
  if (to === undefined) return [`${client.text} connects.`]
  if (user === undefined) return [`${client.text} is the client; nobody is logged on.`]
  const logOn = `${client.text} is the client; ${user} is logged on.`
  if (policy.authentication !== 'disabled') return [logOn]
  return [logOn, `Logging on is switched off, so ${user} counts as nobody.`]
}

function whereTo({ policy, to }: Question): string[] {
  if (to === undefined) return []
  const address = to === 'postmaster' ? to : formatAddress(to)
  const resolution = policy.directory.resolve(to)
  switch (resolution.kind) {
    case 'external':
      return [`${address} is external: ${to === 'postmaster' ? to : to.domain} is not a local domain.`]
    case 'internal': {
      const places = resolution.recipients.map(recipient =>
        recipient.mailbox === undefined ? recipient.address : `the mailbox of ${recipient.mailbox}`,
      )
      return [`${address} is internal and goes to ${enumerate(places)}.`]
    }
    case 'unknown':
      return [`${address} is internal, but no mailbox, alias or catch-all takes it.`]
    case 'malformed':
      return [
        `${address} is internal, but its local part holds %, ! or @, which ask for a way through another server: ` +
          'it would be taken only if that very mailbox existed.',
      ]
  }
}

function because(question: Question, ruling: Ruling): string[] {
  const { policy, client, user } = question
  const { reason, by } = ruling
  switch (reason) {
    case 'always-blocked':
      return [
        `${client.text} stands in the list of addresses that are always blocked (IDS/IPS), so it can't connect, whatever the access list says.`,
      ]
    case 'admitted':
      return policy.antiRelay === 'authenticated-users'
        ? ['The client may connect.']
        : ['Everybody may connect: the access list decides only who relays.']
    case 'not-admitted':
      return [
        `${why(policy, by)}: the client is refused at the greeting, for only logged-on users may relay ` +
          '(anti-relay method "authenticated-users") and the access list decides who may connect at all.',
      ]
    case 'unknown-recipient':
    case 'malformed-recipient':
      return []
    case 'internal':
      return internalMail(question)
    case 'internal-waived':
      return ['Internal mail needs a log-on too (authentication is required), but not from this client.']
    case 'internal-log-on':
      return [`Internal mail needs a log-on too (authentication is required)${unwaived(policy, by)}.`]
    case 'no-relay':
      return [`${why(policy, by)}: this client may not relay, and logging on would not change that.`]
    case 'relay-log-on':
      return [logOnFirst(policy, by)]
    case 'other-user':
      return [`${user ?? 'Nobody'} is not among the users of ${by ? nameRow(policy, by) : 'the row'}.`]
    case 'nobody':
      return [nobodyCan(policy, by)]
    case 'relay':
      return relays(question)
  }
}

/** Why a list lets nobody through, as the beginning of a sentence. */
function why(policy: Policy, by: Match | undefined): string {
  if (!by) return 'No list permits it'
  if (by.number > 0) return `${capital(nameRow(policy, by))} blocks`
  return `Without a matching row ${nameList(policy, by)} permits nothing`
}

function unwaived(policy: Policy, by: Match | undefined): string {
  return by && by.number > 0 ? `, and ${nameRow(policy, by)} doesn't waive it` : ', and no row waives it'
}

function internalMail({ policy, user }: Question): string[] {
  if (policy.authentication !== 'required') return ['Internal mail is accepted from every client.']
  if (policy.internalMailWithoutAuthentication) {
    return ['Internal mail is accepted from every client: authentication is not required for it.']
  }
  return [
    `Internal mail needs a log-on too (authentication is required), and ${user ?? 'somebody'} is logged on.`,
  ]
}

function logOnFirst(policy: Policy, by: Match | undefined): string {
  if (by?.users) return `${capital(nameRow(policy, by))} names users: the client must log on as one of them.`
  if (policy.antiRelay === 'authenticated-users') {
    return 'Only logged-on users may relay (anti-relay method "authenticated-users"): the client must log on.'
  }
  return `Authentication is required${unwaived(policy, by)}: the client must log on.`
}

function nobodyCan(policy: Policy, by: Match | undefined): string {
  if (policy.authentication !== 'disabled') {
    return 'Both lists name users, and no account is named by both: no log-on would satisfy them.'
  }
  if (by?.users) {
    return `${capital(nameRow(policy, by))} names users, but logging on is switched off: nobody can satisfy it.`
  }
  return 'Only logged-on users may relay (anti-relay method "authenticated-users"), but logging on is switched off.'
}

function relays({ policy, client, user }: Question): string[] {
  const answers = matches(policy, client)
  const permits = answers.length > 1 ? 'Both lists permit it' : 'The row permits it'
  if (answers.some(({ users }) => users))
    return [`${permits}, and ${user ?? 'the client'} is among the users named.`]
  if (user !== undefined && policy.authentication !== 'disabled')
    return [`${permits}, and ${user} is logged on.`]
  if (policy.authentication === 'required' && answers.every(({ waives }) => waives)) {
    return [`${permits}, and without authentication.`]
  }
  return [`${permits}, and authentication is not required.`]
}
