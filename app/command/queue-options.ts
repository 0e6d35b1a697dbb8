/** The filter options of `postern queue`: which messages, and which of their recipients. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { QueueFilter } from '../control/control.ts'
import { parsePattern } from '../mail/pattern.ts'
import { parseDuration } from '../settings/units.ts'

export function addFilterOptions(command: Command): Command {
  return command
    .addOption(new Option('--state <state>', 'only recipients in this state').choices(['waiting', 'held']))
    .option('--match <text>', 'only with this text in an address, the id, the client or the account')
    .option('--from <sender>', 'only from this address, domain or *.domain; <> for bounces', parseSender)
    .option('--to <recipients>', 'only recipients with this address, domain or *.domain', parseRecipients)
    .option('--older-than <time>', 'only what has waited so long, as in 30m, 4h or 2d', parseAge)
    .option('--hop <server>', 'only what waits for this server to answer, as "queue list" names it')
    .option('--reply <text>', 'only recipients with this text in the last reply')
}

/** The options that were given, and no others. */
export function filterOf(options: QueueFilter): QueueFilter {
  const { state, match, from, to, olderThan, hop, reply, limit } = options
  return {
    ...(state === undefined ? {} : { state }),
    ...(match === undefined ? {} : { match }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(olderThan === undefined ? {} : { olderThan }),
    ...(hop === undefined ? {} : { hop }),
    ...(reply === undefined ? {} : { reply }),
    ...(limit === undefined ? {} : { limit }),
  }
}

function parseSender(text: string): string {
  return text === '<>' ? text : parseRecipients(text)
}

function parseRecipients(text: string): string {
  if (parsePattern(text)) return text
  throw new InvalidArgumentError('Give an address, a domain, "*.domain" or "*".')
}

function parseAge(text: string): number {
  const age = parseDuration(text)
  if (age === undefined) throw new InvalidArgumentError('Give a time as in 30m, 4h or 2d.')
  return age
}
