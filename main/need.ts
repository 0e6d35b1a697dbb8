/** What newly needs a person, of two statuses one after the other: once, not at every retry. */
import type { Status } from '../app/control/control.ts'

/** The sentence to show for what is new since `before`; undefined where nothing new needs anybody. */
export function newNeed(before: Status, now: Status): string | undefined {
  return now.warnings.find(
    warning => !isOwnDoing(warning) && !before.warnings.some(known => shape(known) === shape(warning)),
  )
}

/** Who paused it knows. Likewise mail that somebody held is in no warning. */
function isOwnDoing(warning: string): boolean {
  return warning.startsWith('Postern is paused')
}

/** Two sentences that differ in a number only say the same. */
function shape(sentence: string): string {
  return sentence.replace(/\d+/g, '#')
}
