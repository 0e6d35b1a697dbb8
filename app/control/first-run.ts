/** The first run: four answers of a person made into settings, or the problems at each answer. */
import { canonicalDomain, parseAddress } from '../mail/address.ts'
import { firstSettings } from '../settings/defaults.ts'
import { parseHost } from '../settings/host.ts'
import { getPath, isObject } from '../settings/path.ts'
import type { Parsed, Problem, Settings } from '../settings/settings.ts'
import type { FirstAnswers } from './first-answers.ts'
import { providerOf, routesFor, signsInByOAuth } from './first-route.ts'
import { setAll } from './remote-users.ts'

/** What is wrong with the answers themselves, each at its name. */
export function answerProblems(
  answers: FirstAnswers,
  users: readonly unknown[],
  hasSecret: boolean,
): Problem[] {
  const { domain, mail, officeServer, people, newUser } = answers
  const problem = (isWrong: boolean, path: string, text: string) => (isWrong ? [{ path, text }] : [])
  const isServer = (text: string) => parseHost(text.trim()) !== undefined
  return [
    ...problem(
      !canonicalDomain(domain.trim())?.includes('.'),
      'domain',
      'Write the part behind the @ of your addresses, such as example.com.',
    ),
    ...problem(
      mail === 'office-server' && !isServer(officeServer),
      'officeServer',
      'Write the name or address of that server, such as 192.168.1.20 or mail.example.com:25.',
    ),
    ...problem(
      mail === 'here' && users.length === 0 && !newUser,
      'newUser.name',
      'Make a first mailbox: while there is none, all mail for your domain is refused.',
    ),
    ...leavingProblems(answers, hasSecret),
    ...problem(
      people !== 'office' && mail !== 'here' && users.length === 0 && !newUser,
      'newUser.name',
      'Make a first user: while there is none, nobody could log on.',
    ),
  ]
}

/** Who sends directly signs in nowhere; what stands in those fields doesn't count. */
function leavingProblems(answers: FirstAnswers, hasSecret: boolean): Problem[] {
  const { leaves, encryption } = answers
  const byOAuth = signsInByOAuth(answers)
  if (leaves === 'direct') return []
  const isNamed = answers.signIn.trim() !== ''
  const found: (Problem | false)[] = [
    parseHost(providerOf(answers).host) === undefined && {
      path: 'server',
      text: "Write the name of your provider's server for outgoing mail, such as smtp.provider.example:587.",
    },
    leaves !== 'provider' &&
      !isNamed && {
        path: 'signIn',
        text: 'Write the mailbox that signs in, such as office@example.com.',
      },
    byOAuth &&
      isNamed &&
      parseAddress(answers.signIn.trim()).ok === false && {
        path: 'signIn',
        text: 'Write the whole address of the mailbox that signs in, such as office@example.com.',
      },
    byOAuth &&
      answers.clientId.trim() === '' && {
        path: 'clientId',
        text: 'Write the client id that the provider gave to your office for Postern: Help says how to get one.',
      },
    isNamed &&
      !hasSecret && {
        path: 'password',
        text: byOAuth
          ? 'Write the client secret that belongs to that client id.'
          : 'Write the password that belongs to that name.',
      },
    isNamed &&
      leaves === 'provider' &&
      encryption === 'starttls-if-offered' && {
        path: 'encryption',
        text: 'Choose STARTTLS or SSL: a password goes only over an encrypted connection.',
      },
  ]
  return found.filter(problem => problem !== false)
}

/** All that the answers say but for remote users, who are let in afterwards. */
export function withAnswers(raw: unknown, settings: Settings, answers: FirstAnswers): Parsed<unknown> {
  const domain = canonicalDomain(answers.domain.trim()) ?? ''
  return setAll(raw, [
    ...(isObject(raw) && raw['hostname'] !== undefined
      ? []
      : [['hostname', fullName(settings.hostname, domain)] as const]),
    ['localDomains', domainsFor(settings, domain, answers)],
    ...accessFor(settings, answers),
    ['delivery.routes', routesFor(raw, domain, answers)],
  ])
}

/** RFC 5321 section 4.5.1: whoever takes mail for a domain takes it for its postmaster. */
export function withPostmaster(raw: unknown, settings: Settings, answers: FirstAnswers): Parsed<unknown> {
  const address = `postmaster@${canonicalDomain(answers.domain.trim()) ?? ''}`
  const taken = settings.users.some(user => user.addresses.some(one => one.toLowerCase() === address))
  const [first] = settings.users
  if (answers.mail !== 'here' || taken || !first || settings.aliases[address]) return { ok: true, value: raw }
  return setAll(raw, [[`aliases[${JSON.stringify(address)}]`, [first.name]]])
}

/** RFC 5321 section 4.1.1.1: a full name to greet with. */
function fullName(own: string, domain: string): string {
  if (own.includes('.')) return own
  return `${own === 'localhost' ? 'mail' : own}.${domain}`
}

function domainsFor({ localDomains }: Settings, domain: string, { mail }: FirstAnswers): readonly string[] {
  const others = localDomains.filter(one => one !== domain)
  return mail === 'here' ? [...others, domain] : others
}

/** Remote users are let in by their own procedure, which starts from the rows that stand. */
function accessFor({ smtp }: Settings, { people }: FirstAnswers): readonly (readonly [string, unknown])[] {
  if (people === 'office-and-remote') return []
  const rows = getPath(firstSettings(25), 'smtp.access')
  const isLan = smtp.access.map(({ action, from }) => `${action} ${from}`).join()
  const keeps =
    isLan === 'block routers,allow local-networks' &&
    smtp.access.every(row => row.enabled && !row.withoutAuthentication)
  return [
    ['smtp.authentication', people === 'office' ? 'allowed' : 'required'],
    ...(keeps || !rows.ok ? [] : [['smtp.access', rows.value] as const]),
  ]
}
