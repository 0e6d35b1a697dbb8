/** The command line as a whole: reads it, runs the command, and makes an exit status of whatever comes of it. */
import { Command, CommanderError } from 'commander'
import { SettingsRefusal } from '../control/refusal.ts'
import { sentenceOf } from '../control/sentence.ts'
import { DataFolder } from '../settings/folder.ts'
import { addAudit } from './audit.ts'
import { addDkim } from './dkim.ts'
import { addDoctor } from './doctor.ts'
import type { Environment } from './environment.ts'
import { addExplain } from './explain.ts'
import { addExport } from './export.ts'
import { addIds } from './ids.ts'
import { addImport } from './import.ts'
import { addLog } from './log.ts'
import { plainLines } from './plain.ts'
import { addQueue } from './queue.ts'
import { addRemoteUsers } from './remote-users.ts'
import { addSecret } from './secret.ts'
import { addSendTest } from './send-test.ts'
import { addServe } from './serve.ts'
import { addSettings } from './settings.ts'
import { dataOption, exampleText } from './shape.ts'
import { Shell } from './shell.ts'
import { UsageError } from './usage-error.ts'
import { addUser } from './user.ts'

/** Runs `postern` with these arguments. 0: done; 1: the answer is no, or it failed; 2: wrong usage or settings. */
export async function runCommand(argv: readonly string[], environment: Environment): Promise<number> {
  const shell = new Shell(environment)
  try {
    await programOf(shell).parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' })
    return shell.status
  } catch (error) {
    return failed(error, shell)
  }
}

function failed(error: unknown, shell: Shell): number {
  // commander has said what is wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  shell.complain(sentenceOf(error))
  if (error instanceof SettingsRefusal) return shell.refuse(error.problems)
  return error instanceof UsageError ? 2 : 1
}

function programOf(shell: Shell): Command {
  const { stdout, stderr, columns, version } = shell.environment
  const program = new Command('postern')
    .description('An SMTP relay for the small office: run it, set it up, see what it does.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'Show the help of a command')
    .addOption(dataOption())
    // Else `--version` of a command would be taken for the program's own.
    .enablePositionalOptions()
    .addHelpText('after', exampleText(examples))
    .showHelpAfterError('(Run "postern --help" to see the commands.)')
    .exitOverride()
    .configureOutput({
      writeOut: text => stdout.write(text),
      writeErr: text => stderr.write(text),
      outputError: (text, write) => write(plainLines(text.replace(/^error: /, 'postern: '))),
      getOutHelpWidth: () => columns ?? 80,
      getErrHelpWidth: () => columns ?? 80,
    })
    .configureHelp({ subcommandTerm: command => command.name() })
    .hook('preAction', (_, command) => {
      shell.folder = DataFolder.choose(
        command.optsWithGlobals<{ data?: string }>().data,
        shell.environment.variables,
      )
    })
  for (const add of commands) add(program, shell)
  return program
}

const commands = [
  addServe,
  addSettings,
  addUser,
  addSecret,
  addDkim,
  addRemoteUsers,
  addExplain,
  addAudit,
  addImport,
  addExport,
  addQueue,
  addIds,
  addLog,
  addSendTest,
  addDoctor,
]

const examples = [
  ['postern serve', 'run the relay'],
  ['postern user add support --address support@example.com', 'make an account'],
  ['postern explain --client 192.168.1.50 --to friend@elsewhere.example', 'see who may send, and why'],
  ['postern log --follow', 'see what happens'],
] as const
