/** Changes that may open the relay: made only once the sentence that says so is typed. */
import type { Applied } from './settings.ts'
import type { Store } from './store.ts'

/**
 * Makes a change; where it would open the relay, the window asks for the sentence, and makes the change with it. `done`
 * hears of the answer that counts, and says whether it was made.
 */
export async function makeChange(
  store: Store,
  change: (sentence?: string) => Promise<Applied>,
  done: (applied: Applied) => Promise<boolean> | boolean,
): Promise<boolean> {
  const applied = await change()
  if (applied.ok || !applied.openRelay) return done(applied)
  const go = async (sentence: string) => {
    const again = await change(sentence)
    if (!again.ok && again.openRelay) return false
    await done(again)
    return true
  }
  const { openRelay: addresses, openRelayCount: addressCount } = applied
  store.askToOpen({ addresses, ...(addressCount !== undefined && { addressCount }), go })
  return false
}
