/** `postern settings diff`: what other settings differ in, and who can send by them more or less. */
import type { Command } from 'commander'
import type { Comparison, Control, Replay, Rerouting, Source } from '../control/control.ts'
import { readNamed } from './input.ts'
import { plain } from './plain.ts'
import { showRerouting } from './rerouting.ts'
import { addCommand, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'
import { stamp } from './time.ts'

export function addDiff(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'diff <file> [other]',
    summary: 'Compare settings: what differs, and who can send more or less',
    more:
      'Compares the settings in force with those of FILE, or those of FILE with those of\n' +
      'OTHER. Each is a file, - for standard input, or the name of an earlier file that\n' +
      'postern settings history lists. Nothing is changed. The last 1,000 decisions of\n' +
      'the log are taken again by both; those that would change are listed, and queued\n' +
      'mail that would go another way. The exit status is 0, and 2 when something is\n' +
      'wrong in a file.',
    examples: [
      ['postern settings diff office.json', 'what importing this file would do'],
      ['postern settings diff EARLIER.json', 'what has to be undone since then'],
    ],
  })
    .addOption(jsonOption())
    .action(
      shell.act((file: string, other: string | undefined, { json }: { json?: boolean }) =>
        shell.reading(async control => {
          const known = (await control.history()).map(entry => entry.file)
          const sources: Source[] = [await sourceOf(shell, known, file)]
          if (other === undefined) sources.unshift({ kind: 'current' })
          else sources.push(await sourceOf(shell, known, other))
          const [before = { kind: 'current' }, after = { kind: 'current' }] = sources
          return diff(shell, control, before, after, json === true)
        }),
      ),
    )
}

async function sourceOf(shell: Shell, known: readonly string[], name: string): Promise<Source> {
  if (known.includes(name)) return { kind: 'history', file: name }
  return { kind: 'text', text: await readNamed(name, shell.environment.stdin) }
}

async function diff(
  shell: Shell,
  control: Control,
  before: Source,
  after: Source,
  json: boolean,
): Promise<number> {
  const compared = await control.compareSettings(before, after)
  if (!compared.ok) return shell.refuse(compared.problems)
  const replayed = await control.replaySettings(before, after)
  const rerouting = await control.compareRoutes(before, after)
  if (json) {
    const { words: changes, ok: _, ...senders } = compared
    shell.printJson({ changes, ...senders, ...replayed, rerouting })
  } else show(shell, compared, replayed, rerouting)
  return 0
}

function show(
  shell: Shell,
  { words, senders, senderCount }: Extract<Comparison, { ok: true }>,
  replayed: Replay,
  rerouting: Rerouting,
): void {
  if (words.length === 0) {
    shell.print('Nothing differs.')
    return
  }
  for (const line of words) shell.print(plain(line))
  showSenders(shell, senders, senderCount)
  showReplay(shell, replayed)
  showRerouting(shell, rerouting, true)
}

type Senders = Extract<Comparison, { ok: true }>['senders']

/** Who gains and who loses, below what was printed before. */
export function showSenders(shell: Shell, senders: Senders, count: number = senders.length): void {
  const { style } = shell
  shell.print('')
  if (senders.length === 0) shell.print('Who can send stays as it is.')
  for (const { change, words } of senders) {
    const sign = change === 'gained' ? style.green('gained') : style.red('lost  ')
    shell.print(`${sign}  ${plain(words)}`)
  }
  if (count > senders.length) shell.print(`… and ${count - senders.length} more.`)
}

function showReplay(shell: Shell, { tried, flips }: Replay): void {
  if (tried === 0) return
  const last = tried === 1 ? 'the last decision' : `the last ${tried} decisions`
  if (flips.length === 0) {
    shell.print(`Of ${last} none would change.`)
    return
  }
  shell.print('')
  shell.print(`Of ${last} these would change:`)
  shell.printTable(
    [
      { title: 'last', whole: true },
      { title: 'times', right: true },
      { title: 'client', whole: true },
      { title: 'user' },
      { title: 'to' },
      { title: 'then' },
    ],
    flips.map(({ last, count, client, user, to, reply }) => [
      stamp(last),
      String(count),
      client,
      user ?? '',
      to ?? '(connecting)',
      reply,
    ]),
  )
}
