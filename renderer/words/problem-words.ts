/** Problems in the window's words, where the relay's name what only the settings file has. */
import type { Problem } from '../state/settings.ts'

/** A row whose address nobody has written yet. */
const emptyAddress = /^Nothing is written here: write any\b/

/** A row of the type Host name, likewise: the grid writes a dot there. */
const emptyName = /^"\." /

export function inWindowWords(problems: readonly Problem[]): readonly Problem[] {
  return problems.map(({ path, text }) => ({
    path,
    text: windowText(text),
  }))
}

function windowText(text: string): string {
  if (emptyAddress.test(text))
    return 'Enter an address: one such as 192.168.7.5, a network such as 192.168.1.0/24, or choose another Type.'
  if (emptyName.test(text)) return 'Enter a host name, such as home.example.net, or choose another Type.'
  return text.replace(/, without quotes\b/, '')
}
