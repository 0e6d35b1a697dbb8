/** What newly needs a person, of two statuses one after the other: once, not at every retry. */
import type { Status } from '../app/control/control.ts'

/** The sentence to show for what is new since `before`; undefined where nothing new needs anybody. */
export function newNeed(before: Status, now: Status): string | undefined {
  if (before.queue.held === 0 && now.queue.held > 0) {
    const { held } = now.queue
    return `${held === 1 ? '1 message is' : `${held} messages are`} held: look at the queue.`
  }
  return now.warnings.find(warning => !before.warnings.some(({ kind }) => kind === warning.kind))?.text
}
