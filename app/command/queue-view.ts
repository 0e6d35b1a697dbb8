/** The queue as a person sees it: its table, and one message in full. */
import type { QueueDetail, QueuedMessage, QueueFilter, ReplyMeaning } from '../control/control.ts'
import { finderOf } from '../control/queue-filter.ts'
import { formatReply } from '../mail/reply.ts'
import type { Message, RecipientState } from '../queue/message.ts'
import { isPending } from '../queue/message.ts'
import { roundSize } from '../settings/units.ts'
import type { Environment } from './environment.ts'
import { plain, plainLines } from './plain.ts'
import type { Shell } from './shell.ts'
import type { Style } from './style.ts'
import type { Column } from './table.ts'
import { span, stamp, untilThen } from './time.ts'

export function queueShape(style: Style): readonly Column[] {
  return [
    { title: 'id', whole: true },
    { title: 'age', right: true },
    { title: 'size', right: true },
    { title: 'from' },
    { title: 'to' },
    { title: 'state', whole: true, paint: cell => (cell === 'held' ? style.yellow(cell) : cell) },
    { title: 'tries', right: true },
    { title: 'next try', whole: true },
    { title: 'last reply' },
  ]
}

/** A row for each recipient that `filter` finds; on a terminal a message's own facts stand in its first row only. */
export function queueRows(
  messages: readonly QueuedMessage[],
  { now, isTerminal }: Pick<Environment, 'now' | 'isTerminal'>,
  filter: QueueFilter,
): string[][] {
  const find = finderOf(filter, now())
  return messages.flatMap(message => {
    const found = find(message)
    const own = [message.id, span(now() - message.received), roundSize(message.size), path(message)]
    return message.states
      .map((at, index) => ({
        at,
        to: message.envelope.recipients[index]?.address ?? '',
        is: stateOf(message, index),
        waits: message.waits?.[index],
      }))
      .filter((_, index) => found.has(index))
      .map(({ at, to, is, waits }, index) => {
        const first = index > 0 && isTerminal ? own.map(() => '') : own
        return [...first, to, is, tries(at), next(at, now()), last(at, waits)]
      })
  })
}

export function showDetail(shell: Shell, { message, routes, meanings, header }: QueueDetail): void {
  const now = shell.environment.now()
  const { client, user } = message.origin
  const from = user === undefined ? client : `${client}, logged on as ${user}`
  const facts: [string, string][] = [
    ['id', message.id],
    ['received', `${stamp(message.received)}, ${span(now - message.received)} ago, from ${from}`],
    ['size', roundSize(message.size)],
    ['from', path(message)],
  ]
  for (const [name, value] of facts) shell.print(`${shell.style.bold(name.padEnd(8))}  ${plain(value)}`)
  shell.print('')
  shell.printTable(
    [
      { title: 'to' },
      { title: 'state' },
      { title: 'tries', right: true },
      { title: 'next try' },
      { title: 'route' },
      { title: 'last reply' },
    ],
    message.states.map((at, index) => [
      message.envelope.recipients[index]?.address ?? '',
      stateOf(message, index),
      tries(at),
      next(at, now),
      isPending(at) ? (routes[index] ?? '') : '',
      last(at, message.waits?.[index]),
    ]),
  )
  for (const [index, meaning] of meanings.entries())
    if (meaning) {
      shell.print(`\n${shell.style.bold(plain(message.envelope.recipients[index]?.address ?? ''))}`)
      showMeaning(shell, meaning)
    }
  shell.print(`\n${plainLines(header).trimEnd()}`)
}

/** What a reply means, and what to do about it. */
export function showMeaning(shell: Shell, { means, cause, todo, mends, source }: ReplyMeaning): void {
  const setting = mends.find(({ path }) => path !== undefined)?.path
  const facts: [string, string][] = [
    ['means', means],
    ['why', cause],
    ['to do', todo],
    ...(setting === undefined ? [] : [['setting', setting] as [string, string]]),
    ['source', `${source.name}, ${source.address}`],
  ]
  for (const [name, value] of facts) shell.print(`  ${shell.style.bold(name.padEnd(8))}  ${plain(value)}`)
}

/** `sending` while an attempt is under way. */
function stateOf({ states, sending }: QueuedMessage, index: number): string {
  return sending.includes(index) ? 'sending' : (states[index]?.kind ?? '')
}

function path({ envelope }: Message): string {
  return envelope.reversePath === '' ? '<>' : envelope.reversePath
}

function tries(state: RecipientState): string {
  return state.kind === 'waiting' || state.kind === 'held' ? String(state.attempts) : ''
}

function next(state: RecipientState, now: number): string {
  return state.kind === 'waiting' ? untilThen(state.next, now) : ''
}

/** Why it waits, where its own state doesn't say, goes before the reply. */
function last(state: RecipientState, waits: string | null = null): string {
  if (state.kind === 'removed') return ''
  const why = state.kind === 'held' ? state.why : (waits ?? '')
  return [why, state.reply ? formatReply(state.reply) : ''].filter(part => part !== '').join('; ')
}
