/** A change of the history in the window's names, each the way to its field. */
import { Fragment } from 'react'
import { placeOf } from '../state/place.ts'
import { useDesk } from '../state/use.ts'
import { historyParts } from '../words/history-words.ts'

export function ChangeWords({ words }: { readonly words: string }) {
  const { store } = useDesk()
  return historyParts(words).map(({ title, path, rest }, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence, in their order.
    <Fragment key={at}>
      {at > 0 && '; '}
      {title !== undefined && path !== undefined && (
        <button type="button" className="link" onClick={() => store.go(placeOf(path))}>
          {title}
        </button>
      )}
      {rest}
    </Fragment>
  ))
}
