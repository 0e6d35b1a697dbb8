/** Status: whether it runs, what waits, what needs a person, what happened today. */
import { Pause, Play } from 'lucide-react'
import { Button } from '../parts/button.tsx'
import { Answer, Empty, Notice } from '../parts/notice.tsx'
import { Page, Section } from '../parts/page.tsx'
import { SetupOffer } from '../setup/setup-offer.tsx'
import { useAnswer } from '../state/ask.ts'
import { type Hour, hoursOf } from '../state/hours.ts'
import type { Place } from '../state/place.ts'
import type { Event } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk, useNow, useReady } from '../state/use.ts'
import { choiceLabel } from '../words/options.ts'
import { exactTime, sinceWords } from '../words/plain.ts'
import { Chart } from './chart.tsx'

export function StatusPage() {
  const { bridge, store } = useDesk()
  const { running, since } = useReady(({ status }) => status)
  const now = useNow()
  const turn = async () => {
    try {
      await bridge.ask('pause', running)
    } catch (error) {
      store.say({ tone: 'bad', text: sentenceOf(error) })
    }
  }
  return (
    <Page
      title="Status"
      search={false}
      sentence={
        running
          ? `Running, and taking mail ${sinceWords(since, now)}.`
          : 'Not taking mail: clients are asked to come back later. Mail in the queue still goes out.'
      }
      actions={
        <Button icon={running ? Pause : Play} onPress={() => void turn()}>
          {running ? 'Pause taking mail' : 'Resume taking mail'}
        </Button>
      }
    >
      <div className="settings settings-wide" title={exactTime(since)}>
        <SetupOffer />
        <Warnings />
        <Figures />
        <Section title="The last 24 hours">
          <Today />
        </Section>
        <Section title="Listening on">
          <Listeners />
        </Section>
        <StartsWithSystem />
      </div>
    </Page>
  )
}

function Warnings() {
  const warnings = useReady(({ status }) => status.warnings)
  const isOpen = useReady(({ status }) => status.openRelay !== undefined)
  const { store } = useDesk()
  if (warnings.length === 0)
    return (
      <Notice tone="good">
        <p>Nothing needs you.</p>
      </Notice>
    )
  return warnings.map(text => {
    const mend = mendOf(text)
    return (
      <Notice key={text} tone={isOpen && /open relay/.test(text) ? 'bad' : 'warning'}>
        <p className="warning-line">
          <span>{mend?.text ?? text}</span>
          {mend && <Button onPress={() => store.go(mend.place)}>{mend.title}</Button>}
        </p>
      </Notice>
    )
  })
}

interface Mend {
  readonly title: string
  readonly place: Place
  /** Where the relay's own words are for the command line. */
  readonly text?: string
}

function mendOf(text: string): Mend | undefined {
  if (/no route is set/i.test(text))
    return {
      title: 'Add a sender',
      place: { page: 'senders' },
      text: 'No mail sender is set: mail that leaves this server is held.',
    }
  if (/held/i.test(text)) return { title: 'Show the queue', place: { page: 'queue' } }
  if (/certificate/i.test(text)) return { title: 'Show the certificate', place: { page: 'security' } }
  if (/relay/i.test(text)) return { title: 'Show the rows', place: { page: 'smtp', tab: 'access' } }
  if (/listen|port/i.test(text))
    return { title: 'Show the bindings', place: { page: 'smtp', tab: 'general' } }
  return { title: 'Run the doctor', place: { page: 'tools', tab: 'doctor' } }
}

function Figures() {
  const { sessions, queue } = useReady(({ status }) => status)
  const failed = useReady(({ events }) => events.filter(({ kind }) => kind === 'failed').length)
  const { store } = useDesk()
  const toQueue = () => store.go({ page: 'queue' })
  return (
    <div className="figures">
      <Figure title="Sessions now" amount={sessions} />
      <Figure title="Waiting" amount={queue.waiting} onOpen={toQueue} />
      <Figure title="Held" amount={queue.held} onOpen={toQueue} />
      <Figure title="Failed lately" amount={failed} onOpen={() => store.go({ page: 'log' })} />
    </div>
  )
}

interface FigureProps {
  readonly title: string
  readonly amount: number
  onOpen?(): void
}

function Figure({ title, amount, onOpen }: FigureProps) {
  const content = (
    <>
      <span className="figure-amount">{amount.toLocaleString('en')}</span>
      <span className="figure-title">{title}</span>
    </>
  )
  return onOpen ? (
    <button type="button" className="figure" onClick={onOpen}>
      {content}
    </button>
  ) : (
    <div className="figure">{content}</div>
  )
}

/** Asked once; what comes then is counted from the told events. */
const asked = 10_000
const day = 24 * 3_600_000

function Today() {
  const { bridge } = useDesk()
  const now = useNow(60_000)
  const live = useReady(({ events }) => events)
  const [answer, again] = useAnswer(
    () => bridge.ask('readLog', { since: Date.now() - day, limit: asked }),
    '',
  )
  return (
    <Answer answer={answer} what="the log" again={again}>
      {old => (
        <>
          <Hours hours={hoursOf(joined(old, live), now)} />
          {old.length >= asked && (
            <p className="muted">Counted from the newest {asked.toLocaleString('en')} events.</p>
          )}
        </>
      )}
    </Answer>
  )
}

function Hours({ hours }: { readonly hours: readonly Hour[] }) {
  if (hours.some(({ counts }) => Object.values(counts).some(count => count > 0)))
    return <Chart hours={hours} />
  return (
    <Empty title="No mail in the last 24 hours.">
      <p className="muted">What is accepted, refused, delivered and deferred stands here hour by hour.</p>
    </Empty>
  )
}

function joined(old: readonly Event[], live: readonly Event[]): readonly Event[] {
  const newest = old.at(-1)?.time ?? 0
  return [...old, ...live.filter(({ time }) => time > newest)]
}

function Listeners() {
  const listeners = useReady(({ status }) => status.listeners)
  const { store } = useDesk()
  const open = () => store.go({ page: 'smtp', tab: 'general', target: 'smtp.listeners' })
  if (listeners.length === 0)
    return (
      <Notice tone="warning">
        <p className="warning-line">
          <span>No port is open, so nobody can hand in mail.</span>{' '}
          <Button onPress={open}>Show the bindings</Button>
        </p>
      </Notice>
    )
  return (
    <ul className="listeners">
      {listeners.map(({ address, port, encryption }) => (
        <li key={`${address} ${port}`}>
          <span className="dot dot-good" aria-hidden />
          <strong>Port {port}</strong>{' '}
          <span>
            {address === '0.0.0.0' ? 'every IPv4 address' : address === '::' ? 'every IPv6 address' : address}
          </span>
          <span className="muted">
            {choiceLabel(['smtp', 'listeners', 0, 'encryption'], encryption) ?? encryption}
          </span>
        </li>
      ))}
    </ul>
  )
}

function StartsWithSystem() {
  const { bridge, store } = useDesk()
  const { autostart, version } = useReady(({ app }) => app)
  const app = useReady(ready => ready.app)
  const turn = async (isOn: boolean) => {
    try {
      await bridge.ask('setAutostart', isOn)
      store.patch({ app: { ...app, autostart: isOn } })
    } catch (error) {
      store.say({ tone: 'bad', text: sentenceOf(error) })
    }
  }
  return (
    <Section title="This program">
      <label className="plain-check">
        <input type="checkbox" checked={autostart} onChange={event => void turn(event.target.checked)} />{' '}
        Start with the system, hidden in the tray
      </label>
      <p className="muted">Postern {version}. Closing the window leaves it running in the tray.</p>
    </Section>
  )
}
