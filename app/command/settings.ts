/** `postern settings`: read and change the settings, under the same checks as everywhere. */
import type { Command } from 'commander'
import { CHECKS } from '../relay/checks.ts'
import { parseSettingsText } from '../settings/parse.ts'
import { getPath } from '../settings/path.ts'
import { type Allowing, allowOption, consentOf } from './allowing.ts'
import { addDiff } from './diff.ts'
import { readNamed } from './input.ts'
import { plainJson, plainLines } from './plain.ts'
import { addCommand, addGroup, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'
import { stamp } from './time.ts'

interface Json {
  readonly json?: boolean
}

export function addSettings(program: Command, shell: Shell): void {
  const group = addGroup(program, 'settings', 'Read and change the settings')
  addGet(group, shell)
  addSet(group, shell)
  addImport(group, shell)
  addCheck(group, shell)
  addDiff(group, shell)
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
      ["postern settings get 'smtp.access[0]'", 'the first row of the access list'],
    ],
  })
    .addOption(jsonOption())
    .action(shell.act((path: string | undefined, { json }: Json) => get(shell, path ?? '', json === true)))
}

function get(shell: Shell, path: string, json: boolean): Promise<number> {
  return shell.reading(async control => {
    const found = getPath(await control.getSettings(''), path)
    if (!found.ok) return shell.refuse(found.problems)
    const { value } = found
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
      'as a whole; where something is wrong nothing changes and the exit status is 2.\n' +
      'A running relay follows at once; no session and no mail is lost.',
    examples: [
      ['postern settings set hostname mail.example.com', 'a text'],
      ['postern settings set localDomains \'["example.com"]\'', 'a list'],
      ['postern settings set smtp.authentication required', 'one of the words allowed there'],
      [
        `postern settings set 'smtp.access[2]' '{"action":"allow","from":"any"}'`,
        'a third row for the access list',
      ],
    ],
  })
    .addOption(allowOption())
    .action(
      shell.act((path: string, value: string, options: Allowing) =>
        shell.change(control => control.setSettings(path, parseValue(value), shell.by, consentOf(options))),
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
    more:
      'FILE may be - for standard input. Where something is wrong in it, nothing\n' +
      'changes. It also takes the place of a settings.json that was broken by hand.',
    examples: [
      ['postern settings import office.json', 'use the settings of this file'],
      [
        'postern settings get --data /srv/old | postern settings import -',
        'copy the settings of another folder',
      ],
    ],
  })
    .addOption(allowOption())
    .action(
      shell.act(async (file: string, options: Allowing) => {
        const text = await readNamed(file, shell.environment.stdin)
        return shell.change(control => control.importSettings(text, shell.by, consentOf(options)))
      }),
    )
}

function addCheck(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'check <file>',
    summary: 'Check a settings file without using it',
    more:
      'FILE may be - for standard input; no data folder is needed. The exit status is 0\n' +
      'when nothing is wrong, else 2.',
    examples: [['postern settings check office.json', 'all problems, each with its path']],
  })
    .addOption(jsonOption())
    .action(shell.act((file: string, { json }: Json) => check(shell, file, json === true)))
}

async function check(shell: Shell, file: string, json: boolean): Promise<number> {
  const text = await readNamed(file, shell.environment.stdin)
  const parsed = parseSettingsText(text, CHECKS)
  const problems = parsed.ok ? [] : parsed.problems
  if (json) shell.printJson(problems)
  else if (parsed.ok) shell.print('No problems.')
  else shell.refuse(problems)
  return parsed.ok ? 0 : 2
}

function addHistory(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'history [file]',
    summary: 'List the changes of the settings, the newest first, or print an earlier file',
    more: 'FILE is one that the list names; it is printed as it stood then.',
    examples: [
      ['postern settings history', 'when, by whom and what'],
      ['postern settings history 2026-11-25T08-30-00-000Z-000.json', 'the settings before that change'],
    ],
  })
    .addOption(jsonOption())
    .action(
      shell.act((file: string | undefined, { json }: Json) =>
        file === undefined ? history(shell, json === true) : showEarlier(shell, file),
      ),
    )
}

function showEarlier(shell: Shell, file: string): Promise<number> {
  return shell.reading(async control => {
    const text = await control.readEarlier(file)
    if (text === undefined) throw new Error(noSuchFile(file))
    // Whoever reads settings wants lines, also in a file that is kept.
    shell.print(plainLines(text.replace(/\n$/, '')))
    return 0
  })
}

function noSuchFile(file: string): string {
  return `The history has no file ${file}: "postern settings history" names them.`
}

function history(shell: Shell, json: boolean): Promise<number> {
  return shell.reading(async control => {
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
    usage: 'undo [file]',
    summary: 'Undo the last change of the settings, or bring an earlier file back',
    more:
      'Brings the earlier file back, byte for byte; once more, the one before it. With\n' +
      'FILE, one that "postern settings history" names. Where settings.json was broken by\n' +
      'hand and no relay runs, it takes its place too. Whatever is replaced is kept in\n' +
      'the history.',
    examples: [
      ['postern settings undo', 'the settings are as they were before the last change'],
      ['postern settings undo 2026-11-25T08-30-00-000Z-000.json', 'as they were before that one'],
    ],
  })
    .addOption(allowOption())
    .action(
      shell.act((file: string | undefined, options: Allowing) =>
        shell.change(control =>
          file === undefined
            ? control.undo(shell.by, consentOf(options))
            : control.restoreEarlier(file, shell.by, consentOf(options)),
        ),
      ),
    )
}
