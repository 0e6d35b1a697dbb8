/** The way out that the first answers ask for: the route, and the names under which its secrets are kept. */
import { formatHost, parseHost } from '../settings/host.ts'
import { getPath, isObject } from '../settings/path.ts'
import type { FirstAnswers } from './first-answers.ts'

interface Provider {
  readonly host: string
  readonly encryption: FirstAnswers['encryption']
}

/** As their owners document them. */
const PROVIDERS: Readonly<Record<'microsoft-365' | 'google', Provider>> = {
  'microsoft-365': { host: 'smtp.office365.com:587', encryption: 'starttls-required' },
  google: { host: 'smtp.gmail.com:587', encryption: 'starttls-required' },
}

/** Whether a person is to sign in with OAuth2: other providers are asked with a password here. */
export function signsInByOAuth({ leaves, signInBy }: FirstAnswers): boolean {
  return (leaves === 'microsoft-365' || leaves === 'google') && signInBy === 'oauth2'
}

/**
 * The name under which what is typed is kept: the password, or Google's client secret. Undefined where nothing is asked
 * for: Microsoft's registrations need no secret.
 */
export function typedName(answers: FirstAnswers, raw: unknown): string | undefined {
  const name = loginName(answers, raw)
  if (name === undefined || !signsInByOAuth(answers)) return name
  return answers.leaves === 'google' ? clientName(name) : undefined
}

export function providerOf(answers: FirstAnswers): Provider {
  const { server, encryption, leaves } = answers
  if (leaves === 'microsoft-365' || leaves === 'google') return PROVIDERS[leaves]
  const found = parseHost(server.trim())
  if (!found) return { host: '', encryption }
  return { host: formatHost(found.host, found.port ?? (encryption === 'tls' ? 465 : 587)), encryption }
}

/** Other routes stay; the one for every domain is the last, for the first that matches is taken. */
export function routesFor(raw: unknown, domain: string, answers: FirstAnswers): readonly unknown[] {
  const office = parseHost(answers.officeServer.trim())
  const inside =
    answers.mail === 'office-server' && office
      ? [{ to: [domain], via: 'smart-host', hosts: [formatHost(office.host, office.port ?? 25)] }]
      : []
  return [...inside, ...standing(raw).filter(route => !isFor(route, domain)), outgoingRoute(answers, raw)]
}

function outgoingRoute(answers: FirstAnswers, raw: unknown): object {
  if (answers.leaves === 'direct') return { to: ['*'], via: 'mx' }
  const { host, encryption } = providerOf(answers)
  const login = loginOf(answers, raw)
  return { to: ['*'], via: 'smart-host', hosts: [host], encryption, ...(login && { login }) }
}

function loginOf(answers: FirstAnswers, raw: unknown): object | undefined {
  const name = loginName(answers, raw)
  return name === undefined ? undefined : loginWith(answers, name)
}

function loginWith(answers: FirstAnswers, secret: string): object {
  const user = answers.signIn.trim()
  if (!signsInByOAuth(answers)) return { method: 'password', user, secret }
  const clientId = answers.clientId.trim()
  return answers.leaves === 'google'
    ? { method: 'oauth2', user, secret, provider: 'google', clientId, clientSecret: clientName(secret) }
    : { method: 'oauth2', user, secret, provider: 'microsoft', clientId }
}

/** The server's, which people recognise; another one where a sender that stays keeps something else under it. */
function loginName(answers: FirstAnswers, raw: unknown): string | undefined {
  if (answers.leaves === 'direct' || answers.signIn.trim() === '') return undefined
  const base = (parseHost(providerOf(answers).host)?.host ?? 'provider').slice(0, 50)
  const others = standing(raw).flatMap(route => (isObject(route) && route['login'] ? [route['login']] : []))
  const isFree = (name: string) =>
    others.every(login => !isObject(login) || !names(login).includes(name) || isAlike(login, answers, name))
  const further = others.map((_, at) => `${base} ${at + 2}`)
  return [base, ...further].find(isFree) ?? base
}

function isAlike(login: object, answers: FirstAnswers, name: string): boolean {
  const ordered = (value: object) => JSON.stringify(Object.entries(value).sort())
  return ordered(login) === ordered(loginWith(answers, name))
}

function names(login: Readonly<Record<string, unknown>>): readonly unknown[] {
  return [login['secret'], login['clientSecret']]
}

function clientName(name: string): string {
  return `${name} client`
}

/** The routes that stay. */
function standing(raw: unknown): readonly unknown[] {
  const found = getPath(raw, 'delivery.routes')
  const routes = found.ok && Array.isArray(found.value) ? found.value : []
  return routes.filter(route => !isFor(route, '*'))
}

function isFor(route: unknown, to: string): boolean {
  return isObject(route) && JSON.stringify(route['to']) === JSON.stringify([to])
}
