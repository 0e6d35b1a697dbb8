/** The program, loaded as V8 compiled it an earlier time, which spares half of the time it takes. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { app } from 'electron'
import { CompiledCode } from './compiled-code.ts'

/** Milliseconds after the start, when most of what runs has been compiled and nobody waits. */
const LATER = 5000

type Program = typeof import('./main.ts')

/** `file` is the built program, which has nothing compiled in it yet. */
export function loadProgram(file: string): Program {
  const program = readFileSync(file)
  // For all data folders of this user alike.
  const kept = new CompiledCode(join(app.getPath('appData'), 'postern-window', 'compiled'), program)
  const cachedData = kept.read()
  const wrapped = `(function (require, __dirname, module) {${program.toString()}\n})`
  const script = new Script(wrapped, { filename: file, ...(cachedData && { cachedData }) })
  const module: { exports?: Program } = {}
  script.runInThisContext()(createRequire(file), __dirname, module)
  if (!cachedData || script.cachedDataRejected)
    setTimeout(() => void kept.write(script.createCachedData()), LATER).unref()
  if (!module.exports) throw new Error(`The file ${file} is not Postern's program: install Postern anew.`)
  return module.exports
}
