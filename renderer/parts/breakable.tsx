/** Text in which a long host name or address breaks at its dots and colons, not in the middle of a word. */
import { Fragment } from 'react'

export function Breakable({ text }: { readonly text: string }) {
  // Dots and colons inside a word; those at its end are followed by a space, where a line breaks anyway.
  const parts = text.split(/(?<=[\w\]][.:@])(?=\w)/)
  return parts.map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text, in their order.
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ))
}
