/** Queue: the messages that wait or are held, what is done with them, and one of them in full. */
import { Pause, Play, RotateCw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Answer, Empty } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { useAnswer } from '../state/ask.ts'
import type { QueueAction, QueueSelection } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, usePlace, useReady } from '../state/use.ts'
import { count } from '../words/plain.ts'
import { Hops } from './hops.tsx'
import { type QueueFilter, QueueFilters, stateNamed } from './queue-filters.tsx'
import { QueueMessage } from './queue-message.tsx'
import { QueueTable } from './queue-table.tsx'
import { Removal } from './removal.tsx'

const done: Readonly<Record<QueueAction, string>> = {
  holdMessages: 'held',
  releaseMessages: 'released',
  retryMessages: 'set to be tried now',
  removeMessages: 'removed',
}

/** Rows drawn; the rest is found by the filter. */
const shown = 200

interface Removing {
  readonly selection: QueueSelection
  /** As in `3 messages`. */
  readonly what: string
}

export function QueuePage() {
  const { bridge, store } = useDesk()
  const { messages: total, waiting, held } = useReady(({ status }) => status.queue)
  const last = useReady(({ events }) => events.findLast(event => 'id' in event)?.time ?? 0)
  const { tab } = usePlace()
  const [filter, setFilter] = useState<QueueFilter>({ state: stateNamed(tab), match: '' })
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [open, setOpen] = useState<string>()
  const [isEvery, setEvery] = useState(false)
  const [removing, setRemoving] = useState<Removing>()
  const asked = {
    ...(filter.state === 'all' ? {} : { state: filter.state }),
    ...(filter.match.trim() === '' ? {} : { match: filter.match.trim() }),
  }
  const [answer, again] = useAnswer(
    () => bridge.ask('listQueue', asked),
    `${filter.state} ${filter.match} ${total} ${waiting} ${held} ${last}`,
  )
  const choose = (ids: ReadonlySet<string>, every = false) => {
    setChosen(ids)
    setEvery(every)
  }
  const act = async (action: QueueAction, selection: QueueSelection) => {
    try {
      const { changed, unknown } = await bridge.ask(action, selection)
      const gone =
        unknown.length > 0 ? ` ${count(unknown.length, 'was', 'were')} not in the queue any more.` : ''
      store.say({ tone: 'good', text: `${count(changed.length, 'message')} ${done[action]}.${gone}` })
      choose(new Set())
      again()
    } catch (error) {
      store.say({ tone: 'bad', text: sentenceOf(error) })
    }
  }
  const chosenOnes: QueueSelection = isEvery ? { ids: [], all: true, filter: asked } : { ids: [...chosen] }
  const isNone = chosen.size === 0
  return (
    <Page
      title="Queue"
      sentence={
        total === 0 ? 'Mail on its way out.' : `${count(total, 'message')}: ${waiting} waiting, ${held} held.`
      }
      search="Address, id or user"
    >
      <div className="list-page">
        <div className="toolbar">
          <QueueFilters
            filter={filter}
            onChange={next => {
              setFilter(next)
              choose(new Set())
            }}
          />
          <span className="toolbar-gap" />
          <Button icon={Pause} isDisabled={isNone} onPress={() => void act('holdMessages', chosenOnes)}>
            Hold
          </Button>
          <Button icon={Play} isDisabled={isNone} onPress={() => void act('releaseMessages', chosenOnes)}>
            Release
          </Button>
          <Button icon={RotateCw} isDisabled={isNone} onPress={() => void act('retryMessages', chosenOnes)}>
            Retry now
          </Button>
          <Button
            icon={Trash2}
            isDisabled={isNone}
            onPress={() =>
              setRemoving({
                selection: chosenOnes,
                what: isEvery ? 'all messages that match' : count(chosen.size, 'message'),
              })
            }
          >
            Remove…
          </Button>
        </div>
        <Hops />
        {total > 0 && (
          <p className="muted">
            {isNone
              ? 'Tick messages to act on them; open one to see its recipients and the last replies.'
              : `${isEvery ? 'All messages that match are' : `${count(chosen.size, 'message')}`} chosen.`}{' '}
            {chosen.size >= shown && !isEvery && (
              <Button kind="link" onPress={() => choose(chosen, true)}>
                Choose all that match
              </Button>
            )}
          </p>
        )}
        <Answer answer={answer} what="the queue" again={again}>
          {messages =>
            messages.length === 0 ? (
              <Empty title={total === 0 ? 'The queue is empty.' : 'No message matches.'}>
                <p className="muted">
                  {total === 0
                    ? 'Everything that came in has gone out. Mail shows up here while it waits for another server.'
                    : 'Clear the search box, or choose All.'}
                </p>
              </Empty>
            ) : (
              <>
                <QueueTable
                  messages={messages.slice(0, shown)}
                  chosen={chosen}
                  onChoose={ids => choose(ids)}
                  onOpen={setOpen}
                />
                {messages.length > shown && (
                  <p className="muted">
                    The first {shown} of {count(messages.length, 'message')}: write part of an address above
                    to find others.
                  </p>
                )}
              </>
            )
          }
        </Answer>
      </div>
      <QueueMessage
        id={open}
        onClose={() => setOpen(undefined)}
        onAct={act}
        onRemove={(selection, what) => {
          setOpen(undefined)
          setRemoving({ selection, what })
        }}
      />
      <Removal
        what={removing?.what}
        onClose={() => setRemoving(undefined)}
        onRemove={() => removing && void act('removeMessages', removing.selection)}
      />
    </Page>
  )
}
