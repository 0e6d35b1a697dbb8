/** A source file as the layer test reads it: where it stands and what it imports. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'

export interface Source {
  /** From the project's root, with `/`. */
  readonly path: string
  readonly text: string
}

export interface Import {
  /** As written. */
  readonly specifier: string
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean
}

/** All sources under the folders of `root`, in order; folders that aren't there hold none. */
export function readSources(root: string, folders: readonly string[]): Source[] {
  return folders.flatMap(folder =>
    listFiles(join(root, folder))
      .filter(path => /\.(ts|tsx|mts|cts|js|jsx|mjs|cjs)$/.test(path))
      .sort()
      .map(path => ({
        path: relative(root, path).split(sep).join('/'),
        text: readFileSync(path, 'utf8'),
      })),
  )
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** Static imports stand at the start of a line, because the formatter puts them there. */
const fixed = /^(?:import|export)\s+(type\s)?(?:([\w$\s{},*]*?)\bfrom\s*)?['"]([^'"\n]+)['"]/gm
const dynamic = /\b(?:import|require)\(\s*['"]([^'"\n]+)['"]/g

export function readImports({ text }: Source): Import[] {
  const first = [...text.matchAll(fixed)].map(([, type, names = '', specifier = '']) => ({
    specifier,
    typeOnly: type !== undefined || onlyTypes(names),
  }))
  const second = [...text.matchAll(dynamic)].map(([, specifier = '']) => ({ specifier, typeOnly: false }))
  return [...first, ...second]
}

/** `{ type A, type B }`: verbatimModuleSyntax would leave an empty import, but no value crosses. */
function onlyTypes(names: string): boolean {
  const list = /^\{([^}]*)\}\s*$/.exec(names.trim())?.[1]?.split(',') ?? []
  const named = list.map(name => name.trim()).filter(name => name !== '')
  return named.length > 0 && named.every(name => name.startsWith('type '))
}

/** Whether it imports by a name that only the running program knows. */
export function hasComputedImport({ text }: Source): boolean {
  return /\b(?:import|require)\(\s*(?!['"\s)])/.test(text)
}

/** The project path a relative specifier means; undefined for a package or one of Node's modules. */
export function resolveImport(from: Source, { specifier }: Import): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  return posix.join(posix.dirname(from.path), specifier)
}
