/** A time as people say it, with the exact one on hover. */
import { useNow } from '../state/use.ts'
import { exactTime } from '../words/dates.ts'
import { relativeTime } from '../words/plain.ts'

export function Time({ time }: { readonly time: number }) {
  const now = useNow()
  return (
    <time dateTime={new Date(time).toISOString()} title={exactTime(time)}>
      {relativeTime(time, now)}
    </time>
  )
}
