/** `npm start`: opens the app; where there is no display, says so and serves without a window. */
import { spawn } from 'node:child_process'
import { findElectron } from './electron.ts'

const args = process.argv.slice(2)
const say = (line: string) => process.stderr.write(`${line}\n`)

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
}

async function commandToRun(): Promise<readonly [string, ...string[]]> {
  if (!hasDisplay()) {
    say('There is no display: Postern serves without its window; stop it with Ctrl-C.')
    const data = args.filter(arg => arg !== '--hidden')
    return [process.execPath, 'dist/postern.cjs', 'serve', ...data]
  }
  const electron = await findElectron(say)
  // Chromium refuses its sandbox to root.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return [electron, ...root, '.', ...args]
}

const [file, ...rest] = await commandToRun()
const child = spawn(file, rest, { stdio: 'inherit' })
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
child.on('error', error => {
  say(error.message)
  process.exitCode = 1
})
child.on('exit', code => {
  process.exitCode = code ?? 1
})
