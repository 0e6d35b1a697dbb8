/** `postern log`: what happened, and with `--follow` what happens. */
import { type Command, InvalidArgumentError } from 'commander'
import type { Connection } from '../control/client.ts'
import type { LogQuery, Why } from '../control/control.ts'
import { isRefusal } from '../control/why.ts'
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
  readonly why?: boolean
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
      [
        'postern log --why --match 192.168.1.50',
        'the same for one device, and why it was refused, by the settings of now',
      ],
      ['postern log --follow', 'the last ten events, then each as it happens, until Ctrl-C'],
    ],
  })
    .option('--follow', 'go on with what happens from now')
    .option('--since <when>', 'from then on: 90s, 15m, 2h, 5d ago, or a date like 2024-05-01', text =>
      since(text, shell.environment.now()),
    )
    .option('--match <text>', 'only events that contain this text')
    .option('--why', 'under each refusal, what happened, by which list, row or setting, and what to do')
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
  const query = queryOf(options)
  return shell.reading(async (control, reached) => {
    const whys = async (events: readonly Event[]): Promise<readonly Why[]> =>
      options.why ? control.whyRefused(events.filter(isRefusal)) : []
    const print = (event: Event, why: Why | undefined) => printEvent(shell, event, why, options)
    const printAll = async (events: readonly Event[]) => {
      for (const some of portions(events)) {
        const answers = [...(await whys(some))]
        for (const event of some) print(event, isRefusal(event) ? answers.shift() : undefined)
      }
    }
    if (!options.follow) {
      await printAll(await control.readLog(query))
      return 0
    }
    if (reached.running) return follow(shell, reached.connection, query, printAll)
    throw new Error('No relay is running on this data folder to follow; start it with "postern serve".')
  })
}

/** So many are asked about at once. */
const PORTION = 1000

function portions(events: readonly Event[]): readonly (readonly Event[])[] {
  return Array.from({ length: Math.ceil(events.length / PORTION) }, (_, at) =>
    events.slice(at * PORTION, (at + 1) * PORTION),
  )
}

function printEvent(shell: Shell, event: Event, why: Why | undefined, { json }: LogOptions): void {
  const meaning = meaningOfEvent(event)
  if (json) {
    shell.print(plainJson({ ...event, ...(meaning && { meaning }), ...(why && { why }) }))
    return
  }
  shell.print(eventLine(event, shell.style))
  const told = meaning ? [`${meaning.means} ${meaning.todo}`] : why ? [why.means, why.cause, why.todo] : []
  for (const line of told) shell.print(shell.style.dim(plain(`    ${line}`)))
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
  printAll: (events: readonly Event[]) => Promise<void>,
): Promise<number> {
  const matches = matcher(query.match)
  // What happens while the past is being read is shown behind it, and once.
  const early: Event[] = []
  let take = (event: Event): unknown => early.push(event)
  await connection.events(event => matches(event) && take(event))
  const past = await connection.control.readLog(query)
  const known = new Set(past.map(fingerprint))
  let printed = printAll(past)
  await new Promise<void>((resolve, reject) => {
    const ends = () => printed.then(resolve, reject)
    // In their order, though some are asked about first.
    take = event => {
      printed = printed.then(() => printAll([event]))
      printed.catch(reject)
    }
    for (const event of early) if (!known.has(fingerprint(event))) take(event)
    printed.catch(reject)
    Promise.race([connection.closed, aborted(shell.environment.signal)]).then(ends, reject)
  })
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
