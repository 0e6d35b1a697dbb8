/** Answers of the relay that a page asks for while it is open. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { sentenceOf } from './store.ts'
import type { Loaded } from './use.ts'

/** Asks at once and whenever `question` changes; a later question's answer wins. The old answer stays meanwhile. */
export function useAnswer<Value>(ask: () => Promise<Value>, question: string): [Loaded<Value>, () => void] {
  const [answer, setAnswer] = useState<Loaded<Value>>({ kind: 'loading' })
  const asked = useRef(0)
  const latest = useRef(ask)
  latest.current = ask
  const again = useCallback(() => {
    const turn = ++asked.current
    latest.current().then(
      value => turn === asked.current && setAnswer({ kind: 'loaded', value }),
      error => turn === asked.current && setAnswer({ kind: 'failed', text: sentenceOf(error) }),
    )
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new question is asked, the same one isn't.
  useEffect(again, [question, again])
  return [answer, again]
}

/** The value as it was a while ago, so that not every key stroke asks. */
export function useSettled<Value>(value: Value, after: number): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), after)
    return () => clearTimeout(timer)
  }, [value, after])
  return settled
}

/** A number that is another for each object: what a question about the whole draft is told apart by. */
export function useTurn(asked: object): string {
  const [seen] = useState(() => ({ object: asked, number: 0 }))
  if (seen.object !== asked) {
    seen.object = asked
    seen.number++
  }
  return String(seen.number)
}
