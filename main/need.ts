/** What newly needs a person, of two statuses one after the other: once, not at every retry. */
import type { Status } from '../app/control/control.ts'
import { isNews, type Needs, needsOf } from '../app/control/needs.ts'

/**
 * The sentence to show for what is new since `before` and wasn't known `earlier`, in another run; undefined where nothing new needs anybody. Who paused it knows;
 * likewise mail that somebody held is in no warning.
 */
export function newNeed(before: Status, now: Status, earlier: Needs): string | undefined {
  const known = new Set([...needsOf(before.warnings), ...earlier])
  return now.warnings.find(warning => isNews(warning, known))?.text
}
