/** `postern explain`: what the relay would say to a client, and why. */
import { isIP } from 'node:net'
import { type Command, InvalidArgumentError } from 'commander'
import type { Case, Decision } from '../access/decision.ts'
import { formatReply } from '../mail/reply.ts'
import { checkMailAddress } from './mail-address.ts'
import { plain } from './plain.ts'
import { addCommand, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'
import { UsageError } from './usage-error.ts'

interface ExplainOptions {
  readonly client: string
  readonly user?: string
  readonly port?: number
  readonly from?: string
  readonly to: string
  readonly json?: boolean
}

export function addExplain(program: Command, shell: Shell): void {
  addCommand(program, {
    usage: 'explain',
    summary: 'Say whether a client may send to an address, and why',
    more:
      'It is the same decision as for real mail, with its reply, the row of the access\n' +
      'list that decided, and the steps. Who is refused at the connection gets that reply:\n' +
      'by the listeners there are, or that of --port alone, and for an address that is\n' +
      'always blocked. Nothing is sent. The exit status is 0 when the recipient would be\n' +
      'accepted and 1 when it would be refused.',
    examples: [
      [
        'postern explain --client 192.168.1.50 --to friend@elsewhere.example',
        'from the office, not logged on',
      ],
      [
        'postern explain --client 203.0.113.9 --user support --to friend@elsewhere.example',
        'from outside, logged on',
      ],
    ],
  })
    .requiredOption('--client <ip>', "the client's address")
    .option('--user <name>', 'the account that logged on')
    .option('--port <n>', 'the port of the listener it comes to (any of them)', portOf)
    .option('--from <address>', 'the sender (the reverse-path; <> for none)')
    .requiredOption('--to <address>', 'the recipient')
    .addOption(jsonOption())
    .action(shell.act((options: ExplainOptions) => explain(shell, options)))
}

function explain(shell: Shell, options: ExplainOptions): Promise<number> {
  const asked = caseOf(options)
  return shell.reading(async control => {
    const decision = await control.explain(asked)
    if (options.json) shell.printJson(facts(decision))
    else show(shell, decision)
    return decision.verdict === 'accept' ? 0 : 1
  })
}

function caseOf(options: ExplainOptions): Case {
  const { user } = options
  const client = options.client.trim()
  const to = bare(options.to)
  const from = options.from === undefined || options.from === '<>' ? options.from : bare(options.from)
  if (isIP(client) === 0) throw new UsageError(`${client} is not an IP address; give one like 192.168.1.50.`)
  if (user === '')
    throw new UsageError('The user is empty; give the name of an account, or leave --user out for nobody.')
  // What else is no address gets the reply that a session gives it.
  if (to === '') checkMailAddress('--to', to)
  if (from !== undefined && from !== '' && from !== '<>') checkMailAddress('--from', from)
  return {
    client,
    to,
    ...(user === undefined ? {} : { user }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(from === undefined ? {} : { from: from === '<>' ? '' : from }),
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65535)
    throw new InvalidArgumentError('Give the number of a port, as in 25.')
  return port
}

/** As in `<someone@example.com>`, the way that mail and logs write it. */
function bare(address: string): string {
  return address.trim().replace(/^<(.+)>$/s, '$1')
}

/** Exactly what scripts are promised. */
function facts({ verdict, reply: { code, status, text }, list, row, steps }: Decision) {
  return { verdict, reply: { code, status, text }, list, row, steps }
}

function show(shell: Shell, decision: Decision): void {
  const { style } = shell
  const verdict = decision.verdict === 'accept' ? style.green('accepted') : style.red('refused')
  shell.print(`${style.bold(verdict)}: ${plain(formatReply(decision.reply))}`)
  shell.print(decidedBy(decision))
  decision.steps.forEach((step, at) => {
    shell.print(`${String(at + 1).padStart(3)}. ${plain(step)}`)
  })
}

function decidedBy({ list, row }: Decision): string {
  if (list === null) return 'No access list decided.'
  const name = list === 'global' ? 'the global access list' : "the service's access list"
  return row === null ? `No row of ${name} matches.` : `Decided by row ${row} of ${name}.`
}
