/** The bridge with what strangers said made visible: it is shown, and never goes back into settings. */
import type { Bridge, Requests, Told } from '../../main/bridge.ts'
import { visibleIn } from '../words/visible.ts'
import { isRecord } from './paths.ts'

/** Their answers are for reading only. */
const shown: readonly (keyof Requests)[] = [
  'status',
  'readLog',
  'listQueue',
  'showMessage',
  'meanings',
  'sendTest',
  'doctor',
  'history',
  'review',
  'explain',
  'explainDraft',
  'replaySettings',
  'compareSettings',
  'compareRoutes',
]
/** Of a snapshot; the rest of it is edited. */
const shownInSnapshot = ['status', 'events', 'history']

export class VisibleBridge implements Bridge {
  readonly #bridge: Bridge

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  ask<Name extends keyof Requests>(
    name: Name,
    ...args: Parameters<Requests[Name]>
  ): ReturnType<Requests[Name]> {
    // The answer is what was asked for, in other words.
    return this.#ask(name, args) as ReturnType<Requests[Name]>
  }

  onTold(listener: (told: Told) => void): () => void {
    return this.#bridge.onTold(told => listener(told.kind === 'settings' ? told : visibleIn(told)))
  }

  async #ask(name: keyof Requests, args: readonly unknown[]): Promise<unknown> {
    const answer: unknown = await Reflect.apply(this.#bridge.ask, this.#bridge, [name, ...args])
    if (shown.includes(name)) return visibleIn(answer)
    if (name !== 'snapshot' || !isRecord(answer)) return answer
    const parts = shownInSnapshot.map(part => [part, visibleIn(answer[part])])
    return { ...answer, ...Object.fromEntries(parts) }
  }
}
