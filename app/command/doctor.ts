/** `postern doctor`: checks this machine. */
import type { Command } from 'commander'
import type { Check } from '../control/control.ts'
import { plain } from './plain.ts'
import { addCommand, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'

export function addDoctor(program: Command, shell: Shell): void {
  addCommand(program, {
    usage: 'doctor',
    summary: 'Check this machine and say what to do',
    more:
      'Ports, certificate, DNS, routes, clock, rights of the data folder and disk space.\n' +
      'The exit status is 1 when a check failed; warnings alone give 0.',
    examples: [['postern doctor', 'one line for each check']],
  })
    .addOption(jsonOption())
    .action(
      shell.act(({ json }: { readonly json?: boolean }) =>
        shell.reading(async control => {
          const checks = await control.doctor()
          if (json) shell.printJson(checks)
          else for (const check of checks) shell.print(checkLine(check, shell))
          return checks.some(({ state }) => state === 'failed') ? 1 : 0
        }),
      ),
    )
}

function checkLine({ name, state, text, command }: Check, { style }: Shell): string {
  const paint = { ok: style.green, warning: style.yellow, failed: style.red }[state]
  const how = command === undefined ? '' : `  ${plain(command)}`
  return `${paint(state.padEnd(7))}  ${plain(name)}: ${plain(text)}${how}`
}
