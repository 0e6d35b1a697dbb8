/** `postern secret login`: a person signs in with OAuth2, so that mail goes out with the tokens of that. */
import type { Command } from 'commander'
import type { Control, SignInBegun } from '../control/control.ts'
import { plain } from './plain.ts'
import { addCommand, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'
import { stamp } from './time.ts'

interface LoginOptions {
  readonly browser?: boolean
  readonly json?: boolean
}

export function addLogin(group: Command, shell: Shell): void {
  addCommand(group, {
    usage: 'login <name>',
    summary: 'Sign in with OAuth2 for a mail sender',
    more:
      "Name the secret of a route's login whose method is oauth2. A code is shown, which is\n" +
      'entered in a browser anywhere; with --browser a page is shown, which is opened in a ' +
      'browser on this machine. What is allowed there is kept under the name, encrypted, and ' +
      'renewed by itself. Mail that waited for it goes at once. Ctrl-C ends it.',
    examples: [
      ['postern secret login cloud', 'shows a code to enter elsewhere'],
      ['postern secret login cloud --browser', 'shows a page to open on this machine'],
    ],
  })
    .option('--browser', 'with a browser on this machine, instead of a code')
    .addOption(jsonOption())
    .action(shell.act((name: string, options: LoginOptions) => login(shell, name, options)))
}

/** With `--json` a line for what is to be done, and one for how it ended. */
function login(shell: Shell, name: string, { browser, json }: LoginOptions): Promise<number> {
  return shell.withControl(async control => {
    const stopping = new Stopping(shell)
    try {
      const begun = await control.beginSignIn(name, browser ? 'browser' : 'device')
      stopping.cancelBy(() => control.cancelSignIn(begun.id))
      if (json) shell.printJson(begun)
      else for (const line of toDo(begun)) shell.print(line)
      const end = await control.waitForSignIn(begun.id)
      if (json) shell.printJson(end)
      else if (end.ok) shell.print(shell.style.green(plain(await doneWords(control, name, begun))))
      else if (stopping.isStopped) shell.complain('The sign-in was ended; nothing was changed.')
      else shell.complain(`Nobody is signed in as ${begun.user}: ${end.why}.`)
      return end.ok ? 0 : stopping.isStopped ? STOPPED : 1
    } finally {
      stopping.end()
    }
  })
}

/** As shells have it for Ctrl-C. */
const STOPPED = 130

/** Ctrl-C: what was begun is ended in the relay too, else somebody could still sign in with the code. */
class Stopping {
  isStopped = false
  readonly end: () => void
  #cancel: (() => Promise<unknown>) | undefined

  constructor({ environment }: Shell) {
    this.end = environment.onStop(() => {
      this.isStopped = true
      this.#run()
    })
  }

  /** Also where it was stopped before. */
  cancelBy(cancel: () => Promise<unknown>): void {
    this.#cancel = cancel
    this.#run()
  }

  #run(): void {
    // Whoever waits for the sign-in hears of a connection that broke.
    if (this.isStopped) this.#cancel?.().catch(() => undefined)
  }
}

function toDo(begun: SignInBegun): readonly string[] {
  const until = `It can be done until ${stamp(begun.until)}.`
  return begun.way === 'device'
    ? [
        plain(`Open ${begun.page} in a browser, on any machine,`),
        plain(`and enter the code ${begun.code} there; sign in as ${begun.user}.`),
        until,
      ]
    : [
        plain(`Open this page in a browser on this machine, and sign in as ${begun.user}:`),
        plain(begun.page),
        until,
      ]
}

async function doneWords(control: Control, name: string, { user, provider }: SignInBegun): Promise<string> {
  const signedIn = `Signed in as ${user} with ${provider}; kept as ${name}.`
  return (await control.status()).running ? `${signedIn} Mail that waited for it goes now.` : signedIn
}
