/** The words for clients that a list turned away, or whose line ends no row mends, with the row that changes that. */
import { admit, explained } from '../access/decide.ts'
import type { Decision } from '../access/decision.ts'
import type { Edit } from '../access/finding.ts'
import { LIST_PATHS } from '../access/mend.ts'
import { type Client, parseClient } from '../access/network.ts'
import { isLocalNetwork, type Match, type Policy } from '../access/policy.ts'
import { matches } from '../access/ruling.ts'
import { enumerate } from '../access/wording.ts'
import type { AccessRow } from '../settings/settings.ts'
import type { WhyMend, WhyWords } from './why.ts'

interface Barred {
  readonly client: string
  readonly list?: 'service' | 'global' | null
  readonly row?: number | null
}

/** A connection that the anti-relay method "Authenticated users only" leaves to the lists. */
export function admissionWords({ client, list, row }: Barred, policy: Policy): WhyWords & Decided {
  const place = listName(list)
  const by =
    row === null || row === undefined ? `no row of ${place} lets it in` : `row ${row} of ${place} blocks it`
  const address = parseClient(client)
  const decision = address && explained(admit(policy, address))
  const words = {
    means: `${client} wasn't let in at all: ${by}.`,
    cause:
      'With the anti-relay method “authenticated-users” (smtp.antiRelay) the access list decides who may connect, to send and to bring mail to your users alike.',
    path: pathOf(list, row),
  }
  if (!decision) return { ...words, todo: 'Look at the list.' }
  if (decision.verdict === 'accept')
    return { ...words, decision, todo: 'Nothing: by the settings in force now it may connect.' }
  return {
    ...words,
    decision,
    todo: "If you know this machine, put in a row that allows it, above the one that decides. If you don't, nothing needs doing.",
    mends: admitting(address, policy),
  }
}

interface Decided {
  readonly decision?: Decision
}

function admitting(client: Client, policy: Policy): readonly WhyMend[] {
  const barring = matches(policy, client).filter(({ allows }) => !allows)
  const row = { ...rowFor(client), action: 'allow', comment: 'from the log' } as const
  return [
    {
      kind: 'edit',
      words: `Let ${client.text} connect, by ${barring.length === 1 ? 'a row' : 'rows'} for this address alone: it may bring mail to your users, and send to others after logging on.`,
      edits: barring.map(match => inserted(match, row)),
    },
  ]
}

/** LF without CR; in a command line, or in line `where` of a message. */
export function bareLfWords(client: string, where: string, policy: Policy): WhyWords {
  const words = {
    means: `${client} ends its lines in LF alone, ${where}, and a line of mail ends in CR LF.`,
    cause:
      'Servers that take such lines can be tricked into seeing two messages in one, so they are refused from everybody for whom no row says otherwise (mendLineEnds of the row that decides, “Mend Lines” in the window).',
  }
  const address = parseClient(client)
  const silent = address ? matches(policy, address).filter(({ mends }) => !mends) : []
  if (!address || silent.length === 0)
    return { ...words, todo: 'Nothing: by the settings in force now they are taken from it, and mended.' }
  const places = enumerate(silent.map(match => mendPlace(match, policy)))
  const path = LIST_PATHS[silent[0]?.list.name ?? 'service']
  if (!isOwn(address, policy))
    return {
      ...words,
      path,
      todo: `Whoever runs this machine must mend its mail program. If it is a device of yours: switch mendLineEnds on for its address alone, ${places}.`,
    }
  const canMend = silent.every(({ number }) => number > 0)
  return {
    ...words,
    path,
    todo: `Update the device or its program. If that isn't possible: switch mendLineEnds on for its address alone, ${places}.`,
    ...(canMend && { mends: [mending(address, silent)] }),
  }
}

/** Which row it takes. */
function mendPlace({ list, number }: Match, policy: Policy): string {
  const of = policy.global ? ` of ${listName(list.name)}` : ''
  return number > 0
    ? `at or above row ${number}${of}`
    : `by a row${of || ' of the access list'}, where none matches it`
}

/** Who may send stays as it is: the new row says what the one that decides says. */
function mending(client: Client, silent: readonly Match[]): WhyMend {
  return {
    kind: 'edit',
    words: `Take such lines from ${client.text} alone, and mend them. Who can send stays as it is.`,
    edits: silent.map((match): Edit => {
      const row = match.list.rows[match.number - 1]
      if (row?.from.trim() === client.text)
        return {
          kind: 'set',
          path: `${LIST_PATHS[match.list.name]}[${match.number - 1}].mendLineEnds`,
          value: true,
        }
      const same = { ...rowFor(client), ...row, from: client.text }
      return inserted(match, { ...same, mendLineEnds: true, comment: 'line ends mended' })
    }),
  }
}

/** Above the row that decides; at the end where none does. */
function inserted({ list, number }: Match, value: AccessRow): Edit {
  return { kind: 'insert', list: list.name, row: number > 0 ? number : list.rows.length + 1, value }
}

function rowFor({ text }: Client) {
  return {
    action: 'block',
    from: text,
    withoutAuthentication: false,
    mendLineEnds: false,
    users: [],
    comment: '',
    enabled: true,
  } as const
}

/** A machine of the office. */
function isOwn(client: Client, policy: Policy): boolean {
  return isLocalNetwork(policy, client)
}

function listName(list: Barred['list']): string {
  return list === 'global' ? 'the global list' : 'the access list'
}

function pathOf(list: Barred['list'], row: Barred['row']): string {
  const path = LIST_PATHS[list ?? 'service']
  return row === null || row === undefined ? path : `${path}[${row - 1}]`
}
