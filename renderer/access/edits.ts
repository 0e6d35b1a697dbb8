/** Edits that the relay offers, made in the draft. */
import { formatPath, getAt, type Path, putAt } from '../state/paths.ts'
import type { SettingsDraft, WhyMend } from '../state/settings.ts'

type Edit = Extract<WhyMend, { readonly kind: 'edit' }>['edits'][number]

/** Where it puts something in or changes it. */
function placeOf(edit: Edit): Path {
  if (edit.kind === 'set') return steps(edit.path)
  return [...listOf(edit), edit.row - 1]
}

function listOf({ list }: Exclude<Edit, { readonly kind: 'set' }>): Path {
  return list === 'service' ? ['smtp', 'access'] : ['globalAccess']
}

/** Of a path that the relay wrote, without names in quotes. */
function steps(path: string): Path {
  return path
    .split(/[.[\]]+/)
    .filter(step => step !== '')
    .map(step => (/^\d+$/.test(step) ? Number(step) : step))
}

/** Rows are counted as in the settings in force: it holds while the draft has the very same lists. */
export function editable(draft: SettingsDraft, base: SettingsDraft, edits: readonly Edit[]): boolean {
  return edits.every(edit => {
    const place = placeOf(edit)
    const number = place.findIndex(step => typeof step === 'number')
    const holder = number < 0 ? place : place.slice(0, number)
    return getAt(draft, holder) === getAt(base, holder)
  })
}

/** `target`: the first of them, as problems name it. */
export function withEdits(draft: SettingsDraft, edits: readonly Edit[]) {
  const settings = edits.reduce((before, edit) => {
    if (edit.kind === 'set') return putAt(before, steps(edit.path), edit.value)
    const list = getAt(before, listOf(edit))
    if (!Array.isArray(list) || edit.kind === 'move') return before
    const fresh = list.toSpliced(edit.row - 1, edit.kind === 'remove' ? 1 : 0, ...added(edit))
    return putAt(before, listOf(edit), fresh)
  }, draft)
  const [first] = edits
  return { settings, target: first ? formatPath(placeOf(first)) : '' }
}

function added(edit: Edit): readonly unknown[] {
  return edit.kind === 'insert' ? [edit.value] : []
}
