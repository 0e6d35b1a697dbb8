/** `postern log`: what happened, and with `--follow` what happens. */
import { type Command, InvalidArgumentError } from 'commander'
import type { Connection } from '../control/client.ts'
import type { LogQuery } from '../control/control.ts'
import { type Meaning, meaningOf } from '../delivery/meaning/meaning.ts'
import type { Event } from '../log/event.ts'
import { eventLine } from './event-line.ts'
import { parseLimit } from './limit.ts'
import { plain, plainJson } from './plain.ts'
import { addCommand, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'
import { parseSince } from './time.ts'

interface LogOptions extends LogQuery {
  readonly follow?: boolean
  readonly json?: boolean
}

/** Lines of the past before those to come, as with `tail -f`. */
const lead = 10

export function addLog(program: Command, shell: Shell): void {
  addCommand(program, {
    usage: 'log',
    summary: 'Show what happened',
    more: 'One line for each event, the oldest first, and under mail that was postponed or refused another that says what it means; with --json each event is a line of JSON.',
    examples: [
      [
        'postern log --since 2h --match fred@example.com',
        'what happened to mail of fred in the last two hours',
      ],
      ['postern log --follow', 'the last ten events, then each as it happens, until Ctrl-C'],
    ],
  })
    .option('--follow', 'go on with what happens from now')
    .option('--since <when>', 'from then on: 90s, 15m, 2h, 5d ago, or a date like 2024-05-01', text =>
      since(text, shell.environment.now()),
    )
    .option('--match <text>', 'only events that contain this text')
    .option('--limit <n>', 'the newest so many (default: 1000, with --follow 10)', parseLimit)
    .addOption(jsonOption())
    .action(shell.act((options: LogOptions) => log(shell, options)))
}

function since(text: string, now: number): number {
  const time = parseSince(text, now)
  if (time === undefined)
    throw new InvalidArgumentError('Give a time like 15m, 2h, 5d, 2024-05-01 or 2024-05-01T09:30.')
  return time
}

function log(shell: Shell, options: LogOptions): Promise<number> {
  const print = (event: Event) => {
    const meaning = meaningOfEvent(event)
    if (options.json) return shell.print(plainJson(meaning ? { ...event, meaning } : event))
    shell.print(eventLine(event, shell.style))
    if (meaning) shell.print(shell.style.dim(plain(`    ${meaning.means} ${meaning.todo}`)))
  }
  const query = queryOf(options)
  return shell.reading(async (control, reached) => {
    if (!options.follow) {
      for (const event of await control.readLog(query)) print(event)
      return 0
    }
    if (reached.running) return follow(shell, reached.connection, query, print)
    throw new Error('No relay is running on this data folder to follow; start it with "postern serve".')
  })
}

/** Of what a next hop postponed or refused. */
function meaningOfEvent(event: Event): Meaning | undefined {
  if (event.kind !== 'deferred' && event.kind !== 'failed') return undefined
  return meaningOf(event.reply, { via: event.via, to: event.to })
}

function queryOf({ follow, since: from, match, limit }: LogOptions): LogQuery {
  const most = limit ?? (follow && from === undefined ? lead : undefined)
  return {
    ...(from === undefined ? {} : { since: from }),
    ...(match === undefined ? {} : { match }),
    ...(most === undefined ? {} : { limit: most }),
  }
}

/** Until the relay stops, or whoever reads us does. */
async function follow(
  shell: Shell,
  connection: Connection,
  query: LogQuery,
  print: (event: Event) => void,
): Promise<number> {
  const matches = matcher(query.match)
  // What happens while the past is being read is shown behind it, and once.
  const early: Event[] = []
  let take = (event: Event): unknown => early.push(event)
  await connection.events(event => matches(event) && take(event))
  const past = await connection.control.readLog(query)
  for (const event of past) print(event)
  const known = new Set(past.map(fingerprint))
  for (const event of early) if (!known.has(fingerprint(event))) print(event)
  take = print
  await Promise.race([connection.closed, aborted(shell.environment.signal)])
  if (!shell.environment.signal.aborted) shell.note('The relay has stopped.')
  return 0
}

/** The same for an event on its way and as it was written, whatever the order of its keys. */
function fingerprint(event: Event): string {
  return JSON.stringify(Object.entries(event).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function matcher(match: string | undefined): (event: Event) => boolean {
  const wanted = match?.toLowerCase()
  return event => wanted === undefined || JSON.stringify(event).toLowerCase().includes(wanted)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
