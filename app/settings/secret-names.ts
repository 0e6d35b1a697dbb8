/** Names in the secret store: each is for one thing, or whoever writes it last takes it from the others. */
import { places, problem } from './addressing.ts'
import type { Draft } from './draft.ts'
import { formatPath, type Step } from './path.ts'
import type { Checked } from './schema.ts'
import type { Problem } from './settings.ts'

type DraftRoute = NonNullable<NonNullable<NonNullable<Draft<Checked>['delivery']>['routes']>[number]>
type DraftLogin = NonNullable<DraftRoute['login']>

interface Place<Value> {
  readonly path: readonly Step[]
  readonly value: Value
}

/** What tokens are given for: with another of these they are somebody else's. */
const SIGNED_IN_BY = ['user', 'provider', 'tenant', 'issuer', 'scopes', 'clientId', 'clientSecret'] as const

export function secretNameProblems({ delivery }: Draft<Checked>): readonly Problem[] {
  const logins = places(delivery?.routes, ['delivery', 'routes']).flatMap(({ path, value: { login } }) =>
    login === undefined ? [] : [{ path: [...path, 'login'], value: login }],
  )
  const keys = places(delivery?.dkim, ['delivery', 'dkim'])
  return [
    ...logins.flatMap((login, at) => loginProblems(login, logins.slice(0, at))),
    ...logins.flatMap(login => clientProblems(login, logins)),
    ...keys.flatMap(({ path, value: { secret } }) => keyProblems([...path, 'secret'], secret, logins)),
  ]
}

/** A password may be that of several senders; a sign-in only of those that sign in alike. */
function loginProblems({ path, value }: Place<DraftLogin>, before: readonly Place<DraftLogin>[]) {
  const { secret, method } = value
  if (secret === undefined || method === undefined) return []
  const first = before.find(other => other.value.secret === secret && other.value.method !== undefined)
  if (!first) return []
  const here = [...path, 'secret']
  const name = JSON.stringify(secret)
  if (first.value.method !== method)
    return problem(
      here,
      `Write another name here: under ${name} ${formatPath(first.path)} keeps its ${method === 'oauth2' ? 'password' : 'sign-in'}.`,
    )
  if (method === 'password') return []
  const other = SIGNED_IN_BY.filter(key => JSON.stringify(value[key]) !== JSON.stringify(first.value[key]))
  if (other.length === 0) return []
  const what = other.map(key => `"${key}"`).join(' and ')
  return problem(
    here,
    `Write another name here, or the same ${what} as in ${formatPath(first.path)}: under ${name} only one sign-in is kept.`,
  )
}

function clientProblems({ path, value }: Place<DraftLogin>, logins: readonly Place<DraftLogin>[]) {
  const { clientSecret } = value
  const holder = clientSecret && logins.find(other => other.value.secret === clientSecret)
  if (!holder) return []
  const words = `Write another name here: under ${JSON.stringify(clientSecret)} ${formatPath(holder.path)} keeps what it logs on with.`
  return problem([...path, 'clientSecret'], words)
}

function keyProblems(
  path: readonly Step[],
  secret: string | undefined,
  logins: readonly Place<DraftLogin>[],
): readonly Problem[] {
  const holder = secret && logins.find(({ value }) => [value.secret, value.clientSecret].includes(secret))
  if (!holder) return []
  const words = `Write another name here: under ${JSON.stringify(secret)} ${formatPath(holder.path)} keeps what it logs on with.`
  return problem(path, words)
}
