/** `postern export`: write the access list as another server wants it. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import type { Exported, ExportTarget } from '../control/control.ts'
import { VERSIONS, type Version } from '../exchange/vpop3.ts'
import { addCommand, addGroup } from './shape.ts'
import type { Shell } from './shell.ts'
import { UsageError } from './usage-error.ts'

export function addExport(program: Command, shell: Shell): void {
  const group = addGroup(program, 'export', 'Write the access list for another server')
  addVpop3(group, shell)
  addPostfix(group, shell)
}

function addVpop3(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'vpop3 [file]',
    summary: 'Write the list as VPOP3 has it',
    more: "Without FILE it is printed. What that version can't hold is told row by row, and\nnothing is written then; the exit status is 2.",
    examples: [
      ['postern export vpop3 --version 5', 'print it'],
      ['postern export vpop3 --version 1.5 list.txt', 'write it into a file'],
    ],
  })
    .addOption(new Option('--version <version>', 'for which VPOP3').choices(VERSIONS).makeOptionMandatory())
    .option('--global', 'the global list, not the one of the SMTP service')
    .action(
      shell.act((file: string | undefined, { version, global }: { version: Version; global?: boolean }) =>
        exported(
          shell,
          { dialect: 'vpop3', version, ...(global && { list: 'global' as const }) },
          async made => {
            const text = made.files[0]?.text ?? ''
            if (file === undefined) shell.environment.stdout.write(text)
            else await writeNew(file, text)
          },
        ),
      ),
    )
}

function addPostfix(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'postfix <dir>',
    summary: 'Write a folder that makes a Postfix decide the same',
    more: "DIR is made, or must be empty: main.cf, tables of addresses, accounts, mailboxes\nand aliases. What Postfix can't express is told, and nothing is written then; the\nexit status is 2.",
    examples: [['postern export postfix postfix-etc', 'write it there']],
  })
    .addOption(new Option('--apply', 'write it, which is so without it too').hideHelp())
    .action(
      shell.act((dir: string) =>
        exported(shell, { dialect: 'postfix' }, async ({ files }) => {
          await mkdir(dir, { recursive: true })
          if ((await readdir(dir)).length > 0)
            throw new UsageError(`${dir} holds files already; name an empty folder, or a new one.`)
          for (const { name, text } of files) await writeNew(join(dir, name), text)
          shell.print(`${files.length} files are written to ${dir}.`)
        }),
      ),
    )
}

function exported(
  shell: Shell,
  target: ExportTarget,
  write: (made: Extract<Exported, { ok: true }>) => Promise<void>,
): Promise<number> {
  return shell.reading(async control => {
    const made = await control.exportList(target)
    if (!made.ok) return shell.refuse(made.problems)
    await write(made)
    for (const note of made.notes) shell.note(note)
    return 0
  })
}

/** Never over a file that is there. */
async function writeNew(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx', mode: 0o644 }).catch(error => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new UsageError(`${path} is there already; name another file.`)
    }
    throw error
  })
}
