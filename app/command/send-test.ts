/** `postern send-test`: a test message through the queue and its route. */
import type { Command } from 'commander'
import type { Control, SentTest } from '../control/control.ts'
import { checkMailAddress } from './mail-address.ts'
import { plain } from './plain.ts'
import { showMeaning } from './queue-view.ts'
import { addCommand, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'

interface SendTestOptions {
  readonly to: string
  readonly json?: boolean
}

export function addSendTest(program: Command, shell: Shell): void {
  addCommand(program, {
    usage: 'send-test',
    summary: 'Send a test message and show the dialogue with the next hop',
    more:
      'The message takes the way of all mail, through the queue and its route. The exit\n' +
      'status is 1 when it is not delivered at once.',
    examples: [['postern send-test --to me@elsewhere.example', 'see how far it gets']],
  })
    .requiredOption('--to <address>', 'the recipient')
    .addOption(jsonOption())
    .action(shell.act((options: SendTestOptions) => sendTest(shell, options)))
}

function sendTest(shell: Shell, { to, json }: SendTestOptions): Promise<number> {
  checkMailAddress('--to', to)
  return shell.withControl(async control => {
    const sent = await control.sendTest(to)
    if (json) shell.printJson(sent)
    else {
      for (const line of sent.dialogue) shell.print(shell.style.dim(plain(line)))
      const paint = sent.delivered ? shell.style.green : shell.style.red
      shell.print(paint(plain(verdict(sent))))
      if (sent.meaning) showMeaning(shell, sent.meaning)
      if (!sent.delivered) shell.note(await whereToLook(control, sent))
    }
    return sent.delivered ? 0 : 1
  })
}

/** A message that failed for good is in the queue no more. */
async function whereToLook(control: Control, { id }: SentTest): Promise<string> {
  return (await control.showMessage(id))
    ? `The message is ${id}; "postern queue show ${id}" shows its state.`
    : `The message was ${id}; "postern log --match ${id}" shows what became of it.`
}

/** Who took it or said no, unless nobody did or the sentence says it. */
function verdict({ delivered, via, text }: SentTest): string {
  if (!delivered && text.startsWith('held: ')) return `not delivered, but ${text}`
  const by = via === 'nobody' || text.includes(via) ? '' : ` by ${via}`
  return `${delivered ? 'delivered' : 'not delivered'}${by}: ${text}`
}
