/** "Let remote users send": VPOP3's procedure for mail relay, from settings to settings, or the reasons why it can't. */
import { findAccount } from '../access/log-on.ts'
import { type Family, parseClient, parseFrom } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import { ruleOnRecipient } from '../access/ruling.ts'
import { EVERYWHERE, holdsSpans } from '../access/spans.ts'
import { same } from '../settings/change.ts'
import { firstSettings } from '../settings/defaults.ts'
import { isObject, setPath } from '../settings/path.ts'
import type { AccessRow, Parsed, Problem, Settings } from '../settings/settings.ts'
import type { RemoteUsers } from './control.ts'

type Fields = Readonly<Record<string, unknown>>

/** A row as it stands in the file, and as it is read. */
interface Row {
  readonly raw: Fields
  readonly row: AccessRow
}

/** Hosts anywhere on the Internet; one of them must be let in. Of IPv4, which hardly anybody does without. */
const ANYWHERE = ['203.0.113.9', '198.51.100.9', '192.0.2.9'].flatMap(text => parseClient(text) ?? [])

/** The file `raw`, which parses to `settings`, with the procedure's settings in it and all else as it was. */
export function withRemoteUsers(raw: unknown, settings: Settings, asked: RemoteUsers): Parsed<unknown> {
  const problems = [
    ...serviceProblems(settings),
    ...familyProblems(settings),
    ...userProblems(settings, asked),
  ]
  if (problems.length > 0) return { ok: false, problems }
  return setAll(raw, [
    ['smtp.authentication', 'required'],
    ['smtp.internalMailWithoutAuthentication', true],
    ['smtp.antiRelay', 'client-address'],
    ['smtp.access', rowsFor(raw, settings, asked)],
  ])
}

/** Whether it does what was asked for: what other rows and the global list say counts too. */
export function remoteProblems(policy: Policy, { users, everyUser }: RemoteUsers): readonly Problem[] {
  const lets = (user: string | undefined, reason: string) =>
    ANYWHERE.some(client => ruleOnRecipient(policy, client, user, 'external').reason === reason)
  const refused = everyUser
    ? lets(undefined, 'relay-log-on')
      ? []
      : ['the users']
    : users.filter(user => !lets(user, 'relay'))
  if (refused.length === 0) return []
  const where = policy.global
    ? 'the Global Access Restrictions count too and refuse them: let them in there, or take the tick off "Use Global Access Restrictions"'
    : 'another row refuses them first: look at the list from the top'
  return [{ path: 'users', text: `From the Internet ${refused.join(', ')} could still not send: ${where}.` }]
}

/** What else a person needs to know before remote users can really send. */
export function remoteNotes({ smtp, localDomains }: Settings): readonly string[] {
  const reachable = smtp.listeners.filter(
    ({ address, oldDevices }) => oldDevices !== true && !/^(127\.|::1$)/.test(address),
  )
  const encrypted = reachable.filter(({ encryption }) => encryption !== 'none')
  const ports = encrypted.map(({ port }) => port)
  return [
    ...(encrypted.length === 0
      ? [
          reachable.length === 0
            ? 'No binding can be reached from outside, only from this machine: add one with encryption under Bindings.'
            : 'No binding that can be reached from outside offers encryption, so nobody can log on there yet: choose STARTTLS or SSL for one under Bindings.',
        ]
      : [`Your router must pass port ${ports.join(' or ')} on to this machine.`]),
    ...(encrypted.length > 0 && ports.every(port => port === 25)
      ? ['Many home and mobile networks block port 25: add a binding on port 587 too.']
      : []),
    ...(localDomains.length === 0 ? [] : ['Mail for your own domain still comes in from everywhere.']),
  ]
}

function serviceProblems({ smtp }: Settings): readonly Problem[] {
  const blocked = smtp.access.findIndex(row => row.enabled && row.action === 'block' && kindOf(row) === 'any')
  const allowed = smtp.access.findIndex(row => row.enabled && row.action === 'allow' && kindOf(row) === 'any')
  const isAbove = smtp.access.some((row, index) => row.enabled && allowed >= 0 && index > allowed)
  return [
    ...(isAbove && (blocked < 0 || allowed < blocked)
      ? [
          {
            path: `smtp.access[${allowed}]`,
            text: `Move row ${allowed + 1} of IP Access Restrictions to the end first: it is for every address, so that nothing below it counts.`,
          },
        ]
      : []),
    ...(smtp.enabled
      ? []
      : [
          {
            path: 'smtp.enabled',
            text: 'Switch the SMTP service on first: while it is off nobody can send.',
          },
        ]),
    ...(blocked < 0 || (allowed >= 0 && allowed < blocked)
      ? []
      : [
          {
            path: `smtp.access[${blocked}]`,
            text: `Remove row ${blocked + 1} of IP Access Restrictions first: it blocks every address, so that nothing below it counts.`,
          },
        ]),
  ]
}

/** A row for all of IPv4 or IPv6 above that for any address: it would decide for strangers, as it stands. */
function familyProblems({ smtp: { access } }: Settings): readonly Problem[] {
  const any = access.findIndex(row => row.enabled && kindOf(row) === 'any')
  return access.slice(0, any < 0 ? access.length : any).flatMap((row, index): readonly Problem[] => {
    const family = row.enabled ? familyOf(row) : undefined
    // Who blocks IPv6 as a whole lets users in by IPv4.
    if (family === undefined || (family === 6 && row.action === 'block')) return []
    return [
      {
        path: `smtp.access[${index}]`,
        text: `Remove row ${index + 1} of IP Access Restrictions first: it is for every IPv${family} address, so that the row for any address wouldn't count for them.`,
      },
    ]
  })
}

/** Whose addresses it is for, all of them. */
function familyOf({ from }: AccessRow): Family | undefined {
  const parsed = parseFrom(from)
  if (!parsed.ok || parsed.from.kind !== 'span') return undefined
  const { span } = parsed.from
  return EVERYWHERE.some(whole => holdsSpans([span], [whole])) ? span.family : undefined
}

function userProblems({ users }: Settings, asked: RemoteUsers): readonly Problem[] {
  const problem = (text: string) => [{ path: 'users', text }]
  if (asked.everyUser)
    return users.some(user => user.enabled && user.password !== undefined)
      ? []
      : problem('Make a user with a password first: nobody could log on.')
  if (asked.users.length === 0) return problem('Choose at least one user, or every user.')
  return asked.users.flatMap(name => {
    const why = whyNot(users, name)
    return why === undefined ? [] : problem(why)
  })
}

function whyNot(users: Settings['users'], name: string): string | undefined {
  switch (findAccount(users, name).kind) {
    case 'account':
      return undefined
    case 'unknown':
      return `Make the user ${name} first: there is no such account.`
    case 'disabled':
      return `Switch the account ${name} on first: while it is off it can't log on.`
    case 'no-password':
      return `Give ${name} a password first: without one it can't log on.`
  }
}

/** The document's rows: those that stand there, changed as it says, and those that are missing. */
function rowsFor(raw: unknown, settings: Settings, asked: RemoteUsers): readonly Fields[] {
  const isOpen = settings.smtp.authentication !== 'required'
  const rows = rowsOf(raw, settings).map(one => ({ ...one, raw: withoutOurComment(one.raw) }))
  const at = rows.findIndex(({ row }) => row.enabled && kindOf(row) === 'any')
  const changed = rows.map(({ raw, row }, index) =>
    index === at ? anyRow(raw, asked) : officeRow({ raw, row }, asked, isOpen),
  )
  const all = at < 0 ? [...changed, anyRow({ action: 'allow', from: 'any' }, asked)] : changed
  return [...missingRows(rows, asked), ...all]
}

/** What a first start wrote there says no more than the row itself. */
function withoutOurComment(raw: Fields): Fields {
  const { comment: _, ...bare } = raw
  return defaultRows.some(row => same(row, raw)) ? bare : raw
}

const defaultRows = rowsIn(firstSettings(25))

function anyRow(raw: Fields, { users, everyUser }: RemoteUsers): Fields {
  const { withoutAuthentication: _, users: _before, ...row } = raw
  return everyUser ? row : { ...row, users: [...users] }
}

/** Allow Unauth: for the local networks, and for whatever network sends without logging on until now. */
function officeRow({ raw, row }: Row, { officeLogsOn }: RemoteUsers, isOpen: boolean): Fields {
  const isLocal = kindOf(row) === 'local-networks'
  if (!row.enabled || row.action === 'block' || row.users.length > 0) return raw
  if (officeLogsOn && isLocal && row.withoutAuthentication) {
    const { withoutAuthentication: _, ...rest } = raw
    return rest
  }
  if (officeLogsOn || row.withoutAuthentication || !(isLocal || isOpen)) return raw
  return { ...raw, withoutAuthentication: true }
}

/** Routers blocked above all that is allowed; and the local networks, where no network at all is. */
function missingRows(rows: readonly Row[], { officeLogsOn }: RemoteUsers): readonly Fields[] {
  const standing = rows.filter(({ row }) => row.enabled)
  const [first] = standing.filter(({ row }) => row.action === 'allow' || kindOf(row) === 'routers')
  const isBlocked = first?.row.action === 'block'
  const isAllowed = standing.some(({ row }) => row.action === 'allow' && kindOf(row) !== 'any')
  const local = { action: 'allow', from: 'local-networks' }
  return [
    ...(isBlocked ? [] : [{ action: 'block', from: 'routers' }]),
    ...(isAllowed ? [] : [officeLogsOn ? local : { ...local, withoutAuthentication: true }]),
  ]
}

function kindOf({ from }: AccessRow): string {
  const parsed = parseFrom(from)
  return parsed.ok ? parsed.from.kind : ''
}

function rowsOf(raw: unknown, { smtp }: Settings): readonly Row[] {
  return rowsIn(raw).flatMap((fields, index) => {
    const row = smtp.access[index]
    return row ? [{ raw: fields, row }] : []
  })
}

function rowsIn(raw: unknown): readonly Fields[] {
  const smtp = isObject(raw) && isObject(raw['smtp']) ? raw['smtp'] : {}
  return Array.isArray(smtp['access']) ? smtp['access'].filter(isObject) : []
}

/** One setting after the other, as `postern settings set` would. */
export function setAll(raw: unknown, settings: readonly (readonly [string, unknown])[]): Parsed<unknown> {
  return settings.reduce<Parsed<unknown>>(
    (done, [path, value]) => (done.ok ? setPath(done.value, path, value) : done),
    { ok: true, value: raw },
  )
}
