/** The words for clients that IDS/IPS turns away: for what they did, or since they stand in a list. */

import type { Machine } from '../access/machine.ts'
import { parseClient } from '../access/network.ts'
import { spansOf } from '../access/policy.ts'
import { compileRanges, rowAt } from '../access/ranges.ts'
import type { SourceFacts } from '../guard/facts.ts'
import type { IdsSettings } from '../settings/settings.ts'
import type { WhyWords } from './why.ts'

/** `address`: who was blocked, as the event tells it; `facts`: what is known of it now. */
export function blockedWords(
  client: string,
  address: string,
  why: string | undefined,
  facts: SourceFacts | undefined,
  ids: IdsSettings,
): WhyWords {
  const block = facts?.block
  const who = client === address ? client : `${client} (in ${address})`
  const did = why ?? block?.why
  return {
    means: `${who} is turned away for a time for what it did${did === undefined ? '' : `: ${did}`}.`,
    cause: `IDS/IPS (smtp.ids) counts points for errors, and blocks whoever has more than ${ids.threshold} of them.`,
    todo: block
      ? "If you know this machine, mend what it does wrong, such as an old password, and unblock it. If you don't, nothing needs doing: the block ends by itself."
      : "Nothing: it isn't blocked now. If you know this machine, mend what it did wrong, such as an old password.",
    path: 'smtp.ids.threshold',
    ...(block && {
      mends: [{ kind: 'unblock', words: `Unblock ${address} now, and forget what it did.`, address }],
    }),
  }
}

/** Whoever stands in the list of those that are always blocked. */
export function alwaysBlockedWords(client: string, ids: IdsSettings, machine: Machine): WhyWords {
  const address = parseClient(client)
  const at = address ? rowAt(compileRanges(entriesOf(ids, machine)), address) - 1 : -1
  const entry = ids.alwaysBlock[at]
  const path = entry === undefined ? 'smtp.ids.alwaysBlock' : `smtp.ids.alwaysBlock[${at}]`
  const words = {
    means: `${client} is always turned away, whatever it does.`,
    path,
  }
  if (entry === undefined || !ids.enabled)
    return {
      ...words,
      cause: 'It stood in the list of addresses that are always blocked (smtp.ids.alwaysBlock).',
      todo: 'Nothing: it stands there no longer, or IDS/IPS is off.',
    }
  return {
    ...words,
    cause: `It stands in the list of addresses that are always blocked (smtp.ids.alwaysBlock): ${entry}.`,
    todo: `If it is to be let in, take ${entry} out of the list, or put ${client} into the list of those that are never blocked, which goes before it.`,
    ...(entry.trim() === client && {
      mends: [
        {
          kind: 'edit',
          words: `Take ${client} out of the list.`,
          edits: [
            {
              kind: 'set',
              path: 'smtp.ids.alwaysBlock',
              value: ids.alwaysBlock.filter(other => other.trim() !== client),
            },
          ],
        },
      ],
    }),
  }
}

function entriesOf({ alwaysBlock }: IdsSettings, machine: Machine) {
  return alwaysBlock.flatMap((from, index) => spansOf(from, machine).map(span => ({ row: index + 1, span })))
}
