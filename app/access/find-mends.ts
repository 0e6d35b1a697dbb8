/** Findings about rows that mend the line ends of everybody. */
import { type Finding, MOST } from './finding.ts'
import { LIST_PATHS } from './mend.ts'
import { parseFrom } from './network.ts'
import type { AccessList, Policy } from './policy.ts'
import { EVERYWHERE, holdsSpans } from './spans.ts'

export function findMends({ name, rows }: AccessList, { global }: Policy): readonly Finding[] {
  const of = global ? ` of ${name === 'global' ? 'the global list' : "the service's list"}` : ''
  return rows
    .flatMap(({ enabled, mendLineEnds, from }, index): readonly Finding[] => {
      if (!enabled || !mendLineEnds || !isEverybody(from)) return []
      const row = index + 1
      return [
        {
          kind: 'mends-for-everybody',
          list: name,
          row,
          text: `Row ${row}${of} takes lines that end in LF alone from everybody for whom it decides, and not from an old device only: mail can be forged by servers that see another end of a message than this one does.`,
          mend: {
            words: `Take “Mend Lines” off row ${row}${of}: such lines are refused from whomever it decides for. Who can send stays as it is; give a device that needs it a row for its own address.`,
            edits: [{ kind: 'set', path: `${LIST_PATHS[name]}[${index}].mendLineEnds`, value: false }],
          },
        },
      ]
    })
    .slice(0, MOST)
}

/** `any`, or all of IPv4 or of IPv6. */
function isEverybody(from: string): boolean {
  const parsed = parseFrom(from)
  if (!parsed.ok) return false
  if (parsed.from.kind === 'any') return true
  if (parsed.from.kind !== 'span') return false
  const { span } = parsed.from
  return EVERYWHERE.some(whole => holdsSpans([span], [whole]))
}
