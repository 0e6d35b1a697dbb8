/** In place of an answer about the draft, which can't be given while something in it is missing or wrong. */
import { Notice } from '../parts/notice.tsx'
import { useReady, useShownProblems } from '../state/use.ts'

export function Unanswered({ text }: { readonly text: string }) {
  const isSound = useReady(({ problems }) => problems.length === 0)
  const isMarked = useShownProblems().length > 0
  return (
    <Notice tone="plain">
      <p>{isSound ? text : `This stands here again ${isMarked ? marked : fresh}.`}</p>
    </Notice>
  )
}

const marked = 'as soon as the fields that are marked are mended'
const fresh = 'once what you added is filled in'
