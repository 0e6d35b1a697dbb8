/** What a next hop's reply means, why, what to do, and the buttons that mend it. */
import { Button } from '../parts/button.tsx'
import { Meaning } from '../parts/meaning.tsx'
import type { ReplyMeaning as ReplyMeaningFacts, ReplyMend } from '../state/settings.ts'
import { sentenceOf } from '../state/store.ts'
import { useDesk } from '../state/use.ts'
import { mendPlace, mendTitle } from '../words/mend-words.ts'

interface ReplyMeaningProps {
  readonly meaning: ReplyMeaningFacts
  /** Before the window goes to where it is mended. */
  readonly onGo?: () => void
  /** Absent where there is nothing to try again. */
  readonly onRetry?: (() => void) | undefined
}

export function ReplyMeaning({ meaning, ...ways }: ReplyMeaningProps) {
  const { means, cause, todo, mends, source } = meaning
  return (
    <Meaning {...{ means, cause, todo }} mends={<MendButtons mends={mends} {...ways} />}>
      <p className="muted meaning-source">
        Source: {source.name}, <span className="meaning-address">{source.address}</span>
      </p>
    </Meaning>
  )
}

interface MendButtonsProps extends Omit<ReplyMeaningProps, 'meaning'> {
  readonly mends: readonly ReplyMend[]
}

export function MendButtons({ mends, ...ways }: MendButtonsProps) {
  const shown = mends.filter(mend => mendTitle(mend) && (mend.kind !== 'retry' || ways.onRetry))
  return shown.map(mend => <MendButton key={mend.kind} mend={mend} {...ways} />)
}

interface MendButtonProps extends Omit<MendButtonsProps, 'mends'> {
  readonly mend: ReplyMend
}

function MendButton({ mend, onGo, onRetry }: MendButtonProps) {
  const { store, bridge } = useDesk()
  const copy = (text: string) =>
    bridge.ask('copyText', text).then(
      () => store.say({ tone: 'good', text: 'Copied: paste it into a message to them.' }),
      error => store.say({ tone: 'bad', text: sentenceOf(error) }),
    )
  const press = () => {
    const place = mendPlace(mend)
    if ('text' in mend) void copy(mend.text)
    else if (place) {
      onGo?.()
      store.go(place)
    } else onRetry?.()
  }
  return <Button onPress={press}>{mendTitle(mend)}</Button>
}
