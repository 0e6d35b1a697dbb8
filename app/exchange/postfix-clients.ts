/** The map of all addresses as Postfix tables: what becomes of a client, by its address. */
import { admit } from '../access/decide.ts'
import { formatValue, parseClient } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import type { Relaying } from '../access/relaying.ts'
import type { Stretch } from '../access/stretch.ts'
import { blocksOf, formatBlock } from './blocks.ts'
import type { ClassNames } from './postfix-classes.ts'

/** Replies as Postern gives them: `530` only where logging on would help. */
const NEVER = '550 5.7.1 Relaying is not permitted from your IP address'
const NOT_ADMITTED = '554 5.7.1 Connections from your IP address are not accepted'

/** Who may relay from where. */
export function relayTable(map: readonly Stretch[], names: ClassNames): string {
  return table(map, ({ external }) => resultOf(external, names))
}

/** Who may send to mailboxes here; undefined where everybody may. */
export function internalTable(map: readonly Stretch[], names: ClassNames): string | undefined {
  if (map.every(({ internal }) => internal.kind === 'anyone')) return undefined
  return table(map, ({ internal }) => resultOf(internal, names))
}

/** Who may connect at all; undefined where everybody may. */
export function connectTable(map: readonly Stretch[], policy: Policy): string | undefined {
  if (policy.antiRelay !== 'authenticated-users') return undefined
  return table(map, stretch => (isAdmitted(policy, stretch) ? 'DUNNO' : NOT_ADMITTED))
}

function isAdmitted(policy: Policy, { family, first }: Stretch): boolean {
  const client = parseClient(formatValue(family, first))
  // IPv4 mapped to IPv6: no client has such an address.
  return client?.family === family && admit(policy, client).verdict === 'accept'
}

function resultOf(relaying: Relaying, names: ClassNames): string {
  switch (relaying.kind) {
    case 'anyone':
      return 'OK'
    case 'never':
      return NEVER
    case 'after-login':
      return names.of(relaying.users)
  }
}

/** Ascending, neighbours with one result joined; it covers all addresses. */
function table(map: readonly Stretch[], resultFor: (stretch: Stretch) => string): string {
  const lines: string[] = []
  let run:
    | { readonly family: 4 | 6; readonly first: bigint; readonly last: bigint; readonly result: string }
    | undefined
  const write = () => {
    if (run) for (const block of blocksOf(run)) lines.push(`${formatBlock(block)}\t${run.result}`)
  }
  for (const stretch of map) {
    const { family, first, last } = stretch
    const result = resultFor(stretch)
    if (run?.family === family && run.result === result) run = { ...run, last }
    else {
      write()
      run = { family, first, last, result }
    }
  }
  write()
  return lines.map(line => `${line}\n`).join('')
}
