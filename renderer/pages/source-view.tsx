/** What an address did: the events that led to its block, or may lead to one. */
import { Answer, Notice } from '../parts/notice.tsx'
import { Time } from '../parts/time.tsx'
import { useAnswer } from '../state/ask.ts'
import type { Source } from '../state/settings.ts'
import { useDesk } from '../state/use.ts'
import { optionAt } from '../words/options.ts'
import { count, enumerate } from '../words/plain.ts'

export function SourceView({ address }: { readonly address: string }) {
  const { bridge } = useDesk()
  const [answer, again] = useAnswer(() => bridge.ask('viewAddress', address), address)
  return (
    <Answer answer={answer} what={`what ${address} did`} again={again}>
      {facts => <Facts facts={facts} />}
    </Answer>
  )
}

function Facts({ facts }: { readonly facts: Source }) {
  const { address, block, listed, points, threshold, offences } = facts
  return (
    <>
      {block ? (
        <Notice tone="warning">
          <p>
            <strong>{address}</strong> is blocked, which ends <Time time={block.until} />: it had{' '}
            {count(block.points, 'point')}. {count(block.refused, 'connection')} since{' '}
            {block.refused === 1 ? 'was' : 'were'} refused.
          </p>
        </Notice>
      ) : (
        <Notice tone="plain">
          <p>
            {listedWords[listed]} It has {count(points, 'point')} now; more than {threshold} block it.
          </p>
        </Notice>
      )}
      {block && block.known.length > 0 && (
        <p>
          {enumerate(block.known)} logged on from there within 30 days, so whoever logs on there goes on; all
          else from there is turned away.
        </p>
      )}
      {block && <Offences offences={block.offences} />}
      {offences.length > 0 && block && <p>Since then:</p>}
      {offences.length > 0 && <Offences offences={offences} />}
    </>
  )
}

const listedWords: Readonly<Record<Source['listed'], string>> = {
  never: 'It stands in Never block.',
  always: 'It stands in Always block, and is turned away whatever it does.',
  neither: 'It isn’t blocked now.',
}

function Offences({ offences }: { readonly offences: Source['offences'] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Event</th>
          <th>Who</th>
          <th>Times</th>
          <th>Points</th>
          <th className="narrow-hidden">Last</th>
        </tr>
      </thead>
      <tbody>
        {offences.map(({ kind, who, count: times, points, first, last }) => (
          <tr key={`${kind} ${who} ${first}`}>
            <td>{optionAt(`smtp.ids.points.${kind}`)?.label}</td>
            <td className="cut" title={who}>
              {who ?? ''}
            </td>
            <td>{times}</td>
            <td>{points}</td>
            <td className="narrow-hidden">
              <Time time={last} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
