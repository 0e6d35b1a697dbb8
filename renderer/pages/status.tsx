/** Status: whether it runs, what waits, what needs a person, what happened today. */
import { Pause, Play } from 'lucide-react'
import { Button } from '../parts/button.tsx'
import { Page, Section } from '../parts/page.tsx'
import { SetupOffer } from '../setup/setup-offer.tsx'
import { takesMail } from '../state/takes-mail.ts'
import { useAct, useDesk, useNow, useReady } from '../state/use.ts'
import { exactTime } from '../words/dates.ts'
import { sinceWords } from '../words/plain.ts'
import { Figures } from './figures.tsx'
import { Hops } from './hops.tsx'
import { Listeners } from './listeners.tsx'
import { StartsWithSystem } from './starts-with-system.tsx'
import { Today } from './today.tsx'
import { Warnings } from './warnings.tsx'

export function StatusPage() {
  const status = useReady(ready => ready.status)
  const { running, since, queue } = status
  const takes = takesMail(status)
  return (
    <Page
      title="Status"
      search={false}
      sentence={
        takes ? (
          <RunningSince time={since} />
        ) : (
          `Not taking mail: who sends tries again later. ${queue.messages > 0 && running ? 'Mail in the queue still goes out.' : ''}`
        )
      }
      actions={<TakeMail isTaking={takes} />}
    >
      <div className="settings settings-wide">
        <SetupOffer />
        <Warnings />
        <Hops />
        <Figures />
        <Section title="The last 24 hours">
          <Today />
        </Section>
        <div className="halves">
          <Section title="Listening on">
            <Listeners />
          </Section>
          <Section title="This program">
            <StartsWithSystem />
          </Section>
        </div>
      </div>
    </Page>
  )
}

/** Pauses and resumes; where neither would help, leads to the switch that would. */
function TakeMail({ isTaking }: { readonly isTaking: boolean }) {
  const { store } = useDesk()
  const act = useAct()
  const isStopped = useReady(({ status: { warnings } }) =>
    warnings.some(({ kind }) => kind === 'paused' || kind === 'not-running'),
  )
  if (isTaking)
    return (
      <Button icon={Pause} onPress={() => act(bridge => bridge.ask('pause', true))}>
        Pause taking mail
      </Button>
    )
  if (isStopped)
    return (
      <Button kind="main" icon={Play} onPress={() => act(bridge => bridge.ask('pause', false))}>
        Resume taking mail
      </Button>
    )
  return (
    <Button onPress={() => store.go({ page: 'smtp', tab: 'general', target: 'smtp.enabled' })}>
      Show the SMTP service
    </Button>
  )
}

function RunningSince({ time }: { readonly time: number }) {
  const now = useNow()
  return (
    <>
      Running, and taking mail{' '}
      <time dateTime={new Date(time).toISOString()} title={exactTime(time)}>
        {sinceWords(time, now)}
      </time>
      .
    </>
  )
}
