/** Answers of the relay that a page asks for while it is open. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { sentenceOf } from './store.ts'
import type { Loaded } from './use.ts'

/**
 * Asks at once and whenever `question` changes; a later question's answer wins. The old answer stays meanwhile. One that
 * is `patient` asks the next question only when the one before it is answered, and passes over those in between.
 */
export function useAnswer<Value>(
  ask: () => Promise<Value>,
  question: string,
  isPatient = false,
): [Loaded<Value>, () => void] {
  const [answer, setAnswer] = useState<Loaded<Value>>({ kind: 'loading' })
  const asked = useRef(0)
  const latest = useRef(ask)
  latest.current = ask
  const waits = useRef({ isAsking: false, isOvertaken: false })
  const again = useCallback(() => {
    const turn = ++asked.current
    if (isPatient && waits.current.isAsking) {
      waits.current.isOvertaken = true
      return
    }
    waits.current = { isAsking: true, isOvertaken: false }
    latest
      .current()
      .then(
        value => turn === asked.current && setAnswer({ kind: 'loaded', value }),
        error => turn === asked.current && setAnswer({ kind: 'failed', text: sentenceOf(error) }),
      )
      .finally(() => {
        const { isOvertaken } = waits.current
        waits.current = { isAsking: false, isOvertaken: false }
        if (isOvertaken) again()
      })
  }, [isPatient])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new question is asked, the same one isn't.
  useEffect(again, [question, again])
  return [answer, again]
}

/** The value as it was a while ago, so that not every key stroke asks. An object must stay the same until it says another thing. */
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
