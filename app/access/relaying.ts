/** Who of a stretch of addresses may send: worked out by the rules that decide for a session. */
import type { Policy } from './policy.ts'
import { type Answers, listed, rule } from './ruling.ts'

/** `external`: relaying; `internal`: to a mailbox, an alias or a catch-all of ours. */
export type RecipientClass = 'external' | 'internal'

export type Relaying =
  | { readonly kind: 'anyone' }
  /** `users` are `accountKey`s in order; null: every account. */
  | { readonly kind: 'after-login'; readonly users: readonly string[] | null }
  | { readonly kind: 'never' }

export const ANYONE: Relaying = { kind: 'anyone' }
export const NEVER: Relaying = { kind: 'never' }
export const AFTER_LOGIN: Relaying = { kind: 'after-login', users: null }

/** No account bears it: it stands for all that no row names. */
const UNNAMED = ''

/**
 * What holds for every client of whom the lists answer so. Who may send without logging on may also send after it: no
 * account is refused where nobody needs one.
 */
export function relayingOf(policy: Policy, answers: Answers, to: RecipientClass): Relaying {
  const accepts = (account: string | undefined) => ACCEPTED.has(rule(policy, answers, account, to).reason)
  if (accepts(undefined)) return ANYONE
  if (accepts(UNNAMED)) return AFTER_LOGIN
  const named = new Set(listed(answers).flatMap(({ users }) => [...(users ?? [])]))
  const users = [...named].filter(accepts).sort()
  return users.length === 0 ? NEVER : { kind: 'after-login', users }
}

const ACCEPTED: ReadonlySet<string> = new Set(['internal', 'internal-waived', 'relay'])

/** The same for the same permission. */
export function relayingKey(relaying: Relaying): string {
  return relaying.kind === 'after-login' ? JSON.stringify(relaying.users) : relaying.kind
}

/** Whether an account, by its `accountKey`, may send; undefined stands for nobody logged on. */
export function permits(relaying: Relaying, account: string | undefined): boolean {
  switch (relaying.kind) {
    case 'anyone':
      return true
    case 'never':
      return false
    case 'after-login':
      return account !== undefined && (relaying.users === null || relaying.users.includes(account))
  }
}
