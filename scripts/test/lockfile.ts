/** The lockfile: what is installed, each package with its checksum and under a licence that we can keep to. */

export interface LockedPackage {
  readonly version?: string
  readonly integrity?: string
  /** Some old packages have a list, of which one may be chosen. */
  readonly license?: string | readonly string[]
  /** Not in what is shipped. */
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly link?: boolean
  readonly inBundle?: boolean
}

export interface Lockfile {
  /** By their places, as in `node_modules/zod`; the project itself at ''. */
  readonly packages: Readonly<Record<string, LockedPackage>>
}

/** They ask for no more than their text beside the program; EUPL also for changes, and we make none (docs/dependencies.md). */
const SHIPPED: readonly string[] = [
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'EUPL-1.1+',
]
/** They stay on the machine of whoever builds. */
const BUILDING: readonly string[] = [
  ...SHIPPED,
  'MPL-2.0',
  'BlueOak-1.0.0',
  'Python-2.0',
  'WTFPL',
  'Unlicense',
  'CC0-1.0',
  'MIT/X11',
  'Apache2',
]
/** Their package.json names none; the text in the package is this. */
const UNNAMED: Readonly<Record<string, string>> = { jsbi: 'Apache-2.0', 'map-stream': 'MIT' }

/** What is wrong, a sentence for each; none where all is well. */
export function lockfileProblems({ packages }: Lockfile): readonly string[] {
  return Object.entries(packages).flatMap(([place, locked]) =>
    place === '' || locked.link ? [] : problemsOf(place, locked),
  )
}

function problemsOf(place: string, locked: LockedPackage): readonly string[] {
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const named = locked.license ?? UNNAMED[name]
  const licence = typeof named === 'string' ? named : named?.join(' OR ')
  const isShipped = !locked.dev && !locked.devOptional
  const problems: string[] = []
  if (!locked.inBundle && !/^sha512-/.test(locked.integrity ?? ''))
    problems.push(`${place} has no SHA-512 checksum in package-lock.json: install it again.`)
  if (licence === undefined) problems.push(`${place} names no licence: read its text, and name it here.`)
  else if (!allows(licence, isShipped ? SHIPPED : BUILDING))
    problems.push(
      `${place} is under ${licence}: choose another, or say in docs/dependencies.md how it is kept.`,
    )
  return problems
}

/** Of several, one may be chosen where OR stands between them (SPDX). */
function allows(licence: string, known: readonly string[]): boolean {
  const parts = licence.replace(/^\((.*)\)$/, '$1').split(' OR ')
  return parts.some(part => known.includes(part))
}
