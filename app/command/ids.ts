/** `postern ids`: who is blocked for what he did, what led to it, and the way out. */
import type { Command } from 'commander'
import type { BlockFacts, OffenceFacts, SourceFacts } from '../control/control.ts'
import { OFFENCE_NAMES } from '../guard/offence.ts'
import { plain } from './plain.ts'
import { addCommand, addGroup, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'
import { stamp } from './time.ts'
import { UsageError } from './usage-error.ts'

interface JsonOption {
  readonly json?: boolean
}

interface UnblockOptions extends JsonOption {
  readonly all?: boolean
}

export function addIds(program: Command, shell: Shell): void {
  const group = addGroup(program, 'ids', 'See who is blocked for attacking (IDS/IPS), and unblock')
  addCommand(group, {
    usage: 'list',
    isDefault: true,
    summary: 'List the blocked addresses',
    more: 'Whoever errs too often is turned away for a time; an IPv6 address with its whole /64.',
    examples: [['postern ids list', 'who is blocked now, until when, and after what']],
  })
    .addOption(jsonOption())
    .action(shell.act((options: JsonOption) => list(shell, options)))
  addCommand(group, {
    usage: 'view <address>',
    summary: 'Show what led to the block of an address, or may lead to one',
    more: 'The exit status is 1 where it is blocked, and 0 where it is not.',
    examples: [['postern ids view 203.0.113.7', 'what it did, and what points it has']],
  })
    .addOption(jsonOption())
    .action(shell.act((address: string, options: JsonOption) => view(shell, address, options)))
  addCommand(group, {
    usage: 'unblock [address...]',
    summary: 'Let blocked addresses in again',
    more: 'What they did is forgotten. To keep an address from being blocked again, put it into smtp.ids.neverBlock.',
    examples: [
      ['postern ids unblock 203.0.113.7', 'this address'],
      ['postern ids unblock --all', 'every one that is blocked'],
    ],
  })
    .option('--all', 'every address that is blocked')
    .addOption(jsonOption())
    .action(shell.act((addresses: string[], options: UnblockOptions) => unblock(shell, addresses, options)))
}

function list(shell: Shell, { json }: JsonOption): Promise<number> {
  return shell.reading(async control => {
    const blocks = await control.listBlocked()
    if (json) shell.printJson(blocks)
    else if (blocks.length === 0) shell.print('Nobody is blocked.')
    else
      shell.printTable(
        [
          { title: 'Address', whole: true },
          { title: 'Until' },
          { title: 'After' },
          { title: 'Refused', right: true },
        ],
        blocks.map(({ address, until, why, refused }) => [address, stamp(until), why, String(refused)]),
      )
    return 0
  })
}

function view(shell: Shell, address: string, { json }: JsonOption): Promise<number> {
  return shell.reading(async control => {
    const facts = await control.viewAddress(address)
    if (json) shell.printJson(facts)
    else show(shell, facts)
    return facts.block || facts.listed === 'always' ? 1 : 0
  })
}

function show(
  shell: Shell,
  { address, block, listed, points, threshold, offences, known }: SourceFacts,
): void {
  shell.print(shell.style.bold(`${plain(address)}: ${standing(listed, block)}`))
  if (block) showOffences(shell, block.offences, `What led to it (${block.points} points):`)
  if (block?.refused) shell.print(`Connections refused since: ${block.refused}`)
  const since = block ? 'What it did since' : 'What it did lately'
  if (offences.length > 0)
    showOffences(shell, offences, `${since} (${points} points; more than ${threshold} block it):`)
  else if (!block) shell.print('It did nothing wrong lately.')
  if (known.length > 0) shell.print(plain(`Logged on from there within 30 days: ${known.join(', ')}`))
}

function standing(listed: SourceFacts['listed'], block: BlockFacts | undefined): string {
  if (listed === 'never') return 'never blocked, as smtp.ids.neverBlock says'
  if (listed === 'always') return 'always blocked, as smtp.ids.alwaysBlock says'
  if (!block) return 'not blocked'
  const but = block.known.length > 0 ? ', but for those who log on from there' : ''
  return `blocked since ${stamp(block.since)} until ${stamp(block.until)}${but}`
}

function showOffences(shell: Shell, offences: readonly OffenceFacts[], title: string): void {
  shell.print(title)
  shell.printTable(
    [
      { title: 'Time', whole: true },
      { title: 'What' },
      { title: 'Who' },
      { title: 'Times', right: true },
      { title: 'Points', right: true },
    ],
    offences.map(({ kind, who, count, points, last }) => [
      stamp(last),
      OFFENCE_NAMES[kind],
      who ?? '',
      String(count),
      String(points),
    ]),
  )
}

function unblock(shell: Shell, addresses: readonly string[], { all, json }: UnblockOptions): Promise<number> {
  if (all && addresses.length > 0) throw new UsageError('Give addresses or --all, not both.')
  if (!all && addresses.length === 0)
    throw new UsageError('Give the addresses to unblock, or --all; "postern ids list" shows them.')
  return shell.withControl(async control => {
    const { unblocked, left } = await control.unblock({ addresses, ...(all && { all }) }, shell.by)
    if (json) shell.printJson({ unblocked, left })
    else if (unblocked.length > 0) shell.print(plain(`Unblocked ${unblocked.join(', ')}.`))
    else if (all) shell.print('Nobody was blocked.')
    for (const address of left) shell.complain(`${address} is not blocked.`)
    return left.length === 0 ? 0 : 1
  })
}
