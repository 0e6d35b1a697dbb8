/** What lets strangers send: the settings and rows that opened the relay, each with the way to it. */
import { addressOf } from '../access/rows.ts'
import { optionOf } from '../words/options.ts'
import { formatPath, type Path } from './paths.ts'
import { type Place, placeOf } from './place.ts'
import type { Finding, SettingsDraft } from './settings.ts'

export interface Way {
  readonly title: string
  readonly place: Place
}

/** Rows that are led to by themselves. */
const rowsNamed = 3

/** By the audit's findings; the tab of the rows where it names none. */
export function openedBy(findings: readonly Finding[], settings: SettingsDraft): readonly Way[] {
  const open = findings.filter(({ kind }) => kind === 'open-relay' || kind === 'wide-open')
  const rows = open.flatMap(({ row }) => row ?? [])
  const types = rows.map(row => addressOf(settings.smtp.access[row - 1]?.from ?? '').type)
  return [
    ...(open.some(({ kind }) => kind === 'wide-open') ? [wayTo(['smtp', 'authentication'])] : []),
    ...(types.includes('local-networks') && settings.localNetworks !== 'auto'
      ? [wayTo(['localNetworks'])]
      : []),
    ...(types.includes('routers') && settings.routers !== 'auto' ? [wayTo(['routers'])] : []),
    ...(rows.length === 0 || rows.length > rowsNamed
      ? [{ title: 'Show the rows', place: placeOf('smtp.access') }]
      : rows.map(row => ({ title: `Show row ${row}`, place: placeOf(`smtp.access[${row - 1}]`) }))),
  ]
}

function wayTo(path: Path): Way {
  return { title: `Show ${optionOf(path).label}`, place: placeOf(formatPath(path)) }
}
