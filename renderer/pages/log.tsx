/** Log: what happens, as it happens; searched, stopped to be read, and every refusal explained. */
import { Pause, Play } from 'lucide-react'
import { Fragment, useContext, useDeferredValue, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Answer, Empty } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { SearchContext } from '../parts/search.ts'
import { useAnswer, useSettled } from '../state/ask.ts'
import type { Event } from '../state/settings.ts'
import { useDesk, useNow, useReady } from '../state/use.ts'
import { clockTime, exactTime } from '../words/dates.ts'
import { eventTitle, eventWords, gravityOf, isRefusal, isRefusedThere } from '../words/event-words.ts'
import { dayWords } from '../words/plain.ts'
import { LogReply } from './log-reply.tsx'
import { Why } from './why.tsx'

/** Rows drawn at first, and more with each press of the button. */
const step = 100

export function LogPage() {
  const [stopped, setStopped] = useState<readonly Event[]>()
  // Drawn in the time that is left: a burst of events must not hold up what a person does.
  const live = useDeferredValue(useReady(({ events }) => events))
  return (
    <Page
      title="Log"
      sentence={
        stopped
          ? 'Stopped, so that you can read. New events wait.'
          : 'What happens, as it happens; the newest on top.'
      }
      search="Search the log"
      actions={
        <Button icon={stopped ? Play : Pause} onPress={() => setStopped(stopped ? undefined : live)}>
          {stopped ? 'Go on' : 'Stop'}
        </Button>
      }
    >
      <Events live={stopped ?? live} />
    </Page>
  )
}

function Events({ live }: { readonly live: readonly Event[] }) {
  const searched = useSettled(useContext(SearchContext).trim(), 200)
  const [onlyRefusals, setOnlyRefusals] = useState(false)
  const [asked, setAsked] = useState<Event>()
  return (
    <div className="list-page">
      <label className="plain-check">
        <input
          type="checkbox"
          checked={onlyRefusals}
          onChange={event => setOnlyRefusals(event.target.checked)}
        />{' '}
        Only refusals
      </label>
      {searched === '' ? (
        <EventList events={live} onlyRefusals={onlyRefusals} onWhy={setAsked} />
      ) : (
        <Found searched={searched} live={live} onlyRefusals={onlyRefusals} onWhy={setAsked} />
      )}
      <Why event={asked && isRefusal(asked) ? asked : undefined} onClose={() => setAsked(undefined)} />
      <LogReply event={asked} onClose={() => setAsked(undefined)} />
    </div>
  )
}

interface FoundProps {
  readonly searched: string
  readonly live: readonly Event[]
  readonly onlyRefusals: boolean
  onWhy(event: Event): void
}

/** The whole log is searched by the relay, and what came since by us. */
function Found({ searched, live, onlyRefusals, onWhy }: FoundProps) {
  const { bridge } = useDesk()
  const [answer, again] = useAnswer(() => bridge.ask('readLog', { match: searched, limit: 1000 }), searched)
  return (
    <Answer answer={answer} what="the log" again={again}>
      {old => {
        const newest = old.at(-1)?.time ?? 0
        const fresh = live.filter(
          event =>
            event.time > newest && JSON.stringify(event).toLowerCase().includes(searched.toLowerCase()),
        )
        return <EventList events={[...old, ...fresh]} onlyRefusals={onlyRefusals} onWhy={onWhy} />
      }}
    </Answer>
  )
}

interface EventListProps {
  /** The newest last. */
  readonly events: readonly Event[]
  readonly onlyRefusals: boolean
  onWhy(event: Event): void
}

function EventList({ events, onlyRefusals, onWhy }: EventListProps) {
  const [most, setMost] = useState(step)
  const wanted = onlyRefusals ? events.filter(isRefusal) : events
  const drawn = wanted.slice(-most).reverse()
  if (drawn.length === 0)
    return (
      <Empty title={onlyRefusals ? 'Nothing was refused.' : 'Nothing here.'}>
        <p className="muted">
          Events stand here as soon as a client connects; a search looks through the whole log.
        </p>
      </Empty>
    )
  return (
    <>
      <table className="table log-table">
        <thead>
          <tr>
            <th>Time</th>
            <th>Event</th>
            <th>What</th>
          </tr>
        </thead>
        <tbody>
          {drawn.map((event, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two events can be alike; a row has no state.
            <Fragment key={wanted.length - at}>
              <DayRow event={event} before={drawn[at - 1]} />
              <EventRow event={event} onWhy={onWhy} />
            </Fragment>
          ))}
        </tbody>
      </table>
      {wanted.length > most && <Button onPress={() => setMost(most + step)}>Show older</Button>}
    </>
  )
}

/** Says the day where another one begins than that of the row above; the first row is of today unless said. */
function DayRow({ event, before }: { readonly event: Event; readonly before: Event | undefined }) {
  const now = useNow(60_000)
  const above = dayWords(before?.time ?? now, now)
  const here = dayWords(event.time, now)
  if (above === here) return null
  return (
    <tr className="day">
      <th colSpan={3} scope="colgroup">
        {here}
      </th>
    </tr>
  )
}

function EventRow({ event, onWhy }: { readonly event: Event; onWhy(event: Event): void }) {
  return (
    <tr>
      <td className="clock">
        <time title={exactTime(event.time)}>{clockTime(event.time)}</time>
      </td>
      <td className={`event event-${gravityOf(event)}`}>{eventTitle(event)}</td>
      <td>
        {eventWords(event)}{' '}
        {isRefusal(event) && (
          <button type="button" className="link" onClick={() => onWhy(event)}>
            Why?
          </button>
        )}
        {isRefusedThere(event) && (
          <button type="button" className="link" onClick={() => onWhy(event)}>
            What to do?
          </button>
        )}
      </td>
    </tr>
  )
}
