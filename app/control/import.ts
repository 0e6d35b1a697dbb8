/** An import: what was read, and how it is written into the settings. */
import { accountKey } from '../access/account.ts'
import { findAccount } from '../access/log-on.ts'
import { type Entry, type Imported, rowOf } from '../exchange/imported.ts'
import { readList } from '../exchange/read.ts'
import { inOrder, type Remark } from '../exchange/remarks.ts'
import { withDefaults } from '../settings/parse.ts'
import { setPath } from '../settings/path.ts'
import type { AccessRow, Problem, Settings } from '../settings/settings.ts'
import { thin } from '../settings/thin.ts'
import type { ImportAsked, ImportPreview } from './exchange.ts'

export type Asked = ImportPreview['asks'][number]

export interface Import extends Pick<Imported, 'dialect' | 'remarks' | 'remarkCount' | 'lostCount'> {
  readonly rows: readonly AccessRow[]
  /** The list first. */
  readonly edits: ImportPreview['edits']
  /** Whether it had no row, and that meant everybody. */
  readonly isEmpty: boolean
  readonly problems: readonly Problem[]
}

/** Names of accounts that are told of one by one. */
const NAMED = 50

/** Throws a sentence where it can't be understood at all. */
export function importOf(asked: ImportAsked, settings: Settings): Import {
  const files = asked.files.map(({ name, base64 }) => ({ name, bytes: Buffer.from(base64, 'base64') }))
  const understood = readList(files, asked.dialect)
  if (!understood.ok) throw new Error(understood.problem)
  const imported = { ...understood.imported, entries: withAccounts(understood.imported.entries, settings) }
  const isEmpty =
    imported.entries.length === 0 && imported.lostCount === 0 && imported.emptyMeant === 'everybody'
  const rows =
    isEmpty && asked.empty === 'everybody'
      ? [rowOf({ action: 'allow', from: 'any', comment: 'an empty list in VPOP3' })]
      : imported.entries.map(({ row }) => row)
  const strangers = unknownAccounts(imported.entries, settings)
  const isGlobal = asked.list === 'global'
  return {
    dialect: imported.dialect,
    remarks: inOrder([...imported.remarks, ...strangers]),
    remarkCount: imported.remarkCount + strangers.length,
    lostCount: imported.lostCount,
    rows,
    edits: [
      { path: isGlobal ? 'globalAccess' : 'smtp.access', value: rows },
      ...(isGlobal
        ? []
        : Object.entries(imported.smtp).map(([key, value]) => ({ path: `smtp.${key}`, value }))),
    ],
    isEmpty,
    problems: [
      ...(isGlobal && !imported.dialect.startsWith('vpop3') ? [{ path: '', text: ONE_LIST }] : []),
      // Left out, what couldn't be taken would leave an empty list, which nobody wrote.
      ...(imported.entries.length === 0 && imported.lostCount > 0 ? [{ path: '', text: NOTHING_TAKEN }] : []),
    ],
  }
}

const NOTHING_TAKEN =
  'Mend the lines that are named, or choose another file: nothing of this one could be taken, and the list stays as it is.'

const ONE_LIST = "Only VPOP3 has a global list: import this one as the service's own list."

/** `raw` with the import in it, rows without their defaults. */
export function writtenInto(raw: unknown, { edits }: Import): unknown {
  const [list, ...others] = edits
  const filled = withDefaults(raw)
  const draft = others.reduce((value, edit) => put(value, edit.path, edit.value), filled)
  const value = thin(raw, filled, draft)
  return list && Array.isArray(list.value) ? put(value, list.path, list.value.map(thinRow)) : value
}

function put(raw: unknown, path: string, value: unknown): unknown {
  const changed = setPath(raw, path, value)
  if (!changed.ok) throw new Error(changed.problems[0]?.text ?? path)
  return changed.value
}

function thinRow({ action, from, withoutAuthentication, mendLineEnds, users, comment }: AccessRow): object {
  return {
    action,
    from,
    ...(withoutAuthentication ? { withoutAuthentication } : {}),
    ...(mendLineEnds ? { mendLineEnds } : {}),
    ...(users.length > 0 ? { users } : {}),
    ...(comment === '' ? {} : { comment }),
  }
}

/** A Postfix's maps hold whatever name a client may log on by, an address of the account too. */
function withAccounts(entries: readonly Entry[], { users }: Settings): readonly Entry[] {
  return entries.map(entry => {
    if (entry.row.users.length === 0) return entry
    const names = entry.row.users.map(name => {
      const found = findAccount(users, name)
      return found.kind === 'unknown' ? name : found.user.name
    })
    return { ...entry, row: { ...entry.row, users: [...new Set(names)] } }
  })
}

function unknownAccounts(entries: readonly Entry[], { users }: Settings): readonly Remark[] {
  const known = new Set(users.map(({ name }) => accountKey(name)))
  const remarks: Remark[] = []
  for (const { row, line, file } of entries) {
    for (const name of row.users) {
      if (known.has(accountKey(name)) || remarks.length >= NAMED) continue
      known.add(accountKey(name))
      const text = `There is no account ${name} yet: until there is, nobody can log on as it.`
      remarks.push({ line, lost: false, text, ...(file === undefined ? {} : { file }) })
    }
  }
  return remarks
}
