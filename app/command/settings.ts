/** `postern settings`: read and change the settings, under the same checks as everywhere. */
import type { Command } from 'commander'
import { readNamed } from './input.ts'
import { plainJson, plainLines } from './plain.ts'
import { addCommand, addGroup, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'
import { stamp } from './time.ts'
import { UsageError } from './usage-error.ts'

interface Json {
  readonly json?: boolean
}

export function addSettings(program: Command, shell: Shell): void {
  const group = addGroup(program, 'settings', 'Read and change the settings')
  addGet(group, shell)
  addSet(group, shell)
  addImport(group, shell)
  addCheck(group, shell)
  addHistory(group, shell)
  addUndo(group, shell)
}

function addGet(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'get [path]',
    summary: 'Print all settings, or those at a path',
    more: 'Prints JSON with every default filled in; a text alone is printed bare unless --json is given.',
    examples: [
      ['postern settings get', 'all of them'],
      ['postern settings get hostname', 'one value'],
      ['postern settings get smtp.access[0]', 'the first row of the access list'],
    ],
  })
    .addOption(jsonOption())
    .action(shell.act((path: string | undefined, { json }: Json) => get(shell, path ?? '', json === true)))
}

function get(shell: Shell, path: string, json: boolean): Promise<number> {
  return shell.withControl(async control => {
    const value = await control.getSettings(path)
    if (value === undefined)
      throw new UsageError(`There is no setting ${path}; "postern settings get" shows all.`)
    // Whoever reads settings wants lines, also in a file that is kept.
    shell.print(typeof value === 'string' && !json ? plainLines(value) : plainJson(value, 2))
    return 0
  })
}

function addSet(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'set <path> <value>',
    summary: 'Change one setting',
    more:
      'VALUE is taken as JSON where it is JSON, else as text. The settings are checked\n' +
      'as a whole; where something is wrong nothing changes and the exit status is 2.',
    examples: [
      ['postern settings set hostname mail.example.com', 'a text'],
      ['postern settings set localDomains \'["example.com"]\'', 'a list'],
      ['postern settings set smtp.authentication required', 'one of the words allowed there'],
    ],
  }).action(
    shell.act((path: string, value: string) =>
      shell.change(control => control.setSettings(path, parseValue(value), shell.by)),
    ),
  )
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function addImport(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'import <file>',
    summary: 'Replace all settings by those of a file',
    more: 'FILE may be - for standard input. Where something is wrong in it, nothing changes.',
    examples: [
      ['postern settings import office.json', 'take over a file'],
      [
        'postern settings get --data /srv/old | postern settings import -',
        'copy the settings of another folder',
      ],
    ],
  }).action(
    shell.act(async (file: string) => {
      const text = await readNamed(file, shell.environment.stdin)
      return shell.change(control => control.importSettings(text, shell.by))
    }),
  )
}

function addCheck(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'check <file>',
    summary: 'Check a settings file without using it',
    more: 'FILE may be - for standard input. The exit status is 0 when nothing is wrong, else 2.',
    examples: [['postern settings check office.json', 'all problems, each with its path']],
  })
    .addOption(jsonOption())
    .action(shell.act((file: string, { json }: Json) => check(shell, file, json === true)))
}

async function check(shell: Shell, file: string, json: boolean): Promise<number> {
  const text = await readNamed(file, shell.environment.stdin)
  return shell.withControl(async control => {
    const problems = await control.checkSettings(text)
    if (json) shell.printJson(problems)
    else if (problems.length === 0) shell.print('No problems.')
    else shell.refuse(problems)
    return problems.length === 0 ? 0 : 2
  })
}

function addHistory(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'history',
    summary: 'List the changes of the settings, the newest first',
    examples: [['postern settings history', 'when, by whom and what']],
  })
    .addOption(jsonOption())
    .action(shell.act(({ json }: Json) => history(shell, json === true)))
}

function history(shell: Shell, json: boolean): Promise<number> {
  return shell.withControl(async control => {
    const entries = await control.history()
    if (json) shell.printJson(entries)
    else if (entries.length === 0) shell.print('The settings were never changed.')
    else {
      shell.printTable(
        [
          { title: 'when', whole: true },
          { title: 'by', whole: true },
          { title: 'change' },
          { title: 'earlier file' },
        ],
        entries.map(({ time, by, words, file }) => [stamp(time), by, words, file]),
      )
    }
    return 0
  })
}

function addUndo(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'undo',
    summary: 'Bring the settings before the last change back',
    examples: [['postern settings undo', 'the earlier file, byte for byte']],
  }).action(shell.act(() => shell.change(control => control.undo(shell.by))))
}
