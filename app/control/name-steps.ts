/** What host names in rows had to do with a decision: each with its addresses and their age. */
import { hostNameOf } from '../access/name-answer.ts'
import { type NameFacts, nameWords } from '../access/name-facts.ts'
import type { Client } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import { matches } from '../access/ruling.ts'

/** Names told of; whoever has more looks at the doctor. */
const TOLD = 5

/** A sentence for each name of the rows that were tried, up to those that decided. */
export function nameSteps(
  policy: Policy,
  client: Client,
  facts: readonly NameFacts[],
  now: number,
): readonly string[] {
  if (facts.length === 0) return []
  const tried = matches(policy, client).flatMap(({ list, number }) =>
    list.rows.slice(0, number > 0 ? number : undefined),
  )
  const names = new Set(tried.flatMap(row => (row.enabled ? (hostNameOf(row) ?? []) : [])))
  return facts
    .filter(({ name }) => names.has(name))
    .slice(0, TOLD)
    .map(one => `The DNS says: ${nameWords(one, now)}.`)
}
