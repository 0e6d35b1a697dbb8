/** `postern secret`: the passwords that smart hosts want, and sign-ins; they are never printed. */
import type { Command } from 'commander'
import { askHidden, readSecret } from './input.ts'
import { plain } from './plain.ts'
import { addLogin } from './secret-login.ts'
import { addCommand, addGroup, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'

export function addSecret(program: Command, shell: Shell): void {
  const group = addGroup(program, 'secret', 'Keep the passwords for smart hosts, or sign in with OAuth2')
  addSet(group, shell)
  addLogin(group, shell)
  addRemove(group, shell)
  addList(group, shell)
}

function addSet(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'set <name>',
    summary: 'Keep a secret under a name',
    more:
      "A route's login refers to it by this name. On a terminal it is asked for, unseen;\n" +
      'else it is read from standard input, without the line end behind it. It is never\n' +
      'printed again.',
    examples: [
      ['postern secret set provider', 'asks for it'],
      ['postern secret set provider < password.txt', 'takes it from a file'],
    ],
  }).action(shell.act((name: string) => set(shell, name)))
}

async function set(shell: Shell, name: string): Promise<number> {
  const value = await secretFor(shell, name)
  return shell.withControl(async control => {
    await control.setSecret(name, value)
    shell.print(plain(`The secret ${name} is kept.`))
    return 0
  })
}

async function secretFor(shell: Shell, name: string): Promise<string> {
  if (!shell.environment.canAsk) return readSecret(shell.environment.stdin, 'secret')
  const typed = await askHidden(shell.environment, `Secret ${plain(name)}: `)
  if (typed === '') throw new Error('The secret is empty; nothing was changed.')
  return typed
}

function addRemove(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'remove <name>',
    summary: 'Forget a secret',
    more: 'One that a route logs on with, or that signs mail, is kept, unless --force is given.',
    examples: [['postern secret remove provider', 'forget the secret provider']],
  })
    .option('--force', 'also where a route or a DKIM key needs it')
    .action(
      shell.act((name: string, { force }: { readonly force?: boolean }) =>
        shell.withControl(async control => {
          const needing = force ? [] : needingSecret(await control.getSettings('delivery'), name)
          if (needing.length > 0)
            throw new Error(
              `The secret ${name} is kept, since ${needing.join(' and ')} with it: change that first, or give --force.`,
            )
          if (!(await control.removeSecret(name))) throw new Error(`There is no secret ${name}.`)
          shell.print(plain(`The secret ${name} is removed.`))
          return 0
        }),
      ),
    )
}

/** Whoever needs a secret, as in `route 2 (smtp.provider.example:587) logs on`. */
function needingSecret(delivery: unknown, name: string): string[] {
  const { routes, dkim } = Object(delivery)
  const lists = [...listed<RouteFacts>(routes), ...listed<KeyFacts>(dkim)]
  return lists.flatMap((one, index) => {
    if ('domain' in one) return one.secret === name ? [`the DKIM key of ${one.domain} signs`] : []
    return one.login?.secret === name ? [`route ${index + 1} (${one.hosts?.join(', ') ?? ''}) logs on`] : []
  })
}

interface RouteFacts {
  readonly hosts?: readonly string[]
  readonly login?: { readonly secret?: string }
}

interface KeyFacts {
  readonly domain: string
  readonly secret: string
}

function listed<Entry>(value: unknown): readonly Entry[] {
  return Array.isArray(value) ? value : []
}

function addList(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'list',
    summary: 'List the names of the secrets',
    examples: [['postern secret list', 'names only']],
  })
    .addOption(jsonOption())
    .action(
      shell.act(({ json }: { readonly json?: boolean }) =>
        shell.reading(async control => {
          const names = await control.listSecrets()
          if (json) shell.printJson(names)
          else if (names.length === 0) shell.print('There are no secrets.')
          else for (const name of names) shell.print(plain(name))
          return 0
        }),
      ),
    )
}
