/** `postern settings`: read and change the settings, under the same checks as everywhere. */
import { type Command, Option } from 'commander'
import type { Consent } from '../control/control.ts'
import { CHECKS } from '../relay/checks.ts'
import { parseSettingsText } from '../settings/parse.ts'
import { getPath } from '../settings/path.ts'
import { addDiff } from './diff.ts'
import { readNamed } from './input.ts'
import { plainJson, plainLines } from './plain.ts'
import { addCommand, addGroup, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'
import { stamp } from './time.ts'

/** For settings that let anybody on the Internet send. */
interface Allowing {
  readonly allowOpenRelay?: boolean
}

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

function allowOption(): Option {
  return new Option('--allow-open-relay', 'let anybody on the Internet send, if the settings say so')
}

function consentOf({ allowOpenRelay }: Allowing): Consent {
  return { openRelay: allowOpenRelay === true }
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
    usage: 'history',
    summary: 'List the changes of the settings, the newest first',
    examples: [['postern settings history', 'when, by whom and what']],
  })
    .addOption(jsonOption())
    .action(shell.act(({ json }: Json) => history(shell, json === true)))
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
    usage: 'undo',
    summary: 'Undo the last change of the settings',
    more:
      'Brings the earlier file back, byte for byte; once more, the one before it. Where\n' +
      'settings.json was broken by hand and no relay runs, it takes its place too.\n' +
      'Whatever is replaced is kept in the history.',
    examples: [['postern settings undo', 'the settings are as they were before the last change']],
  })
    .addOption(allowOption())
    .action(
      shell.act((options: Allowing) => shell.change(control => control.undo(shell.by, consentOf(options)))),
    )
}
