/** A draft: edited settings with the way back, and passwords that wait for Apply. Pure. */
import { type Change, changesOf } from './changes.ts'
import { merge } from './merge.ts'
import { alike, formatPath, type Path, putAt } from './paths.ts'
import type { SettingsDraft } from './settings.ts'

/** What one step of undo brings back. */
interface Version {
  readonly settings: SettingsDraft
  /** New passwords of users, by name. */
  readonly passwords: Readonly<Record<string, string>>
  /** New passwords of mail senders, by the name of the secret. */
  readonly secrets: Readonly<Record<string, string>>
}

export interface Draft extends Version {
  readonly past: readonly Version[]
  readonly future: readonly Version[]
  /** Names the field whose edits go on; they make one step of undo. */
  readonly open: string
}

const remembered = 100

export function draftOf(settings: SettingsDraft): Draft {
  return { settings, passwords: {}, secrets: {}, past: [], future: [], open: '' }
}

/** A change in one step of its own, or with the step before where `field` names the same field again. */
export function changed(draft: Draft, edit: Partial<Version>, field = ''): Draft {
  const goesOn = field !== '' && draft.open === field
  const past = goesOn ? draft.past : [...draft.past, version(draft)].slice(-remembered)
  return { ...draft, ...edit, past, future: [], open: field }
}

export function withSetting(draft: Draft, path: Path, value: unknown, goesOn: boolean): Draft {
  const settings = putAt(draft.settings, path, value)
  return changed(draft, { settings }, goesOn ? formatPath(path) : '')
}

/** The field is left: its next edit is a new step. */
export function closed(draft: Draft): Draft {
  return draft.open === '' ? draft : { ...draft, open: '' }
}

export function undone(draft: Draft): Draft {
  const last = draft.past.at(-1)
  if (!last) return draft
  return {
    ...draft,
    ...last,
    past: draft.past.slice(0, -1),
    future: [version(draft), ...draft.future],
    open: '',
  }
}

export function redone(draft: Draft): Draft {
  const [next, ...future] = draft.future
  if (!next) return draft
  return { ...draft, ...next, past: [...draft.past, version(draft)], future, open: '' }
}

/** The draft on top of settings that were changed meanwhile; with it goes the way back. */
export function carriedOver(draft: Draft, base: SettingsDraft, fresh: SettingsDraft): Draft {
  return { ...draft, settings: merge(base, draft.settings, fresh), past: [], future: [], open: '' }
}

/** What was edited since the draft was sent to be applied, on top of what came of it; undefined where nothing was. */
export function editedSince(sent: Draft, draft: Draft, fresh: SettingsDraft): Draft | undefined {
  const passwords = laterOnes(sent.passwords, draft.passwords)
  const secrets = laterOnes(sent.secrets, draft.secrets)
  const isSame = draft.settings === sent.settings || alike(draft.settings, sent.settings)
  if (isSame && Object.keys(passwords).length + Object.keys(secrets).length === 0) return undefined
  const settings = isSame ? fresh : merge(sent.settings, draft.settings, fresh)
  return { ...draftOf(settings), passwords, secrets }
}

function laterOnes(
  sent: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => sent[name] !== value))
}

const told = new WeakMap<Draft, { readonly base: SettingsDraft; readonly changes: readonly Change[] }>()

/** Several parts of the window ask at once, and again for every event: the answer is kept with the draft. */
export function allChanges(base: SettingsDraft, draft: Draft): readonly Change[] {
  const last = told.get(draft)
  if (last?.base === base) return last.changes
  const changes = findChanges(base, draft)
  told.set(draft, { base, changes })
  return changes
}

function findChanges(base: SettingsDraft, draft: Draft): readonly Change[] {
  const users = draft.settings.users.map(({ name }) => name)
  return [
    ...changesOf(base, draft.settings),
    ...Object.keys(draft.passwords)
      .filter(name => users.includes(name))
      .map(name => ({
        path: `users[${users.indexOf(name)}].password`,
        words: `Users, ${name}: a new password`,
      })),
    ...Object.keys(draft.secrets).map(name => ({
      path: 'delivery.routes',
      words: `Mail senders: a new password kept as “${name}”`,
    })),
  ]
}

function version({ settings, passwords, secrets }: Version): Version {
  return { settings, passwords, secrets }
}
