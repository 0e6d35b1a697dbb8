/** docs/replies.md: the table of replies as a page that a person reads. */
import type { Entry } from '../../app/delivery/meaning/entry.ts'
import { replyCodes } from '../../app/delivery/meaning/reply-codes.ts'
import { sources } from '../../app/delivery/meaning/sources.ts'
import { statusCodes } from '../../app/delivery/meaning/status-codes.ts'
import { own, said } from '../../app/delivery/meaning/table.ts'
import { mendTitle } from '../../renderer/words/mend-words.ts'

/** One for each of `said`, in its order. */
const titles = [
  'Microsoft 365 and Outlook.com',
  'Gmail and Google Workspace',
  'Yahoo, Apple and other mailbox providers',
  'DNS block lists and mail filters',
  'Postfix, Exim, Exchange and other servers',
  'Words that many servers use',
]

const lead = `# What the replies of other servers mean

When a next hop refuses or postpones a message, Postern says what its reply means, why, and what to do: in \`postern queue show\`,
\`postern log\`, in the reports and delay warnings to senders, and in the window on Status, Queue and Log, with the button
that opens the place that mends it.

A reply is looked for from the top of this page: Postern's own words first, then words of known servers, then the enhanced
status code (RFC 3463 and the registry of RFC 5248), then the plain code (RFC 5321). Only the first 2,000 characters of a
reply are read, in lower case. "…" stands for anything between two parts; \`*.2.2\` is \`4.2.2\` or \`5.2.2\`. What Postern says
about a sign-in is told apart by its kind, not by its words; mail waits in each of them, however long.

This page is written from \`app/delivery/meaning/\` by \`npm run docs:replies\`; a test keeps it true.
`

export function repliesPage(): string {
  const parts: readonly (readonly [string, readonly Entry[]])[] = [
    ["Postern's own words", own],
    ...said.map((table, at) => [titles[at] ?? '', table] as const),
    ['Enhanced status codes', statusCodes],
    ['Plain codes', replyCodes],
  ]
  const links = Object.entries(sources).map(
    ([name, { name: title, address }]) => `[${name}]: ${address} "${title.replaceAll('"', "'")}"`,
  )
  return [lead, ...parts.map(([title, entries]) => section(title, entries)), `${links.join('\n')}\n`].join(
    '\n',
  )
}

function section(title: string, entries: readonly Entry[]): string {
  const rows = entries.map(({ means, cause, todo, mends, source, ...entry }) =>
    row([
      replyOf(entry),
      `${means} ${cause}`,
      todo,
      mends.flatMap(kind => mendTitle({ kind, text: '' }) ?? []).join('; ') || 'none: it is tried again',
      `[${sources[source].name.split(':')[0]}][${source}]`,
    ]),
  )
  return [
    `## ${title}`,
    '',
    row(['reply', 'meaning', 'what to do', 'buttons', 'source']),
    row(Array(5).fill('---')),
    ...rows,
    '',
  ].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function replyOf({
  codes = [],
  status = [],
  says = [],
  signIn,
}: Pick<Entry, 'codes' | 'status' | 'says' | 'signIn'>): string {
  if (signIn !== undefined) return `sign-in: *${signIn}*`

  const words = says.map(parts => `“${(typeof parts === 'string' ? [parts] : parts).join(' … ')}”`)
  return [codes.join(', '), status.map(one => `\`${one}\``).join(', '), words.join(' or ')]
    .filter(part => part !== '')
    .join(' ')
}
