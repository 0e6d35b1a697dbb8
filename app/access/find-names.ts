/** Findings about rows by a host name that stands for no address now. */
import { type Finding, MOST } from './finding.ts'
import { LIST_PATHS } from './mend.ts'
import { hostNameOf, type NamedAddresses } from './name-answer.ts'
import { formatSpan } from './network.ts'
import type { AccessList, Policy } from './policy.ts'
import { enumerate } from './wording.ts'

export function findNames(list: AccessList, { machine, global }: Policy): readonly Finding[] {
  const of = global ? ` of ${list.name === 'global' ? 'the global list' : "the service's list"}` : ''
  return list.rows
    .flatMap((row, index): readonly Finding[] => {
      const name = row.enabled ? hostNameOf(row) : undefined
      const found = name === undefined ? undefined : machine.names?.get(name)
      if (name === undefined || (found && found.taken.length > 0)) return []
      // A name that is looked up once the settings are in force is nothing to mend, unless somebody relies on the block.
      if (!found && row.action === 'allow') return []
      const number = index + 1
      const does = row.action === 'allow' ? 'is for' : 'blocks'
      const nobody = row.action === 'allow' ? 'lets nobody in' : 'blocks nobody'
      return [
        {
          kind: 'name-without-address',
          list: list.name,
          row: number,
          text: `Row ${number}${of} ${does} ${name}, ${why(found)}: until it has one that counts, the row ${nobody}.`,
          mend: {
            words: `Switch row ${number}${of} off. Who can send now stays as it is, and stays so should the name get an address. If you know its address, write that in place of the name instead.`,
            edits: [{ kind: 'set', path: `${LIST_PATHS[list.name]}[${index}].enabled`, value: false }],
          },
        },
      ]
    })
    .slice(0, MOST)
}

function why(found: NamedAddresses | undefined): string {
  if (!found) return 'whose address is looked up only once these settings are in force'
  if (found.refused.length === 0) return 'which has no address in the DNS'
  return `which the DNS says is ${enumerate(found.refused.map(formatSpan))}, and a host name stands for no private address and none of this office`
}
