/** Postern as its Debian package installs it, in a root of its own: dpkg does it, and nothing of this machine is touched. */
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectControl } from '../../app/control/client.ts'
import type { Control } from '../../app/control/control.ts'
import { controlAddressOf } from '../../app/settings/folder.ts'
import { atEnd, type Ending } from '../support/ending.ts'
import { type Exit, type Process, runProcess, startProcess } from '../support/process.ts'
import { waitFor } from '../support/wait.ts'

export class Installed {
  readonly root: string
  readonly home: string
  /** Where this user's data are when nobody says another place. */
  readonly data: string
  readonly #test: Ending

  /** Use `installPackage`. */
  constructor(test: Ending, root: string) {
    this.#test = test
    this.root = root
    this.home = join(root, 'home/office')
    this.data = join(this.home, '.local/share/postern')
  }

  get env(): Record<string, string> {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(XDG_|ELECTRON_|NODE_|POSTERN_|DISPLAY|WAYLAND_|DBUS_)/.test(name),
    )
    const own = { HOME: this.home, DBUS_SESSION_BUS_ADDRESS: 'disabled:' }
    return { ...Object.fromEntries(inherited.map(([name, value]) => [name, value ?? ''])), ...own }
  }

  /** dpkg with these arguments; the package's own scripts run, with DPKG_ROOT set. */
  async dpkg(...args: readonly string[]): Promise<void> {
    const done = await runProcess(
      this.#test,
      [
        'dpkg',
        `--root=${this.root}`,
        '--force-depends',
        '--force-script-chrootless',
        '--log=/dev/null',
        ...args,
      ],
      { timeout: 60_000 },
    )
    assert.equal(done.code, 0, done.stdout + done.stderr)
  }

  /** The `postern` that is on the PATH, to its end. */
  async command(...words: readonly string[]): Promise<Exit> {
    const command = ['env', '-i', ...wordsOf(this.env), join(this.root, 'usr/bin/postern'), ...words]
    return runProcess(this.#test, command)
  }

  /** What a command that must succeed printed. */
  async run(...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.command(...words)
    assert.equal(code, 0, `postern ${words.join(' ')}\n${stdout}${stderr}`)
    return stdout
  }

  /** Starts the app by a desktop file, as a desktop would, but for what root and this display need. */
  async start(file: string, env: Record<string, string>, ...more: readonly string[]): Promise<Process> {
    const [, exec = ''] = /^Exec=(.*)$/m.exec(await this.read(file)) ?? []
    const [program = '', ...args] = exec.split(' ').filter(word => !/^%[fFuU]$/.test(word))
    const inRoot = program.startsWith(this.root) ? program : join(this.root, program)
    const words = [inRoot, ...args, '--no-sandbox', '--disable-gpu', ...more]
    return startProcess(this.#test, ['env', '-i', ...wordsOf({ ...this.env, ...env }), ...words])
  }

  /** The relay's control, as soon as it answers. */
  async control(): Promise<Control> {
    const connection = await waitFor('the relay', async () => {
      const there = await readdir(this.data)
      return there.includes('control.sock') ? connectControl(await controlAddressOf(this.data)) : undefined
    })
    atEnd(this.#test, () => connection.close())
    return connection.control
  }

  read(file: string): Promise<string> {
    return readFile(join(this.root, file), 'utf8')
  }
}

/** As `env` takes them. */
export function wordsOf(env: Record<string, string>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`)
}

export async function installPackage(test: Ending, root: string, file: string): Promise<Installed> {
  const installed = new Installed(test, root)
  await mkdir(join(root, 'var/lib/dpkg/info'), { recursive: true })
  await mkdir(join(root, 'var/lib/dpkg/updates'))
  await writeFile(join(root, 'var/lib/dpkg/status'), '')
  await mkdir(installed.home, { recursive: true })
  await installed.dpkg('--install', file)
  return installed
}
