/** Mending: the edits of a finding, made in settings as they stand in the file. */
import { getPath, setPath } from '../settings/path.ts'
import type { Parsed } from '../settings/settings.ts'
import type { Edit } from './finding.ts'
import type { AccessList } from './policy.ts'

/** Where a list stands in the settings. */
export const LIST_PATHS: Readonly<Record<AccessList['name'], string>> = {
  service: 'smtp.access',
  global: 'globalAccess',
}

/** A copy of `raw` with the edits made; refused where there is no such row. */
export function applyEdits(raw: unknown, edits: readonly Edit[]): Parsed<unknown> {
  let value = raw
  for (const edit of edits) {
    const edited = applyEdit(value, edit)
    if (!edited.ok) return edited
    value = edited.value
  }
  return { ok: true, value }
}

function applyEdit(raw: unknown, edit: Edit): Parsed<unknown> {
  if (edit.kind === 'set') return setPath(raw, edit.path, edit.value)
  const path = LIST_PATHS[edit.list]
  const found = getPath(raw, path)
  const rows: readonly unknown[] = found.ok && Array.isArray(found.value) ? found.value : []
  return setPath(raw, path, edited(rows, edit))
}

function edited(rows: readonly unknown[], edit: Exclude<Edit, { readonly kind: 'set' }>): readonly unknown[] {
  const at = edit.row - 1
  switch (edit.kind) {
    case 'insert':
      return rows.toSpliced(at, 0, edit.value)
    case 'remove':
      return rows.toSpliced(at, 1)
    case 'move':
      return rows.toSpliced(at, 1).toSpliced(edit.to - 1, 0, ...rows.slice(at, at + 1))
  }
}
