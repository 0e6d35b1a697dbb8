/** Recipients that a next hop had no room for in a transaction: they go in a further one at once. */
import type { Reply } from '../mail/reply.ts'
import type { Answer } from './outcome.ts'

/**
 * Those that were put off for being too many, where others were taken: with nobody taken, a further transaction would
 * fare no better. RFC 5321 section 4.5.3.1.10 has 452 for it, and 552 of older servers mean the same.
 */
export function leftOver(answers: ReadonlyMap<number, Answer>): readonly number[] {
  const left: number[] = []
  let taken = false
  for (const [index, { reply }] of answers) {
    if (reply.code < 300) taken = true
    else if (isTooMany(reply)) left.push(index)
  }
  return taken ? left : []
}

function isTooMany({ code, status, text }: Reply): boolean {
  if (code !== 452 && code !== 552) return false
  return /^[45]\.5\.3$/.test(status) || (/too many recipients/i.test(text) && !/^[45]\.[1-46]\./.test(status))
}
