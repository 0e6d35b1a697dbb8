/** `postern user`: the accounts. */
import type { Command } from 'commander'
import type { Control, UserFacts } from '../control/control.ts'
import { askTwice, readSecret } from './input.ts'
import { addCommand, addGroup, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'
import { UsageError } from './usage-error.ts'

interface PasswordOption {
  readonly passwordStdin?: boolean
}

interface AddOptions extends PasswordOption {
  readonly address: readonly string[]
}

export function addUser(program: Command, shell: Shell): void {
  const group = addGroup(program, 'user', 'Make and change accounts')
  addAdd(group, shell)
  addRemove(group, shell)
  addList(group, shell)
  addPassword(group, shell)
}

function addAdd(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'add <name>',
    summary: 'Make an account',
    more:
      'On a terminal the password is asked for, twice and unseen. Without a terminal\n' +
      'and without --password-stdin the account gets none and nobody can log on to it.',
    examples: [
      [
        'postern user add support --address support@example.com --address help@example.com',
        'asks for the password',
      ],
      ['postern user add fax --address fax@example.com --password-stdin < fax.txt', 'takes it from a file'],
    ],
  })
    .requiredOption('--address <address>', 'an address of the account; may be given several times', collect)
    .option('--password-stdin', 'read the password from standard input')
    .action(shell.act((name: string, options: AddOptions) => add(shell, name, options)))
}

function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value]
}

async function add(shell: Shell, name: string, { address, passwordStdin }: AddOptions): Promise<number> {
  const password = await passwordFor(shell, name, passwordStdin === true)
  const status = await shell.change(control => control.addUser(name, address, password, shell.by))
  if (status === 0 && password === undefined) {
    shell.note(
      `The account ${name} has no password and can't log on; set one with "postern user password ${name}".`,
    )
  }
  return status
}

/** Undefined where there is neither standard input to read nor a person to ask. */
async function passwordFor(shell: Shell, name: string, fromInput: boolean): Promise<string | undefined> {
  if (fromInput) return readSecret(shell.environment.stdin, 'password')
  if (!shell.environment.canAsk) return undefined
  return askTwice(shell.environment, `Password for ${name}`)
}

function addRemove(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'remove <name>',
    summary: 'Remove an account',
    more: 'Its mailbox stays on the disk, in the folder mail.',
    examples: [['postern user remove fax', 'remove the account fax']],
  }).action(
    shell.act((name: string) =>
      shell.change(async control => {
        await expectUser(control, name)
        return control.removeUser(name, shell.by)
      }),
    ),
  )
}

/** Throws where there is none: the answer is no then, and nothing is wrong with the settings. */
async function expectUser(control: Control, wanted: string): Promise<void> {
  const users = await control.listUsers()
  if (!users.some(({ name }) => name.toLowerCase() === wanted.toLowerCase()))
    throw new Error(`There is no account ${wanted}; "postern user list" shows those there are.`)
}

function addList(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'list',
    summary: 'List the accounts',
    examples: [['postern user list', 'names, addresses and whether they can log on']],
  })
    .addOption(jsonOption())
    .action(shell.act(({ json }: { readonly json?: boolean }) => list(shell, json === true)))
}

function list(shell: Shell, json: boolean): Promise<number> {
  return shell.reading(async control => {
    const users = await control.listUsers()
    if (json) shell.printJson(users)
    else if (users.length === 0) shell.print('There are no accounts; make one with "postern user add".')
    else {
      shell.printTable(
        [{ title: 'name' }, { title: 'addresses' }, { title: 'log-on' }, { title: 'forwards to' }],
        users.map(user => [user.name, user.addresses.join(', '), logOn(user), forwards(user)]),
      )
    }
    return 0
  })
}

function logOn({ enabled, hasPassword }: UserFacts): string {
  if (!enabled) return 'disabled'
  return hasPassword ? 'yes' : 'no password'
}

function forwards({ forwardTo, keepCopy }: UserFacts): string {
  if (forwardTo.length === 0) return ''
  return `${forwardTo.join(', ')}${keepCopy ? '' : ' (no copy kept)'}`
}

function addPassword(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'password <name>',
    summary: 'Set the password of an account',
    more: 'On a terminal it is asked for, twice and unseen.',
    examples: [
      ['postern user password support', 'asks for it'],
      ['postern user password support --password-stdin < new.txt', 'takes it from a file'],
    ],
  })
    .option('--password-stdin', 'read the password from standard input')
    .action(
      shell.act(async (name: string, { passwordStdin }: PasswordOption) => {
        const password = await passwordFor(shell, name, passwordStdin === true)
        if (password === undefined) {
          throw new UsageError(
            'There is no terminal to ask on; give --password-stdin and the password there.',
          )
        }
        return shell.change(async control => {
          await expectUser(control, name)
          return control.setPassword(name, password, shell.by)
        })
      }),
    )
}
