/** The layers of the project: which folder may import which, and what breaks that order. */
import { hasComputedImport, type Import, readImports, resolveImport, type Source } from './source.ts'

interface Layer {
  /** The folder, or the one file, without its ending. */
  readonly name: string
  /** Layers whose values and types it may import, besides its own. */
  readonly values: readonly string[]
  /** Layers of which it may import types only. */
  readonly types?: readonly string[]
}

const lowest = ['app/mail', 'app/settings', 'app/access', 'app/queue', 'app/log', 'app/tls']
const parts = [...lowest, 'app/guard', 'app/oauth', 'app/exchange', 'app/delivery', 'app/smtp', 'app/control']
const product = [...parts, 'app/relay', 'app/command', 'main', 'renderer']

/** In the order of import: a folder may import itself and those listed. */
const layers: readonly Layer[] = [
  { name: 'app/mail', values: [] },
  { name: 'app/settings', values: ['app/mail'] },
  { name: 'app/log', values: ['app/mail', 'app/settings'] },
  { name: 'app/access', values: ['app/mail', 'app/settings'] },
  { name: 'app/exchange', values: ['app/mail', 'app/settings', 'app/access'] },
  { name: 'app/queue', values: ['app/mail', 'app/settings', 'app/log'] },
  { name: 'app/oauth', values: ['app/mail', 'app/settings', 'app/log'] },
  { name: 'app/tls', values: ['app/mail', 'app/settings', 'app/log'] },
  {
    name: 'app/delivery',
    values: ['app/mail', 'app/settings', 'app/log', 'app/queue', 'app/oauth', 'app/tls'],
  },
  { name: 'app/guard', values: ['app/mail', 'app/settings', 'app/access', 'app/log'] },
  { name: 'app/smtp', values: [...lowest, 'app/guard'] },
  {
    name: 'app/control',
    values: [...lowest, 'app/guard', 'app/oauth', 'app/exchange', 'app/delivery', 'app/smtp'],
  },
  { name: 'app/relay', values: parts },
  { name: 'app/command', values: [...parts, 'app/relay'] },
  { name: 'main', values: [...parts, 'app/relay'] },
  { name: 'renderer', values: [], types: ['main'] },
  { name: 'scripts', values: ['test/support', 'test/fuzz'] },
  { name: 'test/support', values: product },
  { name: 'test/fuzz', values: [...product, 'test/support'] },
  { name: 'test', values: [...product, 'scripts', 'test/support', 'test/fuzz'] },
]

/** Packages the product may import, where, and by how many files at most. */
const libraries: readonly { readonly name: string; readonly where: RegExp; readonly files: number }[] = [
  { name: 'smtp-server', where: /^app\/smtp\//, files: 1 },
  { name: 'nodemailer', where: /^app\/delivery\//, files: 2 },
  { name: 'mx-connect', where: /^app\/delivery\//, files: 1 },
  { name: 'openid-client', where: /^app\/oauth\/issuer\.ts$/, files: 1 },
  { name: 'ipaddr.js', where: /^app\/access\/network\.ts$/, files: 1 },
  { name: 'default-gateway', where: /^app\/access\//, files: 1 },
  { name: 'birpc', where: /^app\/control\/(server|client|wire)\.ts$/, files: 3 },
  { name: 'zod', where: /^(app\/(settings|control)\/|main\/requests\.ts$)/, files: Number.POSITIVE_INFINITY },
  { name: 'commander', where: /^app\/command\//, files: Number.POSITIVE_INFINITY },
  { name: 'env-paths', where: /^app\//, files: 1 },
  { name: 'selfsigned', where: /^app\/tls\/self-signed\.ts$/, files: 1 },
  { name: 'acme-client', where: /^app\/tls\/acme-order\.ts$/, files: 1 },
  { name: 'electron-store', where: /^main\/window-memory\.ts$/, files: 1 },
  { name: 'electron', where: /^main\//, files: Number.POSITIVE_INFINITY },
]

const vague = /^(utils?|helpers?|managers?|common|misc|shared)$/

/** Every breach of the layers, each a sentence that starts with the file. */
export function findBreaches(sources: readonly Source[]): string[] {
  return [
    ...sources.flatMap(checkFile),
    ...sources.flatMap(source => readImports(source).flatMap(one => checkImport(source, one))),
    ...checkLibraryCounts(sources),
    ...findCycles(sources),
  ]
}

/** The layer with the longest matching name. */
function layerOf(path: string): Layer | undefined {
  return layers
    .filter(({ name }) => path === `${name}.ts` || path.startsWith(`${name}/`))
    .sort((a, b) => b.name.length - a.name.length)[0]
}

function isProduct(path: string): boolean {
  return /^(app|main|renderer)\//.test(path)
}

function checkFile(source: Source): string[] {
  const { path, text } = source
  const breaches: string[] = []
  if (!layerOf(path)) breaches.push(`${path} stands in no layer.`)
  const bad = path.split('/').find(part => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z]+)*$/.test(part))
  if (bad !== undefined) breaches.push(`${path}: write "${bad}" in small letters, with hyphens.`)
  const word = path.split(/[/.-]/).find(part => vague.test(part))
  if (word !== undefined) breaches.push(`${path}: "${word}" is no noun of this project.`)
  if (isProduct(path) && !/^\/\*\* .*\S \*\/\n/.test(text)) {
    breaches.push(`${path} must start with its duty, a line "/** … */".`)
  }
  if (isProduct(path) && hasComputedImport(source)) breaches.push(`${path} imports by a computed name.`)
  if (path.startsWith('app/') && text.includes('import.meta')) {
    breaches.push(`${path}: CommonJS has no import.meta, and app/ must run as that too.`)
  }
  return breaches
}

function checkImport(source: Source, one: Import): string[] {
  if (one.specifier.startsWith('node:')) return checkNode(source, one)
  const target = resolveImport(source, one)
  if (target === undefined) return checkLibrary(source, one)
  const from = layerOf(source.path)
  const to = layerOf(target)
  if (!from || !to) return [`${source.path} imports ${target}, which stands in no layer.`]
  if (!/\.(tsx?|mjs|css)$/.test(target)) return [`${source.path} imports ${target} without its ending.`]
  return from === to || mayImport(from, to, target, one) ? [] : [breach(source, target, from, to)]
}

function mayImport(from: Layer, to: Layer, target: string, one: Import): boolean {
  if (from.name === 'renderer') return one.typeOnly && target === 'main/bridge.ts'
  return from.values.includes(to.name) || (one.typeOnly && (from.types ?? []).includes(to.name))
}

function breach(source: Source, target: string, from: Layer, to: Layer): string {
  const types = from.types?.includes(to.name) ? ' (types only)' : ''
  return `${source.path} imports ${target}: ${from.name} may not import ${to.name}${types}.`
}

function checkNode(source: Source, one: Import): string[] {
  if (!source.path.startsWith('renderer/')) return []
  return [`${source.path} imports ${one.specifier}: the window has no Node.`]
}

function checkLibrary(source: Source, one: Import): string[] {
  if (!isProduct(source.path) || source.path.startsWith('renderer/')) return []
  const name = packageOf(one.specifier)
  const rule = libraries.find(library => library.name === name)
  if (!rule) return [`${source.path} imports ${name}, which is none of the product's libraries.`]
  return rule.where.test(source.path) ? [] : [`${source.path} may not import ${name}.`]
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function checkLibraryCounts(sources: readonly Source[]): string[] {
  return libraries.flatMap(({ name, files }) => {
    const users = sources
      .filter(({ path }) => isProduct(path))
      .filter(source => readImports(source).some(one => packageOf(one.specifier) === name))
      .map(({ path }) => path)
    return users.length > files ? [`${users.join(', ')}: at most ${files} of them may import ${name}.`] : []
  })
}

/** Each cycle once, as the files on it. */
function findCycles(sources: readonly Source[]): string[] {
  const edges = new Map(
    sources.map(source => [
      source.path,
      readImports(source).flatMap(one => resolveImport(source, one) ?? []),
    ]),
  )
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) cycles.push(`${[...trail.slice(start), path].join(' → ')} is a cycle.`)
    if (start >= 0 || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of edges.keys()) visit(path, [])
  return cycles
}
