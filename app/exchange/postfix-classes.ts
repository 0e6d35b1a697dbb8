/** Postfix's restriction classes for those who must log on, with a map of the names that may, for each. */
import { accountKey } from '../access/account.ts'
import { findAccount } from '../access/log-on.ts'
import type { Problem, User } from '../settings/settings.ts'

const LOG_ON = 'static:{530 5.7.0 Log on first, then send to this recipient}'
const OTHER = 'static:{550 5.7.1 This account is not among those allowed to relay from your IP address}'

interface RestrictionClass {
  readonly name: string
  /** Of the map's file. */
  readonly file: string
  readonly users: readonly string[] | null
}

/** Gives each set of accounts its class, in the order of asking. */
export class ClassNames {
  readonly #classes = new Map<string, RestrictionClass>()

  /** `users` are `accountKey`s; null: every account. */
  of(users: readonly string[] | null): string {
    const key = JSON.stringify(users)
    const known = this.#classes.get(key)
    if (known) return known.name
    const number = this.#classes.size + 1
    const [name, file] =
      users === null
        ? ['postern_accounts', 'postern-accounts']
        : [`postern_users_${number}`, `postern-users-${number}`]
    this.#classes.set(key, { name, file, users })
    return name
  }

  get all(): readonly RestrictionClass[] {
    return [...this.#classes.values()]
  }

  /** The lines of main.cf. */
  get lines(): readonly string[] {
    if (this.all.length === 0) return []
    return [
      `smtpd_restriction_classes = ${this.all.map(({ name }) => name).join(', ')}`,
      ...this.all.map(
        ({ name, file }) =>
          `${name} =\n    check_sasl_access texthash:$config_directory/${file},\n` +
          `    check_sasl_access ${OTHER},\n    check_client_access ${LOG_ON}`,
      ),
    ]
  }

  /** `realm` is what SASL may set behind a name. */
  files(users: readonly User[], realm: string): readonly { readonly name: string; readonly text: string }[] {
    return this.all.map(({ file, users: keys }) => ({
      name: file,
      text: users
        .filter(({ name, enabled }) => enabled && (keys === null || keys.includes(accountKey(name))))
        .flatMap(user => logOnNames(users, user, realm))
        .map(name => `${name}\tOK\n`)
        .join(''),
    }))
  }
}

/** Names that a Postfix map can't hold. */
export function nameProblems(users: readonly User[]): readonly Problem[] {
  return users.flatMap(({ name, enabled }, index) =>
    !enabled || (/^[!-~]+$/.test(name) && !/^#/.test(name))
      ? []
      : [
          {
            path: `users[${index}].name`,
            text: `A Postfix map holds ASCII names only, none that begins with #: rename the account ${name} first.`,
          },
        ],
  )
}

/** What a client may give as its name to be this account, in lower case, as Postfix looks it up. */
function logOnNames(users: readonly User[], user: User, realm: string): readonly string[] {
  const names = [user.name, ...user.addresses].filter(name => /^[!-~]+$/.test(name) && !/^#/.test(name))
  const own = names.filter(name => {
    const found = findAccount(users, name)
    return found.kind !== 'unknown' && found.user === user
  })
  const withRealm = `${user.name}@${realm}`
  const isFree = findAccount(users, withRealm).kind === 'unknown'
  return [...new Set([...own, ...(isFree ? [withRealm] : [])].map(name => name.toLowerCase()))]
}
