/** `postern serve`: the relay, without window or tray. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { ServeReport } from './environment.ts'
import { addCommand } from './shape.ts'
import type { Shell } from './shell.ts'

export function addServe(program: Command, shell: Shell): void {
  addCommand(program, {
    usage: 'serve',
    summary: 'Run the relay until it is stopped',
    more:
      'Prints a line "listening smtp ADDRESS:PORT" for each listener, then "ready".\n' +
      'SIGTERM or Ctrl-C stops it: it takes no more mail, finishes what it is sending\n' +
      '(at most 10 seconds) and exits. The first start makes the data folder with\n' +
      'safe settings; no file has to be written before.',
    examples: [
      ['postern serve', 'run with the usual data folder'],
      ['postern serve --data /srv/postern', 'run with the data folder /srv/postern'],
    ],
  }).action(shell.act(() => serve(shell)))
}

function serve(shell: Shell): Promise<number> {
  const first = !existsSync(join(shell.folder, 'settings.json'))
  return shell.environment.serve(shell.folder, reportTo(shell, first))
}

/** The lines that programs wait for go to standard output, all else to standard error. */
function reportTo(shell: Shell, first: boolean): ServeReport {
  return {
    listening: (address, port) => {
      shell.print(`listening smtp ${address.includes(':') ? `[${address}]` : address}:${port}`)
    },
    ready: () => {
      if (first) for (const sentence of welcome(shell.folder)) shell.note(sentence)
      shell.print('ready')
    },
    say: sentence => shell.note(sentence),
  }
}

/** What the default settings allow, for whoever starts Postern for the first time. */
export function welcome(folder: string): readonly string[] {
  return [
    `This is the first start: the settings, the mail and the log are in ${folder}.`,
    'Computers in the local networks, but not the routers, may send mail through this server, with or without logging on.',
    'No domain is local yet and no route is set: mail that is taken is held, and "postern queue list" shows it.',
    `To receive mail for a domain: postern settings set localDomains '["example.com"]'`,
  ]
}
