/** Checks of the host names in access lists, which are looked up for it. */
import { nameWords } from '../access/name-facts.ts'
import { ok, warning } from './checks.ts'
import type { Check } from './control.ts'
import type { ControlParts } from './parts.ts'

/** Takes as long as the DNS, which has an end. */
export async function checkNames({ names, lookUpNames, now }: ControlParts): Promise<readonly Check[]> {
  if (names().length === 0) return []
  await lookUpNames()
  return names().map(facts => {
    const words = nameWords(facts, now())
    if (facts.addresses.length === 0)
      return warning(
        'host names',
        `${words}; rows by it match nobody: check the name, or write its address.`,
        { path: 'smtp.access' },
      )
    return facts.failing
      ? warning('host names', `${words}; the last addresses count: check the DNS of this machine.`)
      : ok('host names', `${words}.`)
  })
}
