/** The licences of the libraries that are bundled into the app, in one text that goes with it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

interface Installed {
  readonly version: string
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** A development dependency as far as npm is concerned, and yet bundled. */
const bundledBesides = ['electron-store']

/** `folder` is the project's. */
export function noticesOf(folder: string): string {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Installed>>
  }
  const found = new Map<string, Installed>()
  const visit = (name: string, from: string): void => {
    const place = placeOf(name, from, packages)
    const installed = place === undefined ? undefined : packages[place]
    // Optional ones that aren't for this system are absent.
    if (place === undefined || installed === undefined || found.has(place)) return
    found.set(place, installed)
    for (const next of Object.keys(installed.dependencies ?? {})) visit(next, place)
  }
  for (const name of [...Object.keys(packages['']?.dependencies ?? {}), ...bundledBesides]) visit(name, '')
  const notices = [...found].map(([place, installed]) => notice(folder, place, installed))
  return [...new Set(notices)].sort().join(`\n${'-'.repeat(80)}\n\n`)
}

/** As Node looks for it: in the package's own node_modules, then in those further up. */
function placeOf(name: string, from: string, packages: object): string | undefined {
  for (let at = from; ; at = at.includes('/') ? dirname(at) : '') {
    const place = join(at, 'node_modules', name)
    if (place in packages) return place
    if (at === '') return undefined
  }
}

function notice(folder: string, place: string, { version, license }: Installed): string {
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const there = existsSync(join(folder, place)) ? readdirSync(join(folder, place)) : []
  const texts = there.filter(file => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(file)).sort()
  const words = texts.map(file => readFileSync(join(folder, place, file), 'utf8').trim())
  return `${[`${name} ${version}, licence ${license ?? 'in the text'}`, ...words].join('\n\n')}\n`
}
