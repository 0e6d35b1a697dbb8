/** Checks of the settings: what is allowed to stand there, but hardly meant. */
import { accountKey } from '../access/account.ts'
import type { Span } from '../access/network.ts'
import { type Policy, spansOf } from '../access/policy.ts'
import { hostPort } from '../delivery/next-hop.ts'
import { parseAddress } from '../mail/address.ts'
import { formatPath } from '../settings/path.ts'
import type { AccessRow, Settings } from '../settings/settings.ts'
import { warning } from './checks.ts'
import type { Check } from './control.ts'

interface NamedRow {
  /** `Row 2 of the access list`. */
  readonly name: string
  /** As problems name it. */
  readonly path: string
  readonly row: AccessRow
}

export function checkSettings(settings: Settings, policy: Policy): readonly Check[] {
  return [
    ...checkRoutes(settings),
    ...checkRowUsers(settings),
    ...checkPostmaster(settings, policy),
    ...checkAliases(settings, policy),
    ...checkPlaintext(settings, policy),
  ]
}

function checkRoutes({ delivery }: Settings): readonly Check[] {
  if (delivery.routes.length > 0) return []
  return [
    warning('routes', 'No mail sender is set, so that mail for other domains is held: add one.', {
      path: 'delivery.routes',
      command: `postern settings set delivery.routes '[{"to":["*"],"via":"smart-host","hosts":["mail.example.com:587"]}]'`,
    }),
  ]
}

function checkRowUsers(settings: Settings): readonly Check[] {
  const places = new Map(settings.users.map(({ name }, index) => [accountKey(name), index]))
  return rowsOf(settings).flatMap(({ name, path, row }) =>
    row.users.flatMap(user => {
      const index = places.get(accountKey(user))
      const account = index === undefined ? undefined : settings.users[index]
      const warn = (why: string, where: Pick<Check, 'path' | 'command'>) =>
        warning('access', `${name} names ${user}, but ${why}.`, where)
      if (!account)
        return warn('there is no such account: make it, or take the name out of the row', {
          path: `${path}.users`,
          command: `postern user add ${user}`,
        })
      if (!account.enabled)
        return warn('that account is switched off: switch it on, or take the name out of the row', {
          path: `users[${index}].enabled`,
        })
      if (account.password !== undefined) return []
      return warn('that account has no password: set one', {
        path: `users[${index}].password`,
        command: `postern user password ${user}`,
      })
    }),
  )
}

/** RFC 5321 section 4.5.1: whoever takes mail for a domain takes it for its postmaster. */
function checkPostmaster({ localDomains }: Settings, { directory }: Policy): readonly Check[] {
  const domain = localDomains.find(entry => !entry.startsWith('*.'))
  if (domain === undefined || directory.resolve('postmaster').kind === 'internal') return []
  return [
    warning(
      'postmaster',
      `Mail for postmaster@${domain} is refused, where others report trouble (RFC 5321 section 4.5.1): add an alias for it, or give the address to an account.`,
      { path: 'aliases' },
    ),
  ]
}

/** Copies that nobody gets are lost without a word: the sender hears only of an alias that reaches nobody at all. */
function checkAliases({ users, aliases, catchAll }: Settings, { directory }: Policy): readonly Check[] {
  const off = new Set(users.filter(({ enabled }) => !enabled).map(({ name }) => accountKey(name)))
  const named = [
    ...Object.entries(aliases).map(([alias, targets]) => ({
      name: `The alias ${alias}`,
      path: formatPath(['aliases', alias]),
      targets,
    })),
    ...Object.entries(catchAll).map(([domain, target]) => ({
      name: `The catch-all of ${domain}`,
      path: formatPath(['catchAll', domain]),
      targets: [target],
    })),
  ]
  const disabled = named.flatMap(({ name, path, targets }) =>
    targets
      .filter(target => off.has(accountKey(target)))
      .map(target =>
        warning(
          'aliases',
          `${name} names ${target}, who gets nothing of it, since that account is switched off: switch it on, or name another.`,
          { path },
        ),
      ),
  )
  const dead = Object.keys(aliases).filter(alias => {
    const parsed = parseAddress(alias)
    return parsed.ok && directory.resolve(parsed.address).kind === 'unknown'
  })
  const lost = dead.map(alias =>
    warning(
      'aliases',
      `Mail for the alias ${alias} is refused, since it leads to nobody: name an account or an address outside.`,
      { path: formatPath(['aliases', alias]) },
    ),
  )
  return [...disabled.flat(), ...lost.flat()]
}

function checkPlaintext(settings: Settings, policy: Policy): readonly Check[] {
  const { listeners, plaintextAuthentication } = settings.smtp
  if (plaintextAuthentication === 'always') return []
  const asking = rowsOf(settings).find(({ row }) => asksForLogOn(row, settings) && isOutside(row, policy))
  if (!asking) return []
  return listeners.flatMap(({ address, port, encryption, oldDevices }, index) =>
    encryption === 'none' && oldDevices !== true
      ? warning(
          'log-on',
          `${asking.name} asks clients outside the local networks to log on, which they can't at ${hostPort(address, port)}, since it offers no TLS: choose STARTTLS there.`,
          {
            path: `smtp.listeners[${index}].encryption`,
            command: `postern settings set 'smtp.listeners[${index}].encryption' starttls`,
          },
        )
      : [],
  )
}

function asksForLogOn({ action, withoutAuthentication, users }: AccessRow, { smtp }: Settings): boolean {
  if (action !== 'allow' || smtp.authentication === 'disabled') return false
  if (users.length > 0 || smtp.antiRelay === 'authenticated-users') return true
  return smtp.authentication === 'required' && !withoutAuthentication
}

function isOutside({ from }: AccessRow, { machine }: Policy): boolean {
  return spansOf(from, machine).some(span => !machine.localNetworks.some(network => holds(network, span)))
}

function holds(outer: Span, inner: Span): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last
}

/** The rows that count. */
function rowsOf({ smtp, globalAccess }: Settings): readonly NamedRow[] {
  const named = (rows: readonly AccessRow[], list: string, path: string) =>
    rows.flatMap((row, index) =>
      row.enabled ? [{ name: `Row ${index + 1} of the ${list}`, path: `${path}[${index}]`, row }] : [],
    )
  const global = smtp.useGlobalAccess ? named(globalAccess, 'global access list', 'globalAccess') : []
  return [...named(smtp.access, 'access list', 'smtp.access'), ...global]
}
