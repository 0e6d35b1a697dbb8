/** Where parts of the settings that are each well written don't fit together: listeners, networks, routes, times. */
import { places, problem } from './addressing.ts'
import { certificateProblems } from './certificate-rules.ts'
import type { Draft } from './draft.ts'
import type { Step } from './path.ts'
import { isPrivateAddress, LANE_ADDRESS } from './private-address.ts'
import type { Checked } from './schema.ts'
import { secretNameProblems } from './secret-names.ts'
import type { Problem } from './settings.ts'
import { formatDuration } from './units.ts'

/** What a `from` is, as far as it matters here: the problem with it in one sentence, or the host name it is. */
export type CheckFrom = (text: string) => { readonly problem?: string; readonly hostName?: string }

/** Different host names in the rows: each is looked up every few minutes. */
const MAX_NAMES = 100

type DraftRoute = NonNullable<NonNullable<NonNullable<Draft<Checked>['delivery']>['routes']>[number]>

export function contradictions(draft: Draft<Checked>, check: CheckFrom): readonly Problem[] {
  return [
    ...listenerProblems(draft),
    ...laneProblems(draft),
    ...networkProblems(draft, check),
    ...idsProblems(draft, check),
    ...places(draft.delivery?.routes, ['delivery', 'routes']).flatMap(({ path, value }) =>
      routeProblems(path, value),
    ),
    ...dkimProblems(draft),
    ...secretNameProblems(draft),
    ...timeProblems(draft),
    ...certificateProblems(draft),
  ]
}

function listenerProblems(draft: Draft<Checked>): readonly Problem[] {
  const firsts = new Map<string, string>()
  return places(draft.smtp?.listeners, ['smtp', 'listeners']).flatMap(
    ({ path, value: { address, port } }) => {
      if (address === undefined || port === undefined || port === 0) return []
      const key = `${address} ${port}`
      const first = firsts.get(key)
      if (first === undefined) firsts.set(key, `smtp.listeners[${path.at(-1)}]`)
      return first === undefined
        ? []
        : problem(
            path,
            `Remove this listener or give it another port: ${first} has the same address and port.`,
          )
    },
  )
}

/** TLS 1.0 is for the office alone: nobody outside may even see that it is spoken. */
function laneProblems({ smtp }: Draft<Checked>): readonly Problem[] {
  return places(smtp?.listeners, ['smtp', 'listeners']).flatMap(({ path, value: { address, oldDevices } }) =>
    oldDevices === true && address !== undefined && !isPrivateAddress(address)
      ? problem([...path, 'address'], LANE_ADDRESS)
      : [],
  )
}

function networkProblems(draft: Draft<Checked>, check: CheckFrom): readonly Problem[] {
  const rows = [
    ...places(draft.globalAccess, ['globalAccess']),
    ...places(draft.smtp?.access, ['smtp', 'access']),
  ]
  const networks = (['localNetworks', 'routers'] as const).flatMap(key => {
    const list = draft[key]
    return list === 'auto' ? [] : places(list, [key])
  })
  const names = new Set<string>()
  return [
    ...rows.flatMap(({ path, value }) =>
      value.from === undefined ? [] : problem([...path, 'from'], rowProblem(check(value.from), names)),
    ),
    ...networks.flatMap(({ path, value }) => problem(path, networkProblem(value, check))),
  ]
}

/** `names`: the host names of the rows before; this one's is added. */
function rowProblem(checked: ReturnType<CheckFrom>, names: Set<string>): string | undefined {
  const { hostName } = checked
  if (hostName === undefined || names.has(hostName)) return checked.problem
  if (names.size >= MAX_NAMES)
    return `Write an address here: rows name ${MAX_NAMES} different hosts already, and no more are looked up.`
  names.add(hostName)
  return undefined
}

const only = 'Write an address, a network such as 192.168.1.0/24 or a range here;'

function networkProblem(
  text: string,
  check: CheckFrom,
  noWord = `${only} a word such as "any" stands only in access lists.`,
): string | undefined {
  if (isKeyword(text)) return noWord
  const { problem, hostName } = check(text)
  return hostName === undefined ? problem : `${only} a host name stands only in access lists.`
}

function isKeyword(from: string): boolean {
  return ['any', 'local-networks', 'routers'].includes(from.trim().toLowerCase())
}

/** Who is never blocked may be whom a word stands for; whole lists of strangers have none. */
function idsProblems({ smtp }: Draft<Checked>, check: CheckFrom): readonly Problem[] {
  const [never, always] = (['neverBlock', 'alwaysBlock'] as const).map(key =>
    places(smtp?.ids?.[key], ['smtp', 'ids', key]),
  )
  return [
    ...(never ?? []).flatMap(({ path, value }) =>
      problem(path, isOwnWord(value) ? undefined : networkProblem(value, check, neverWords)),
    ),
    ...(always ?? []).flatMap(({ path, value }) =>
      problem(path, networkProblem(value, check, `${only} a word such as "any" would turn everybody away.`)),
    ),
  ]
}

const neverWords =
  'Write "local-networks", "routers", an address, a network such as 192.168.1.0/24 or a range here.'

function isOwnWord(text: string): boolean {
  return ['local-networks', 'routers'].includes(text.trim().toLowerCase())
}

function routeProblems(path: readonly Step[], route: DraftRoute): readonly Problem[] {
  return [...hostProblems(path, route), ...portProblems(path, route), ...loginProblems(path, route)]
}

function hostProblems(path: readonly Step[], { via, hosts }: DraftRoute): readonly Problem[] {
  if (via === undefined || hosts === undefined) return []
  const here = [...path, 'hosts']
  if (goesToHosts(via))
    return hosts.length > 0
      ? []
      : problem(here, `Name at least one host here: "via": "${via}" needs to know where to.`)
  return hosts.length === 0
    ? []
    : problem(here, `Remove the hosts, or write "via": "smart-host": "${via}" uses none.`)
}

function portProblems(path: readonly Step[], { via, port }: DraftRoute): readonly Problem[] {
  if (port === undefined || via === undefined || via === 'mx') return []
  return problem(
    [...path, 'port'],
    `Remove the port, or write "via": "mx": "${via}" has its ports in "hosts", as in mail.example.com:587.`,
  )
}

/** RFC 4954 section 4 leaves it to us; here a password never crosses the Internet in the clear. */
function loginProblems(
  path: readonly Step[],
  { via, login, encryption, plaintextLogin }: DraftRoute,
): readonly Problem[] {
  if (login === undefined || via === undefined) return []
  if (!goesToHosts(via))
    return problem([...path, 'login'], `Remove the login, or write "via": "smart-host": "${via}" uses none.`)
  const own = oauthProblems([...path, 'login'], login)
  if (own.length > 0) return own
  const mayBePlain = encryption === 'none' || encryption === 'starttls-if-offered'
  if (!mayBePlain || plaintextLogin !== 'never') return []
  return problem(
    [...path, 'encryption'],
    'Write "starttls-required" or "tls" here, since a login goes only over TLS; for a next hop in a local network, "plaintextLogin": "local-networks" permits it without.',
  )
}

type DraftLogin = NonNullable<DraftRoute['login']>

/** For whom some of the login's settings are. */
const USED_BY: Readonly<
  Record<'provider' | 'tenant' | 'issuer' | 'scopes' | 'clientId' | 'clientSecret', string>
> = {
  provider: '"method": "oauth2"',
  clientId: '"method": "oauth2"',
  clientSecret: '"method": "oauth2"',
  tenant: '"provider": "microsoft"',
  issuer: '"provider": "other"',
  scopes: '"provider": "other"',
}

/** What is missing is asked for where a person signs in: until then mail waits. */
function oauthProblems(path: readonly Step[], login: DraftLogin): readonly Problem[] {
  const { method, provider } = login
  const here = [`"method": "${method}"`, ...(method === 'oauth2' ? [`"provider": "${provider}"`] : [])]
  const unknown = method === undefined || (method === 'oauth2' && provider === undefined)
  return (Object.keys(USED_BY) as (keyof typeof USED_BY)[]).flatMap(key =>
    unknown || login[key] === undefined || here.includes(USED_BY[key])
      ? []
      : problem([...path, key], `Remove this, or write ${USED_BY[key]}: it is for that alone.`),
  )
}

function goesToHosts(via: string): boolean {
  return via === 'smart-host' || via === 'lmtp'
}

/** Two keys of one name would need two records at one place in the DNS (RFC 6376 section 3.6.2.2). */
function dkimProblems({ delivery }: Draft<Checked>): readonly Problem[] {
  const firsts = new Map<string, string>()
  return places(delivery?.dkim, ['delivery', 'dkim']).flatMap(({ path, value: { domain, selector } }) => {
    const first = firsts.get(`${selector} ${domain}`)
    if (domain === undefined || selector === undefined) return []
    if (first === undefined) firsts.set(`${selector} ${domain}`, `delivery.dkim[${path.at(-1)}]`)
    return first === undefined
      ? []
      : problem(
          [...path, 'selector'],
          `Give this key another selector: ${first} has the same for that domain.`,
        )
  })
}

function timeProblems({ delivery }: Draft<Checked>): readonly Problem[] {
  if (delivery?.warnAfter === undefined || delivery.giveUpAfter === undefined) return []
  if (delivery.warnAfter < delivery.giveUpAfter) return []
  return problem(
    ['delivery', 'warnAfter'],
    `Write a time shorter than "giveUpAfter" (${formatDuration(delivery.giveUpAfter)}): a warning after that comes too late.`,
  )
}
