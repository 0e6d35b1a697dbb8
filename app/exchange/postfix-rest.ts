/** What stands in a Postfix's restrictions behind the one that settles who may relay. */
import type { Word } from './postfix-config.ts'
import type { Remarks } from './remarks.ts'

export interface Rest {
  /** The restriction before it. */
  readonly by: string
  readonly words: readonly Word[]
  /** Whether mail to its own domains goes on to it. */
  readonly isForOwn: boolean
}

export const NO_REST: Rest = { by: '', words: [], isForOwn: false }

/** Some refuse only what is to be relayed; `ownAreSettled`: mail to its own domains doesn't come so far. */
export function restOf(by: string, words: readonly Word[], ownAreSettled: boolean): Rest {
  const isForOwn = by === 'reject_unauth_destination' || by === 'defer_unauth_destination'
  return { by, words, isForOwn: isForOwn && !ownAreSettled }
}

/** Each of its lines. */
export function tellOfRest({ by, words, isForOwn }: Rest, remarks: Remarks): void {
  const text = isForOwn
    ? `What stands here behind ${by} concerns mail to its own domains only, which Postern takes from everybody; it was left out.`
    : 'What stands here behind the end of the restrictions is never looked at.'
  for (const line of new Set(words.map(word => word.line))) remarks.note(line, text)
}
