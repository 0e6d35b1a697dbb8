/** Which rows of a page are drawn: those around the row at hand first, the others a few at a time, so that nothing waits. */
import { useEffect, useState } from 'react'

interface Drawn {
  readonly from: number
  /** The first one that isn't. */
  readonly to: number
}

/** Few enough to be drawn at once, and so many more each time. */
const atOnce = 12
const more = 8

/** `row` is the one at hand, of those from `first` to before `end`. */
export function useDrawn(first: number, end: number, row: number): Drawn {
  const [kept, setKept] = useState<Drawn>({ from: 0, to: 0 })
  const isKept = first <= kept.from && kept.from <= row && row < kept.to && kept.from < end
  const { from, to } = isKept ? { ...kept, to: Math.min(kept.to, end) } : around(first, end, row)
  useEffect(() => {
    if (from === first && to === end) return
    const timer = setTimeout(() => setKept(grown({ from, to }, first, end)))
    return () => clearTimeout(timer)
  }, [from, to, first, end])
  return { from, to }
}

function around(first: number, end: number, row: number): Drawn {
  if (end - first <= atOnce) return { from: first, to: end }
  const from = Math.max(first, Math.min(row - 2, end - more))
  return { from, to: from + more }
}

/** Below first: what comes above moves what is looked at. */
function grown({ from, to }: Drawn, first: number, end: number): Drawn {
  if (to < end) return { from, to: Math.min(end, to + more) }
  return { from: Math.max(first, from - more), to }
}
