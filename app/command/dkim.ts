/** `postern dkim`: the keys that sign mail, and the records that the DNS must have for them. */
import type { Command } from 'commander'
import type { Applied, Control } from '../control/control.ts'
import type { DkimFacts, NewDkim } from '../control/dkim.ts'
import { readNamed } from './input.ts'
import { plain } from './plain.ts'
import { addCommand, addGroup, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'

interface Named {
  readonly selector?: string
}

interface Json {
  readonly json?: boolean
}

const selectorOption = ['--selector <name>', "the key's name in the DNS"] as const

export function addDkim(program: Command, shell: Shell): void {
  const group = addGroup(program, 'dkim', 'Sign mail, so that others can check that it is yours')
  addMake(group, shell)
  addImport(group, shell)
  addShow(group, shell)
  addCheck(group, shell)
  addRemove(group, shell)
}

function addMake(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'make <domain>',
    summary: 'Make a key that signs mail of a domain',
    more:
      'The private key stays in the secret store. Put the record that is shown in the DNS\n' +
      'of the domain; until it stands there, others take the mail as if it were not signed.',
    examples: [
      ['postern dkim make example.com', 'an RSA key, named after the month'],
      ['postern dkim make example.com --ed25519 --selector ed2026', 'a short one beside it'],
    ],
  })
    .option(...selectorOption)
    .option('--ed25519', 'an Ed25519 key, which not everybody can check; beside one of RSA')
    .action(
      shell.act((domain: string, { selector, ed25519 }: Named & { readonly ed25519?: boolean }) =>
        add(shell, { domain, ...(selector && { selector }), kind: ed25519 ? 'ed25519' : 'rsa' }),
      ),
    )
}

function addImport(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'import <domain> <file>',
    summary: 'Take over a private key',
    more: 'FILE is a private key in PEM form without a password; - is standard input.',
    examples: [['postern dkim import example.com key.pem --selector mail', 'the key of another server']],
  })
    .option(...selectorOption)
    .action(
      shell.act(async (domain: string, file: string, { selector }: Named) => {
        const pem = await readNamed(file, shell.environment.stdin)
        return add(shell, { domain, pem, ...(selector && { selector }) })
      }),
    )
}

function add(shell: Shell, asked: NewDkim): Promise<number> {
  return shell.withControl(async control => {
    const before = await control.listDkim()
    const applied = await control.addDkim(asked, shell.by)
    if (!applied.ok) return shell.refuse(applied.problems)
    shell.print(plain(applied.words))
    const names = before.map(nameOf)
    for (const key of await control.listDkim()) if (!names.includes(nameOf(key))) showKey(key, shell)
    return 0
  })
}

function addShow(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'show [domain]',
    summary: 'Show the keys and their DNS records',
    more: 'The record stands there twice: for the form of a web page, and as a line of a zone file.',
    examples: [['postern dkim show example.com', 'what to copy into the DNS']],
  })
    .addOption(jsonOption())
    .action(
      shell.act((domain: string | undefined, { json }: Json) =>
        shell.reading(async control => {
          const keys = of(await control.listDkim(), domain)
          if (json) shell.printJson(keys)
          else if (keys.length === 0) shell.print(noneWords(domain))
          else for (const key of keys) showKey(key, shell)
          return 0
        }),
      ),
    )
}

function addCheck(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'check [domain]',
    summary: 'Ask the DNS whether the records stand',
    more: 'The exit status is 1 unless each of them stands and belongs to its key.',
    examples: [['postern dkim check', 'a line for each key']],
  })
    .addOption(jsonOption())
    .action(
      shell.act((domain: string | undefined, { json }: Json) =>
        shell.reading(async control => {
          const keys = of(await control.checkDkim(), domain)
          if (json) shell.printJson(keys)
          else if (keys.length === 0) shell.print(noneWords(domain))
          const { green, red } = shell.style
          for (const { state, text } of json ? [] : keys)
            shell.print(`${state === 'stands' ? green('ok    ') : red('failed')}  ${plain(text)}`)
          return keys.length > 0 && keys.every(({ state }) => state === 'stands') ? 0 : 1
        }),
      ),
    )
}

function addRemove(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'remove <domain>',
    summary: 'Sign with a key no more',
    more:
      'The private key stays in the secret store, so that "postern settings undo" brings it\n' +
      'back, unless --forget is given. Leave the record in the DNS for a week: mail that is\n' +
      'on its way is still checked by it.',
    examples: [['postern dkim remove example.com --selector postern202611', 'that one of several']],
  })
    .option(...selectorOption)
    .option('--forget', 'take the private key out of the secret store, too')
    .action(
      shell.act((domain: string, options: Named & { readonly forget?: boolean }) =>
        shell.withControl(async control => {
          const key = await theKey(control, domain, options.selector)
          const applied: Applied = await control.removeDkim(key.domain, key.selector, shell.by)
          if (!applied.ok) return shell.refuse(applied.problems)
          shell.print(plain(applied.words))
          if (options.forget) await control.removeSecret(key.secret)
          else shell.note(`The private key is still kept as ${key.secret}.`)
          return 0
        }),
      ),
    )
}

async function theKey(control: Control, domain: string, selector: string | undefined): Promise<DkimFacts> {
  const keys = of(await control.listDkim(), domain).filter(
    key => selector === undefined || key.selector === selector.toLowerCase(),
  )
  const [key, ...others] = keys
  if (!key) throw new Error(`There is no such key; "postern dkim show" shows those there are.`)
  if (others.length > 0)
    throw new Error(
      `Say which key with --selector: ${keys.map(one => one.selector).join(', ')} sign mail of ${domain}.`,
    )
  return key
}

function of<Key extends DkimFacts>(keys: readonly Key[], domain: string | undefined): readonly Key[] {
  return keys.filter(key => domain === undefined || key.domain === domain.toLowerCase())
}

function noneWords(domain: string | undefined): string {
  const example = plain(domain ?? 'example.com')
  return `No key signs mail${domain === undefined ? '' : ` of ${example}`}; make one with "postern dkim make ${example}".`
}

function nameOf({ domain, selector }: DkimFacts): string {
  return `${selector}._domainkey.${domain}`
}

function showKey(key: DkimFacts, shell: Shell): void {
  const { record, enabled, domain, secret } = key
  shell.print(`${shell.style.bold(plain(nameOf(key)))}${enabled ? '' : ' (switched off)'}`)
  if (!record) {
    shell.print(plain(`  The key ${secret} is missing in the secret store.`))
    return
  }
  shell.print('  In the form of a web page:')
  shell.print('    type   TXT')
  shell.print(plain(`    name   ${record.name.slice(0, -domain.length - 1)}`))
  shell.print(plain(`    value  ${record.value}`))
  shell.print('  In a zone file:')
  shell.print(plain(`    ${record.zone}`))
}
