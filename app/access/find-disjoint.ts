/** Findings about rows of both lists that name users, none of whom both name: nobody can send by them. */
import { accountKey } from './account.ts'
import { type Findable, type Finding, MOST } from './finding.ts'
import { LIST_PATHS } from './mend.ts'
import { enumerate } from './wording.ts'

export function findDisjoint(found: Findable): readonly Finding[] {
  const { policy } = found
  if (!policy.global || policy.authentication === 'disabled') return []
  return [...pairsOf(found)].slice(0, MOST).map(([row, others]): Finding => {
    const users = usersOf(policy.service.rows, row)
    const numbers = [...others].sort((one, other) => one - other)
    const rows = `${numbers.length === 1 ? 'row' : 'rows'} ${enumerate(numbers.map(String))}`
    return {
      kind: 'no-user-in-both',
      list: 'service',
      row,
      text: `Row ${row} of the service's list and ${rows} of the global list name users, and nobody is named by both: no log-on lets anybody send where both decide.`,
      mend: {
        words: `Name ${enumerate(users)} in ${rows} of the global list too: they can send there after logging on, wherever the service's list lets them.`,
        edits: numbers.map(number => ({
          kind: 'set',
          path: `${LIST_PATHS.global}[${number - 1}].users`,
          value: [...usersOf(policy.global?.rows ?? [], number), ...users],
        })),
      },
    }
  })
}

/** By the service's row, those of the global list. */
function pairsOf({ policy, map }: Findable): ReadonlyMap<number, ReadonlySet<number>> {
  const pairs = new Map<number, Set<number>>()
  for (const { service, global, external } of map) {
    if (external.kind !== 'never' || service === 0 || global === 0) continue
    if (pairs.get(service)?.has(global)) continue
    const [one, other] = [policy.service.rows[service - 1], policy.global?.rows[global - 1]]
    if (one?.action !== 'allow' || other?.action !== 'allow') continue
    const keys = new Set(other.users.map(accountKey))
    if (one.users.length === 0 || keys.size === 0 || one.users.some(name => keys.has(accountKey(name))))
      continue
    pairs.set(service, (pairs.get(service) ?? new Set()).add(global))
  }
  return pairs
}

function usersOf(rows: readonly { readonly users: readonly string[] }[], number: number): readonly string[] {
  return rows[number - 1]?.users ?? []
}
