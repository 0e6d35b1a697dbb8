/** The start: runs the app's program as V8 compiled it an earlier time, which spares half of the time it takes. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { app } from 'electron'
import { CompiledCode } from './compiled-code.ts'

/** Milliseconds after the start, when most of what runs has been compiled and nobody waits. */
const LATER = 5000

const file = join(__dirname, 'app.cjs')
const program = readFileSync(file, 'utf8')
// For all data folders of this user alike.
const kept = new CompiledCode(join(app.getPath('appData'), 'postern-window', 'compiled'), program)
const cachedData = kept.read()
const wrapped = `(function (require, __dirname) {${program}\n})`
const script = new Script(wrapped, { filename: file, ...(cachedData && { cachedData }) })
script.runInThisContext()(createRequire(file), __dirname)
if (!cachedData || script.cachedDataRejected)
  setTimeout(() => void kept.write(script.createCachedData()), LATER).unref()
