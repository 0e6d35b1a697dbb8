/** `npm run dist [-- PACKAGE … --output FOLDER --quick]`: packs what can be packed here, and says why not the rest. */
import { writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { drawIcons } from './build/icons.ts'
import { noticesOf } from './dist/notices.ts'
import { pack } from './dist/pack.ts'
import { lookAround } from './dist/place.ts'
import { type Package, packages, planOf } from './dist/plan.ts'
import { provideTools } from './dist/tools.ts'
import { chooseElectron } from './electron.ts'

const made = resolve('dist/package')
const say = (line: string) => process.stdout.write(`${line}\n`)

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { output: { type: 'string' }, quick: { type: 'boolean', default: false } },
})

function packageOf(word: string): Package {
  const found = packages.find(name => name === word)
  if (found !== undefined) return found
  throw new Error(`"${word}" is none of the packages ${packages.join(', ')}.`)
}

async function run(): Promise<void> {
  const asked = positionals.length === 0 ? packages : positionals.map(packageOf)
  const place = await lookAround()
  const { built, sentences } = planOf(asked, place)
  for (const sentence of sentences) say(sentence)
  if (built.length === 0) throw new Error('So there is nothing that can be built here.')
  await drawIcons('assets', join(made, 'icons'))
  await writeFile(join(made, 'libraries.txt'), noticesOf('.'))
  await provideTools(made, place)
  const electron = await chooseElectron(say)
  const output = resolve(values.output ?? (electron.isStandIn ? 'release/stand-in' : 'release'))
  const files = await pack(built, { electron, output, quick: values.quick })
  for (const file of files) say(`Built ${relative('', file)}`)
  if (electron.isStandIn)
    say(`They hold the stand-in Electron ${electron.version}: try them out, but never ship them.`)
}

run().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
