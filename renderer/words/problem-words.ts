/** Problems in the window's words, where the relay's name what only the settings file has. */
import type { Problem } from '../state/settings.ts'

/** A row whose address nobody has written yet. */
const emptyAddress = /^Nothing is written here: write any\b/

export function inWindowWords(problems: readonly Problem[]): readonly Problem[] {
  return problems.map(({ path, text }) => ({
    path,
    text: emptyAddress.test(text)
      ? 'Write an address here: one such as 192.168.7.5, a network such as 192.168.1.0/24, or choose another Type.'
      : text,
  }))
}
