/** What happened in the last 24 hours, counted from the log and from what is told since. */
import { Answer, Empty } from '../parts/notice.tsx'
import { useAnswer } from '../state/ask.ts'
import { hoursOf } from '../state/hours.ts'
import type { Event } from '../state/settings.ts'
import { useDesk, useNow, useReady } from '../state/use.ts'
import { amountWords } from '../words/plain.ts'
import { Chart } from './chart.tsx'

/** Events asked for, once; what comes then is counted as it is told. */
const asked = 10_000
const day = 24 * 3_600_000

export function Today() {
  const { bridge } = useDesk()
  const now = useNow(60_000)
  const live = useReady(({ events }) => events)
  const [answer, again] = useAnswer(
    () => bridge.ask('readLog', { since: Date.now() - day, limit: asked }),
    '',
  )
  return (
    <Answer answer={answer} what="the log" again={again}>
      {old => {
        const hours = hoursOf(joined(old, live), now)
        const some = hours.some(({ counts }) => Object.values(counts).some(count => count > 0))
        if (!some)
          return (
            <Empty title="No mail in the last 24 hours.">
              <p className="muted">
                What is accepted, refused, delivered and deferred stands here hour by hour.
              </p>
            </Empty>
          )
        return (
          <>
            <Chart hours={hours} />
            {old.length >= asked && (
              <p className="muted">Counted from the newest {amountWords(asked)} events.</p>
            )}
          </>
        )
      }}
    </Answer>
  )
}

function joined(old: readonly Event[], live: readonly Event[]): readonly Event[] {
  const newest = old.at(-1)?.time ?? 0
  return [...old, ...live.filter(({ time }) => time > newest)]
}
