/** `postern import`: take the access list of another server, after a look at what that would do. */
import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Command, Option } from 'commander'
import type { Dialect, ImportAsked, ImportPreview, Remark } from '../control/control.ts'
import { DIALECT_NAMES } from '../exchange/dialect.ts'
import { MOST_FILES } from '../exchange/imported.ts'
import { tablesNamedIn } from '../exchange/postfix-tables.ts'
import { placeOf } from '../exchange/remarks.ts'
import { VERSIONS, type Version } from '../exchange/vpop3.ts'
import type { Input } from './environment.ts'
import { readNamedBytes } from './input.ts'
import { plain } from './plain.ts'
import { addCommand, addGroup, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'
import { UsageError } from './usage-error.ts'

interface ImportOptions {
  readonly version?: Version | '4'
  readonly global?: boolean
  readonly empty?: 'everybody' | 'nobody'
  readonly leaveOut?: boolean
  readonly allowOpenRelay?: boolean
  readonly apply?: boolean
  readonly json?: boolean
}

/** Rows, lines and ranges shown; the others are counted. */
const SHOWN = 40

export function addImport(program: Command, shell: Shell): void {
  const group = addGroup(program, 'import', "Take another server's access list")
  addVpop3(group, shell)
  add(group, shell, 'postfix <file>', 'postfix', {
    summary: "Take a Postfix's rules for relaying",
    more:
      'FILE is its main.cf, or the folder with it; CIDR tables that it names are read from\nthe same folder. Read are mynetworks, check_client_access with CIDR tables,\n' +
      'permit_sasl_authenticated and reject_unauth_destination in smtpd_relay_restrictions.',
    examples: [['postern import postfix /etc/postfix', 'what it would do']],
  })
  add(group, shell, 'hmailserver <file>', 'hmailserver', {
    summary: "Take hMailServer's IP ranges",
    more: 'FILE is hMailServerBackup.xml, which is in every backup.',
    examples: [['postern import hmailserver hMailServerBackup.xml --apply', 'use its IP ranges']],
  })
  add(group, shell, 'auto <file>', undefined, {
    summary: 'Take a list in whatever of these dialects it is written (also without "auto")',
    examples: [['postern import list.txt', 'what it would do']],
  })
}

const MORE =
  "FILE may be - for standard input. Nothing is changed without --apply. What can't be\ntaken is told with its line; the exit status is 2 as long as something is to be\nmended or answered."

interface Texts {
  readonly summary: string
  readonly more?: string
  readonly examples: readonly (readonly [line: string, does: string])[]
}

function addVpop3(group: Command, shell: Shell): void {
  add(group, shell, 'vpop3 <file>', 'vpop3', {
    summary: "Take VPOP3's access restrictions",
    more: '--version says which VPOP3 wrote it: 1.5 (text), 3 (3 and 4) or 5 and later (its\nstore); it is found by itself where it is left out.',
    examples: [
      ['postern import vpop3 list.txt --version 1.5', 'what it would do'],
      ['postern import vpop3 - --version 5 --apply', 'use what is pasted'],
    ],
  })
    .addOption(new Option('--version <version>', 'which VPOP3 wrote it').choices([...VERSIONS, '4']))
    .option('--global', 'it is the global list, not the one of the SMTP service')
    .addOption(
      new Option('--empty <meaning>', 'what an empty list is to mean; VPOP3 meant everybody').choices([
        'everybody',
        'nobody',
      ]),
    )
}

function add(group: Command, shell: Shell, usage: string, kind: Kind, texts: Texts): Command {
  const { summary, more, examples } = texts
  const isDefault = kind === undefined
  const command = addCommand(group, {
    usage,
    summary,
    more: [MORE, ...(more ? [more] : [])].join('\n\n'),
    examples,
    isDefault,
  })
  return command
    .option('--apply', 'use it; without this nothing is changed')
    .addOption(new Option('--dry-run', 'change nothing, which is so without it too').conflicts('apply'))
    .option('--leave-out', 'use it without the lines that could not be taken')
    .option('--allow-open-relay', 'use it even if anyone could send through this server then')
    .addOption(jsonOption())
    .action(shell.act((file: string, options: ImportOptions) => importFile(shell, kind, file, options)))
}

type Kind = 'vpop3' | 'postfix' | 'hmailserver' | undefined

async function importFile(shell: Shell, kind: Kind, file: string, options: ImportOptions): Promise<number> {
  const asked = askedOf(await filesOf(shell, kind, file), kind, options)
  if (options.apply) {
    return shell.change(async control => {
      const preview = await control.previewImport(asked)
      const applied = await control.importList(asked, shell.by)
      if (!applied.ok) hint(shell, preview)
      else
        for (const remark of preview.remarks.slice(0, SHOWN)) shell.note(`${placeOf(remark)}: ${remark.text}`)
      return applied
    })
  }
  return shell.reading(async control => {
    const preview = await control.previewImport(asked)
    if (options.json) shell.printJson(preview)
    else show(shell, preview)
    if (preview.opens && !options.allowOpenRelay) {
      shell.note('This would make an open relay: give --allow-open-relay too if that is what you want.')
      if (preview.problems.length === 0) return 2
    }
    if (preview.problems.length === 0) return 0
    if (options.json || preview.asks.length > 0)
      hint(shell, options.json ? preview : { ...preview, remarks: [] })
    return shell.refuse(preview.problems)
  })
}

const HINTS: Readonly<Record<ImportPreview['asks'][number], string>> = {
  'leave-out': '--leave-out',
  empty: '--empty everybody or --empty nobody',
}

/** Which options answer what is asked, and which lines are meant. */
function hint(shell: Shell, { asks, remarks }: ImportPreview): void {
  const lost = remarks.filter(one => one.lost)
  for (const remark of lost.slice(0, SHOWN)) shell.note(`${placeOf(remark)}: ${remark.text}`)
  if (asks.length > 0)
    shell.note(`Not applied; what is asked is answered by ${asks.map(ask => HINTS[ask]).join(', ')}.`)
}

function askedOf(files: ImportAsked['files'], kind: Kind, options: ImportOptions): ImportAsked {
  const { version, global, empty, leaveOut, allowOpenRelay } = options
  const dialect = kind === 'vpop3' ? version && DIALECT_OF[version] : kind
  return {
    files,
    ...(dialect && { dialect }),
    ...(global && { list: 'global' as const }),
    ...(empty && { empty }),
    ...(leaveOut && { leaveOut }),
    ...(allowOpenRelay && { allowOpenRelay }),
  }
}

/** What 3 wrote, 4 wrote too. */
const DIALECT_OF: Readonly<Record<Version | '4', Dialect>> = {
  '1.5': 'vpop3-1.5',
  '3': 'vpop3-3',
  '4': 'vpop3-3',
  '5': 'vpop3-5',
}

/** The file, and the tables beside it that it names; for a folder its main.cf. */
async function filesOf(shell: Shell, kind: Kind, file: string): Promise<ImportAsked['files']> {
  const isFolder = file !== '-' && (await stat(file).catch(() => undefined))?.isDirectory() === true
  if (isFolder && (kind === 'vpop3' || kind === 'hmailserver'))
    throw new UsageError(`${file} is a folder: give the file in it that holds the list.`)
  const path = isFolder ? join(file, 'main.cf') : file
  const bytes = await readNamedBytes(path, shell.environment.stdin)
  const main = { name: basename(path), base64: bytes.toString('base64') }
  if (path === '-' || !(kind === 'postfix' || main.name === 'main.cf')) return [main]
  const names = tablesNamedIn(bytes.toString('latin1'))
    .filter(name => name !== '' && name !== '..')
    .slice(0, MOST_FILES - 1)
  const tables = await Promise.all(names.map(name => readTable(dirname(path), name, shell.environment.stdin)))
  return [main, ...tables.flatMap(table => table ?? [])]
}

/** What is missing the relay tells, with the line that names it. */
async function readTable(folder: string, name: string, stdin: Input) {
  const path = join(folder, name)
  const isThere = await stat(path).then(
    found => found.isFile(),
    () => false,
  )
  return isThere ? { name, base64: (await readNamedBytes(path, stdin)).toString('base64') } : undefined
}

function show(shell: Shell, preview: ImportPreview): void {
  const { style } = shell
  const {
    rows,
    rowCount = rows.length,
    remarks,
    words,
    wordCount = words.length,
    senders,
    senderCount = senders.length,
  } = preview
  shell.print(
    style.bold(`${DIALECT_NAMES[preview.dialect]}: ${rowCount === 1 ? '1 row' : `${rowCount} rows`}.`),
  )
  list(
    shell,
    rows.map(({ action, from, withoutAuthentication, mendLineEnds, users, comment }, index) => {
      const parts = [
        `${action} ${from}`,
        ...(withoutAuthentication ? ['without authentication'] : []),
        ...(mendLineEnds ? ['line ends mended'] : []),
        ...(users.length > 0 ? [`users ${users.join(', ')}`] : []),
      ]
      return `${String(index + 1).padStart(3)}. ${parts.join(', ')}${comment === '' ? '' : `  (${comment})`}`
    }),
    rowCount,
  )
  const lost = remarks.filter(one => one.lost)
  const notes = remarks.filter(one => !one.lost)
  section(shell, style.red('Not taken'), lost, preview.lostCount)
  section(shell, 'To know', notes, preview.remarkCount - preview.lostCount)
  shell.print('')
  if (words.length === 0) shell.print('Nothing would change.')
  list(shell, words, wordCount)
  list(
    shell,
    senders.map(
      ({ change, words }) => `${change === 'gained' ? style.green('gained') : style.red('lost  ')} ${words}`,
    ),
    senderCount,
  )
  if (preview.open !== undefined)
    shell.print(style.red(`An open relay: anyone could send without logging on, from ${preview.open}.`))
  if (preview.problems.length === 0) shell.print('This was a dry run: give --apply to use it.')
}

function section(shell: Shell, title: string, remarks: readonly Remark[], count: number): void {
  if (count === 0) return
  shell.print('')
  shell.print(`${title}:`)
  list(
    shell,
    remarks.map(remark => `  ${placeOf(remark)}: ${remark.text}`),
    count,
  )
}

function list(shell: Shell, lines: readonly string[], count: number): void {
  for (const line of lines.slice(0, SHOWN)) shell.print(plain(line))
  if (count > SHOWN) shell.print(`  … and ${count - SHOWN} more.`)
}
