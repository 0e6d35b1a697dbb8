/** How many rows of a long table are drawn: as many as fit, and more when their end comes near. */
import { type RefObject, useEffect, useRef, useState } from 'react'

/** Rows drawn at first, and so many more each time. */
const step = 30

/** `end` goes to what stands below the rows. */
export function useReached(length: number): {
  readonly drawn: number
  readonly end: RefObject<HTMLDivElement | null>
} {
  const [drawn, setDrawn] = useState(step)
  const end = useRef<HTMLDivElement>(null)
  const isWhole = drawn >= length
  useEffect(() => {
    const mark = end.current
    if (isWhole || !mark) return
    const near = new IntersectionObserver(
      entries => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setDrawn(drawn + step)
      },
      { root: mark.closest('[data-pane="page"]'), rootMargin: '300px' },
    )
    near.observe(mark)
    return () => near.disconnect()
  }, [drawn, isWhole])
  return { drawn: Math.min(drawn, length), end }
}
