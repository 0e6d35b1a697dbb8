/** Keeps the draft beyond the window: the app has it in memory when the window is closed, or its process ends. */
import type { Bridge } from '../../main/bridge.ts'
import { allChanges, carriedOver, type Draft, draftOf } from './draft.ts'
import { isRecord } from './paths.ts'
import type { SettingsDraft } from './settings.ts'
import { type Store, sentenceOf } from './store.ts'

/** Milliseconds after an edit. */
const keepAfter = 200

interface Kept extends Pick<Draft, 'settings' | 'passwords' | 'secrets'> {
  /** What it began from. */
  readonly base: SettingsDraft
}

/** Brings back what an earlier window left, then keeps what is edited in this one. */
export async function keepDraft(store: Store, bridge: Bridge): Promise<void> {
  const kept = await bridge.ask('keptDraft').catch(error => {
    store.say({ tone: 'bad', text: sentenceOf(error) })
    return null
  })
  if (isKept(kept)) bringBack(store, kept)
  let last = draftIn(store)
  let timer: ReturnType<typeof setTimeout> | undefined
  const keep = () => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    const kept = toKeep(store)
    bridge.ask('keepDraft', kept).catch(() => undefined)
  }
  store.subscribe(() => {
    const draft = draftIn(store)
    if (draft === last) return
    last = draft
    timer ??= setTimeout(keep, keepAfter)
  })
  window.addEventListener('pagehide', keep)
}

function bringBack(store: Store, kept: Kept): void {
  const { connection } = store.get()
  if (connection.kind !== 'ready' || allChanges(connection.base, connection.draft).length > 0) return
  const { settings, passwords, secrets } = kept
  const draft = { ...draftOf(settings), passwords, secrets }
  store.patch({ draft: carriedOver(draft, kept.base, connection.base) })
  store.say({ tone: 'plain', text: 'The changes that were not applied yet are still here.' })
  void store.review()
}

function draftIn(store: Store): Draft | undefined {
  const { connection } = store.get()
  return connection.kind === 'ready' ? connection.draft : undefined
}

/** Null where nothing is edited. */
function toKeep(store: Store): Kept | null {
  const { connection } = store.get()
  if (connection.kind !== 'ready') return null
  const { base, draft } = connection
  if (allChanges(base, draft).length === 0) return null
  const { settings, passwords, secrets } = draft
  return { base, settings, passwords, secrets }
}

/** Only a window of ours can have left it. */
function isKept(kept: unknown): kept is Kept {
  return isRecord(kept) && ['base', 'settings', 'passwords', 'secrets'].every(part => isRecord(kept[part]))
}
