/** F1: the option of the focused field explained, or the window's keys where no field has the focus. */
import { topicOf } from '../help/topics.ts'
import { Button } from '../parts/button.tsx'
import { Overlay } from '../parts/overlay.tsx'
import { useDesk } from '../state/use.ts'
import { optionAt } from '../words/options.ts'

const keys: readonly (readonly [string, string])[] = [
  ['F6', 'to the next part of the window'],
  ['↑ ↓', 'through the sidebar and the rows of a grid'],
  ['Alt ↑, Alt ↓', 'move a row up or down'],
  ['Ctrl S', 'apply the changes'],
  ['Enter, F2', 'open what a cell of a grid holds'],
  ['Ctrl Z, Ctrl Y', 'undo a change, and do it again'],
  ['Esc', 'bring back what stood in the field'],
  ['Ctrl F', 'search the page'],
  ['F1', 'explain the field that has the focus'],
]

interface HelpProps {
  /** Undefined while closed; empty for the keys. */
  readonly option: string | undefined
  onClose(): void
}

export function Help({ option, onClose }: HelpProps) {
  const { store } = useDesk()
  const readMore = () => {
    onClose()
    store.go({ page: 'help', tab: topicOf(option ?? '') })
  }
  const found = option ? optionAt(option) : undefined
  const foot = <Button onPress={readMore}>Read more in Help</Button>
  return (
    <Overlay
      title={found?.label ?? 'Keys of this window'}
      isOpen={option !== undefined}
      onClose={onClose}
      foot={foot}
    >
      {found ? (
        <>
          <p>{found.sentence}</p>
          {found.more && <p>{found.more}</p>}
          {found.choices && (
            <dl className="facts">
              {found.choices.map(({ value, label, sentence }) => (
                <div key={value}>
                  <dt>{label}</dt>
                  <dd>{sentence}</dd>
                </div>
              ))}
            </dl>
          )}
        </>
      ) : (
        <dl className="facts facts-keys">
          {keys.map(([key, words]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
      )}
    </Overlay>
  )
}
