/** Two settings compared: what differs in them, and in who can send. */
import { accountNames } from '../access/account.ts'
import { differenceOf, sideOf } from '../access/difference.ts'
import { type DifferenceLine, differenceLines } from '../access/difference-lines.ts'
import { mailDifference } from '../access/mail-difference.ts'
import { mapOf } from '../access/map.ts'
import { mendDifference } from '../access/mend-difference.ts'
import type { Host } from '../access/place.ts'
import type { Policy } from '../access/policy.ts'
import type { Settings } from '../settings/settings.ts'
import { StandIns } from './stand-ins.ts'

/**
 * Who can send, and to whom, by the second and not by the first, and the other way round. A host name counts by the addresses that
 * it has now, and by those that it may have next: it needn't have been looked up.
 */
export function compareSenders(
  before: Settings,
  after: Settings,
  policyFor: (settings: Settings) => Policy,
  mapFor = mapOf,
): readonly DifferenceLine[] {
  const standIns = new StandIns([before, after])
  const [old, policy] = [policyFor(standIns.beside(before)), policyFor(standIns.beside(after))]
  const changes = differenceOf(
    sideOf(old, before.users, mapFor(old)),
    sideOf(policy, after.users, mapFor(policy)),
  )
  const [oldName, newName] = [accountNames(before), accountNames(after)]
  const nameOf = (key: string) => {
    const name = newName(key)
    return name === key ? oldName(key) : name
  }
  return [
    ...differenceLines(changes, policy, nameOf, hostsOf(standIns, policy)),
    ...mendDifference(
      { policy: old, map: mapFor(old) },
      { policy, map: mapFor(policy) },
      hostsOf(standIns, policy),
    ),
    ...mailDifference(
      { settings: before, directory: old.directory },
      { settings: after, directory: policy.directory },
    ),
  ]
}

function hostsOf({ spans }: StandIns, { machine }: Policy): readonly Host[] {
  return [...spans].map(([name, standIns]) => ({
    name,
    standIns,
    addresses: machine.names?.get(name)?.taken ?? [],
  }))
}
