/** What a draft does to who can send: gained and lost, and the decisions of the log that it would take otherwise. */
import { Notice } from '../parts/notice.tsx'
import { useAnswer, useTurn } from '../state/ask.ts'
import type { Flip, SenderChange, SettingsDraft } from '../state/settings.ts'
import { useDesk, useReady } from '../state/use.ts'
import { exactTime } from '../words/dates.ts'
import { amountWords, count } from '../words/plain.ts'

/** `settings`: in place of the draft. */
export function WhoGains({ settings }: { readonly settings?: SettingsDraft }) {
  const { bridge } = useDesk()
  const edited = useReady(ready => ready.draft.settings)
  const draft = settings ?? edited
  const turn = useTurn(draft)
  const [answer] = useAnswer(async () => {
    const { problems, senders, senderCount } = await bridge.ask('review', draft)
    if (problems.length > 0) return undefined
    return {
      senders,
      senderCount,
      ...(await bridge.ask('replaySettings', { kind: 'current' }, { kind: 'draft', draft })),
    }
  }, turn)
  if (answer.kind === 'loading') return <p className="muted">Comparing who can send…</p>
  if (answer.kind === 'failed')
    return (
      <Notice tone="plain">
        <p>{answer.text}</p>
      </Notice>
    )
  if (!answer.value) return null
  return (
    <>
      <SenderChanges senders={answer.value.senders} count={answer.value.senderCount} />
      <Flips tried={answer.value.tried} flips={answer.value.flips} />
    </>
  )
}

interface SenderChangesProps {
  readonly senders: readonly SenderChange[]
  /** How many there are, where only the first are told. */
  readonly count: number | undefined
}

export function SenderChanges({ senders, count: total = senders.length }: SenderChangesProps) {
  const told = senders.slice(0, mostSenders)
  return (
    <section className="who-gains" aria-label="Who can send">
      <h3>Who can send</h3>
      {senders.length === 0 ? (
        <p>Stays as it is, for every address, user and recipient.</p>
      ) : (
        <ul>
          {told.map(({ change, words, ranges }) => (
            <li key={words} className={change === 'gained' ? 'fresh' : 'gone'} title={ranges.join('\n')}>
              <span className="gain-sign">{change}</span> {words}
            </li>
          ))}
          {total > told.length && <li className="muted">and {amountWords(total - told.length)} more</li>}
        </ul>
      )}
    </section>
  )
}

/** Nobody reads more of them. */
const mostSenders = 100

/** Lines that are shown. */
const most = 20

function Flips({ tried, flips }: { readonly tried: number; readonly flips: readonly Flip[] }) {
  if (tried === 0) return null
  const last = tried === 1 ? 'the last decision' : `the last ${amountWords(tried)} decisions`
  if (flips.length === 0) return <p className="muted">Of {last} none would change.</p>
  return (
    <section className="who-gains" aria-label="Decisions that would change">
      <h3>
        Of {last} {flips.length === 1 ? 'this' : 'these'} would change
      </h3>
      <ul>
        {flips.slice(0, most).map(({ client, user, to, verdict, reply, count: times, last }) => (
          <li key={`${client} ${user} ${to}`} title={`Last at ${exactTime(last)}. Then: ${reply}`}>
            <span className="gain-sign">{verdict === 'accept' ? 'accepted' : 'refused'}</span>{' '}
            {user === undefined ? client : `${user} (${client})`}{' '}
            {to === undefined ? 'connecting' : `to ${to}`}{' '}
            {times > 1 && <span className="muted">({count(times, 'time')})</span>}
          </li>
        ))}
      </ul>
      {flips.length > most && <p className="muted">and {flips.length - most} more</p>}
    </section>
  )
}
