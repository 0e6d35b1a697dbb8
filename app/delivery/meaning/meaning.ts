/** A meaning: what a next hop's reply says to a person, why, and what mends it. */
import type { Reply } from '../../mail/reply.ts'
import { oneLine } from '../text.ts'
import type { Entry, MendKind, Stage } from './entry.ts'
import { innerOf, matches, type Reading, readingOf } from './reading.ts'
import { type Source, sources } from './sources.ts'
import { own, said, tables } from './table.ts'

export interface Meaning {
  /** The entry's name. */
  readonly name: string
  /** One plain sentence. */
  readonly means: string
  readonly cause: string
  readonly todo: string
  /** The best first; never empty. */
  readonly mends: readonly Mend[]
  readonly source: Source
}

export type Mend =
  | { readonly kind: Exclude<MendKind, 'tell-provider' | 'tell-recipient'> }
  /** A text to copy, for whoever runs the other server, or for the recipient. */
  | { readonly kind: 'tell-provider' | 'tell-recipient'; readonly text: string }

/** What is known beside the reply; all of it may be absent. */
export interface MeaningContext {
  readonly stage?: Stage
  /** Who said it, as `host:port`. */
  readonly via?: string
  readonly from?: string
  readonly to?: string
  /** Our own name. */
  readonly hostname?: string
}

/** Pure. Undefined for a reply that refuses and postpones nothing. */
export function meaningOf(reply: Reply, context: MeaningContext = {}): Meaning | undefined {
  if (reply.code < 400) return undefined
  const { name, means, cause, todo, mends, source } = entryFor(readingOf(reply, context.stage))
  const mendOf = (kind: MendKind): Mend =>
    kind === 'tell-provider' || kind === 'tell-recipient'
      ? { kind, text: letter(kind, reply, context) }
      : { kind }
  return { name, means, cause, todo, mends: mends.map(mendOf), source: sources[source] }
}

/** Words of ours that tell of a next hop's reply mean what that reply means, where the table knows it. */
function entryFor(reading: Reading): Entry {
  if (reading.signIn) return firstIn([own], reading) ?? UNKNOWN
  const inner = innerOf(reading)
  return (inner && firstIn(said, inner)) ?? firstIn(tables, reading) ?? UNKNOWN
}

function firstIn(some: readonly (readonly Entry[])[], reading: Reading): Entry | undefined {
  for (const table of some) {
    const found = table.find(entry => matches(entry, reading))
    if (found) return found
  }
  return undefined
}

/** For codes beyond 599, which no next hop may say. */
const UNKNOWN: Entry = {
  name: 'unknown',
  means: 'The other server refused, and its answer is none that mail servers know.',
  cause: "It isn't a mail server, or a very old or broken one.",
  todo: "Check the server's name and port in the mail sender.",
  mends: ['servers'],
  source: 'rfc5321',
}

/** Bytes of a stranger's words in a text of ours. */
const QUOTED = 900

const ASKED = {
  'tell-provider':
    "a mail server of yours doesn't take mail from ours. Could you find out why, and permit it, or tell us what to change?",
  'tell-recipient':
    "your mail server doesn't take our mail to you. Could you see to it, or pass this on to whoever runs your mail?",
}

function letter(kind: keyof typeof ASKED, reply: Reply, { via, from, to, hostname }: MeaningContext): string {
  const quoted = oneLine([reply.code, reply.status, reply.text].filter(part => part !== '').join(' '), QUOTED)
  const line = (label: string, value: string | undefined) =>
    value === undefined || value === '' ? [] : [`${label}: ${oneLine(value, 300)}`]
  return [
    'Hello,',
    '',
    ASKED[kind],
    '',
    ...line('Your server', via),
    ...line('Our server', hostname),
    ...line('Sender', from),
    ...line('Recipient', to),
    `Its answer: ${quoted}`,
    '',
  ].join('\n')
}
