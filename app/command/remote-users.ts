/** `postern remote-users`: lets users send from outside after logging on, as VPOP3's procedure has it. */
import { type Command, Option } from 'commander'
import type { Control, Plan, RemoteUsers } from '../control/control.ts'
import { type Allowing, allowOption, consentOf } from './allowing.ts'
import { showSenders } from './diff.ts'
import { plain } from './plain.ts'
import { addCommand, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'

interface Options extends Allowing {
  readonly user?: readonly string[]
  readonly everyUser?: boolean
  readonly officeLogsOn?: boolean
  readonly apply?: boolean
  readonly json?: boolean
}

export function addRemoteUsers(program: Command, shell: Shell): void {
  addCommand(program, {
    usage: 'remote-users',
    summary: 'Let users send from outside the office, after logging on',
    more:
      'Requires a log-on, but not for mail to your own domains; lets the local networks go\n' +
      'on without one; and adds a row that allows any address for these users. Shows what\n' +
      'would change, and changes it with --apply, which "postern settings undo" takes back.',
    examples: [
      ['postern remote-users --user support --user webmaster', 'what would change'],
      ['postern remote-users --user support --user webmaster --apply', 'the change itself'],
    ],
  })
    .option('--user <name>', 'an account that may; may be given several times', collect)
    .addOption(new Option('--every-user', 'every account may').conflicts('user'))
    .option('--office-logs-on', 'the local networks must log on too')
    .option('--apply', 'make the change')
    .addOption(allowOption())
    .addOption(jsonOption())
    .action(shell.act((options: Options) => remoteUsers(shell, options)))
}

function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value]
}

function remoteUsers(shell: Shell, options: Options): Promise<number> {
  const asked: RemoteUsers = {
    users: options.user ?? [],
    everyUser: options.everyUser === true,
    officeLogsOn: options.officeLogsOn === true,
  }
  if (options.apply)
    return shell.change(control => control.letRemoteUsersSend(asked, shell.by, consentOf(options)))
  return shell.reading(async control =>
    show(shell, control, await control.planRemoteUsers(asked), options.json),
  )
}

async function show(shell: Shell, control: Control, plan: Plan, json: boolean | undefined): Promise<number> {
  if (!plan.ok) return shell.refuse(plan.problems)
  const { words, notes, settings } = plan
  const compared = await control.compareSettings({ kind: 'current' }, { kind: 'draft', draft: settings })
  if (!compared.ok) return shell.refuse(compared.problems)
  const { senders, senderCount } = compared
  if (json) shell.printJson({ words, senders, ...(senderCount !== undefined && { senderCount }), notes })
  else if (words.length === 0) shell.print('Nothing would change.')
  else {
    for (const line of words) shell.print(plain(line))
    showSenders(shell, senders, senderCount)
  }
  for (const note of notes) shell.note(note)
  if (words.length > 0) shell.note('Nothing is changed yet: give --apply for that.')
  return 0
}
