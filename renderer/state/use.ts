/** How components reach the store and the bridge. */
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import type { Bridge } from '../../main/bridge.ts'
import { alike, formatPath, getAt, type Path } from './paths.ts'
import { isWithin, type Place } from './place.ts'
import type { Problem } from './settings.ts'
import type { Ready, State } from './state.ts'
import { type Store, sentenceOf } from './store.ts'

export interface Desk {
  readonly store: Store
  readonly bridge: Bridge
}

export const DeskContext = createContext<Desk | undefined>(undefined)

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('The window has no store.')
  return desk
}

/** Has the relay do something; what goes wrong is said in the bar below. */
export function useAct(): (action: (bridge: Bridge) => Promise<unknown>) => void {
  const { store, bridge } = useDesk()
  return action => {
    action(bridge).catch(error => store.say({ tone: 'bad', text: sentenceOf(error) }))
  }
}

/** `select` must give the same value for the same state. */
export function useWindow<Value>(select: (state: State) => Value): Value {
  const { store } = useDesk()
  return useSyncExternalStore(store.subscribe, () => select(store.get()))
}

/** The place that is drawn: what stands on a page goes by it, since the window's own may be ahead of it. */
export const PlaceContext = createContext<Place | undefined>(undefined)

export function usePlace(): Place {
  const drawn = useContext(PlaceContext)
  const own = useWindow(({ place }) => place)
  return drawn ?? own
}

/** For all that is shown only once the snapshot is there. */
export function useReady<Value>(select: (ready: Ready) => Value): Value {
  return useWindow(({ connection }) => {
    if (connection.kind !== 'ready') throw new Error('The window has no snapshot yet.')
    return select(connection)
  })
}

const noProblems: readonly Problem[] = []

/** Those that are to be shown: all but what a new entry still lacks. */
export function useShownProblems(): readonly Problem[] {
  const problems = useReady(ready => ready.problems)
  const spared = useReady(ready => ready.spared)
  return spared === '' ? problems : problems.filter(({ path }) => !isWithin(path, spared))
}

/** Problems at the path itself; with `within` also those of anything in it. */
export function useProblems(path: Path, within = false): readonly Problem[] {
  const problems = useShownProblems()
  if (problems.length === 0) return noProblems
  const text = formatPath(path)
  return problems.filter(problem => (within ? isWithin(problem.path, text) : problem.path === text))
}

/** A setting of the draft and the way to change it. */
export function useSetting<Value>(path: Path) {
  const { store } = useDesk()
  // Paths are written in the code beside the type that stands there.
  const value = useReady(({ draft }) => getAt(draft.settings, path)) as Value
  // In an entry that is new as a whole, no single field counts as changed.
  const isChanged = useReady(
    ({ base, draft }) =>
      getAt(base, path.slice(0, -1)) !== undefined && !alike(getAt(base, path), getAt(draft.settings, path)),
  )
  return { value, isChanged, set: (next: Value, goesOn = false) => store.edit(path, next, goesOn) }
}

/** The time, told anew every so many milliseconds. */
export function useNow(every = 30_000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(timer)
  }, [every])
  return now
}

export type Loaded<Value> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly text: string }
  | { readonly kind: 'loaded'; readonly value: Value }
