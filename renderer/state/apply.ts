/** Applying the draft: secrets first, since routes rely on them; then settings and passwords of users as one change. */
import type { Bridge } from '../../main/bridge.ts'
import { count } from '../words/plain.ts'
import { inWindowWords } from '../words/problem-words.ts'
import { allChanges } from './draft.ts'
import { makeChange } from './make-change.ts'
import type { Applied } from './settings.ts'
import type { Ready } from './state.ts'
import { type Store, sentenceOf } from './store.ts'

/** True when the draft is in force. */
export async function applyDraft(store: Store, bridge: Bridge): Promise<boolean> {
  const ready = readyOf(store)
  if (!ready || ready.applying || allChanges(ready.base, ready.draft).length === 0) return false
  store.applies(ready.draft)
  try {
    return await apply(store, bridge, ready)
  } catch (error) {
    store.say({ tone: 'bad', text: sentenceOf(error) })
    return false
  } finally {
    store.applies(undefined)
  }
}

async function apply(store: Store, bridge: Bridge, { draft, base, revision }: Ready): Promise<boolean> {
  const { problems } = await bridge.ask('review', draft.settings)
  if (problems.length > 0) return refuse(store, { ok: false, problems })
  for (const [name, value] of Object.entries(draft.secrets)) await bridge.ask('setSecret', name, value)
  const hasPasswords = Object.keys(draft.passwords).length > 0
  if (draft.settings === base && !hasPasswords) return finish(store)
  const change = (sentence?: string) =>
    bridge.ask('applyDraft', draft.settings, revision, draft.passwords, sentence)
  return makeChange(store, change, applied =>
    applied.ok ? finish(store, applied.rerouting?.recipients) : refuse(store, applied),
  )
}

async function finish(store: Store, rerouted = 0): Promise<boolean> {
  // The relay tells of new settings itself; the snapshot brings the names of secrets too.
  await store.load()
  const way =
    rerouted > 0
      ? ` ${count(rerouted, 'queued recipient')} ${rerouted === 1 ? 'goes' : 'go'} another way now.`
      : ''
  store.say({ tone: 'good', text: `Applied. Sessions and mail went on undisturbed.${way}`, undo: true })
  return true
}

function refuse(store: Store, { problems }: Extract<Applied, { ok: false }>): boolean {
  store.patch({ problems: inWindowWords(problems), spared: '' })
  const general = problems.find(({ path }) => path === '')
  const text = general?.text ?? 'Nothing is applied yet: mend the fields that are marked first.'
  store.say({ tone: 'bad', text })
  return false
}

function readyOf(store: Store): Ready | undefined {
  const { connection } = store.get()
  return connection.kind === 'ready' ? connection : undefined
}
