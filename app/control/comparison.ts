/** Two settings compared: what differs in them, and in who can send. */
import { accountNames } from '../access/account.ts'
import { differenceOf, sideOf } from '../access/difference.ts'
import { type DifferenceLine, differenceLines } from '../access/difference-lines.ts'
import type { Policy } from '../access/policy.ts'
import type { Settings } from '../settings/settings.ts'

/** Who can send by the second and not by the first, and the other way round. */
export function compareSenders(
  before: Settings,
  after: Settings,
  policyFor: (settings: Settings) => Policy,
): readonly DifferenceLine[] {
  const policy = policyFor(after)
  const changes = differenceOf(sideOf(policyFor(before), before.users), sideOf(policy, after.users))
  const [oldName, newName] = [accountNames(before), accountNames(after)]
  return differenceLines(changes, policy, key => {
    const name = newName(key)
    return name === key ? oldName(key) : name
  })
}
