/** `--limit`: how many to show. */
import { InvalidArgumentError } from 'commander'

export function parseLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (limit < 1) throw new InvalidArgumentError('Give a number from 1 to 999999.')
  return limit
}
