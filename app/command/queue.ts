/** `postern queue`: the mail on its way. */
import type { Command } from 'commander'
import type { Control, QueueChange, QueuedMessage, QueueFilter, QueueSelection } from '../control/control.ts'
import { hopWords } from '../control/hop-answers.ts'
import { isNarrow } from '../control/queue-filter.ts'
import { parseLimit } from './limit.ts'
import { plain } from './plain.ts'
import { addFilterOptions, filterOf } from './queue-options.ts'
import { queueRows, queueShape, showDetail } from './queue-view.ts'
import { addCommand, addGroup, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'
import { UsageError } from './usage-error.ts'

interface ListOptions extends QueueFilter {
  readonly json?: boolean
}

interface ChangeOptions extends QueueFilter {
  readonly all?: boolean
  readonly json?: boolean
}

export function addQueue(program: Command, shell: Shell): void {
  const group = addGroup(program, 'queue', 'Show and steer the mail on its way')
  addList(group, shell)
  addShow(group, shell)
  for (const change of changes) addChange(group, shell, change)
}

function addList(group: Command, shell: Shell): void {
  const command = addCommand(group, {
    usage: 'list',
    summary: 'List the messages that wait or are held',
    more: 'One line for each recipient that has not got its message yet.',
    examples: [
      ['postern queue list', 'all, the oldest first'],
      ['postern queue list --state held --match partner.example', 'held mail for or from partner.example'],
      ['postern queue list --to partner.example --older-than 4h', 'what has waited long for partner.example'],
    ],
  })
  addFilterOptions(command)
    .option('--limit <n>', 'at most so many messages (default: 1000)', parseLimit)
    .addOption(jsonOption())
    .action(shell.act((options: ListOptions) => list(shell, options)))
}

function list(shell: Shell, { json, ...options }: ListOptions): Promise<number> {
  const filter = filterOf(options)
  return shell.reading(async control => {
    const messages = await listed(control, filter)
    const { hops } = await control.status()
    if (json) shell.printJson(messages)
    else if (messages.length === 0) {
      shell.print(isNarrow(filter) ? 'No message in the queue is like that.' : 'The queue is empty.')
    } else {
      shell.printTable(queueShape(shell.style), queueRows(messages, shell.environment, filter))
      if (messages.length === (filter.limit ?? 1000)) shell.note('There may be more; see --limit.')
    }
    const now = shell.environment.now()
    if (!json) for (const facts of hops) shell.print(plain(`${hopWords(facts, now)}: ${facts.why}.`))
    return 0
  })
}

/** Messages asked for at a time: an answer is soon made, and the relay goes on meanwhile. */
const AT_ONCE = 500

/** A short list by one answer: a message and the report that takes its place could both be missed by two. */
async function listed(control: Control, filter: QueueFilter): Promise<readonly QueuedMessage[]> {
  const { limit = 1000 } = filter
  const messages = [...(await control.listQueue({ ...filter, limit: Math.min(limit, AT_ONCE) }))]
  if (messages.length < AT_ONCE || limit === AT_ONCE) return messages
  const known = new Set(messages.map(({ id }) => id))
  const others = (await control.findMessages(filter)).filter(id => !known.has(id))
  const rest = others.slice(0, limit - messages.length)
  for (let start = 0; start < rest.length; start += AT_ONCE)
    messages.push(...(await control.listQueue({ ...filter, ids: rest.slice(start, start + AT_ONCE) })))
  return messages
}

function addShow(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'show <id>',
    summary: 'Show one message: its recipients, their state and its header',
    examples: [['postern queue show 106b1x1zh003f', 'the message with this id']],
  })
    .addOption(jsonOption())
    .action(
      shell.act((id: string, { json }: { readonly json?: boolean }) =>
        shell.reading(async control => {
          const detail = await control.showMessage(id)
          if (!detail) throw new Error(unknownId(id))
          if (json) shell.printJson(detail)
          else showDetail(shell, detail)
          return 0
        }),
      ),
    )
}

interface Change {
  readonly name: 'hold' | 'release' | 'retry' | 'remove'
  readonly summary: string
  readonly more: string
  /** For `Held 2 messages.` */
  readonly done: string
  /** Without ids it takes all: asking for less harm is needed by the others only. */
  readonly allByDefault: boolean
}

const changes: readonly Change[] = [
  {
    name: 'hold',
    summary: 'Keep messages until they are released',
    more: 'Nothing of them is sent until "postern queue release".',
    done: 'Held',
    allByDefault: false,
  },
  {
    name: 'release',
    summary: 'Let held messages go on',
    more: 'They are sent by the routes of today, and tried at once.',
    done: 'Released',
    allByDefault: false,
  },
  {
    name: 'retry',
    summary: 'Try waiting messages now',
    more: 'Without ids: all that wait. A server that does not answer is tried at once, too. Held messages stay held.',
    done: 'Will now try',
    allByDefault: true,
  },
  {
    name: 'remove',
    summary: 'Delete messages without sending them',
    more: 'They are gone for good, and their senders are not told.',
    done: 'Removed',
    allByDefault: false,
  },
]

function addChange(group: Command, shell: Shell, change: Change): void {
  const command = addCommand(group, {
    usage: `${change.name} [id...]`,
    summary: change.summary,
    more: change.more,
    examples: [
      [`postern queue ${change.name} 106b1x1zh003f 106cyjafz003f`, 'these two messages'],
      [
        `postern queue ${change.name}${change.allByDefault ? '' : ' --all'}`,
        change.allByDefault ? 'every message that waits' : 'every message in the queue',
      ],
      [`postern queue ${change.name} --to old.example`, 'what is for addresses there, and nothing else'],
    ],
  })
  if (!change.allByDefault) command.option('--all', 'every message in the queue')
  addFilterOptions(command)
    .addOption(jsonOption())
    .action(shell.act((ids: string[], options: ChangeOptions) => apply(shell, change, ids, options)))
}

function apply(
  shell: Shell,
  change: Change,
  ids: readonly string[],
  options: ChangeOptions,
): Promise<number> {
  const selection = select(change, ids, options)
  return shell.withControl(async (control, { running }) => {
    const changed = await control[`${change.name}Messages`](selection)
    if (options.json) shell.printJson(changed)
    else tell(shell, change, selection.all ? { ...changed, left: [], unknown: [] } : changed, running)
    // Whoever named a message wants to know that it stayed as it was, or is gone; with all, there are always some.
    const refused = selection.all ? 0 : changed.unknown.length + changed.left.length
    return refused === 0 ? 0 : 1
  })
}

/** A filter is as good as `--all`: it says itself which messages are meant. */
function select(change: Change, ids: readonly string[], { all, ...options }: ChangeOptions): QueueSelection {
  const filter = filterOf(options)
  const narrow = isNarrow(filter)
  const rest = narrow ? { filter } : {}
  if (all && ids.length > 0) throw new UsageError('Give ids or --all, not both.')
  if (ids.length > 0) return { ids, ...rest }
  if (all || narrow || change.allByDefault) return { ids: [], all: true, ...rest }
  throw new UsageError('Give the ids of messages, a filter, or --all; "postern queue list" shows them.')
}

function tell(
  shell: Shell,
  { name, done }: Change,
  { changed, unknown, left, sending }: QueueChange,
  running: boolean,
): void {
  for (const id of unknown) shell.complain(unknownId(id))
  for (const { id, why } of left) shell.complain(`Message ${id} stays as it was: ${why}.`)
  const later = !running && (name === 'release' || name === 'retry') && changed.length > 0
  const count = changed.length === 1 ? '1 message' : `${changed.length} messages`
  if (changed.length > 0 || unknown.length + left.length === 0) {
    shell.print(plain(`${done} ${count}${later ? '; they go when the relay runs' : ''}.`))
  }
  for (const id of sending)
    shell.note(
      `${id} is being sent right now: ${name === 'retry' ? 'it is tried again if that fails' : 'what this attempt delivers is delivered'}.`,
    )
}

function unknownId(id: string): string {
  return `There is no message ${id} in the queue.`
}
