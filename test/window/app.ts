/** The built app in a real Electron on a display of its own, with a temporary data folder. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { type Connection, connectControl } from '../../app/control/client.ts'
import type { Control, Status } from '../../app/control/control.ts'
import { controlAddressOf } from '../../app/settings/folder.ts'
import { findElectron } from '../../scripts/electron.ts'
import { type Display, startDisplay } from '../support/display.ts'
import { atEnd, type Ending } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { type Process, startProcess } from '../support/process.ts'
import { officeWith } from '../support/relay.ts'
import { waitFor } from '../support/wait.ts'

export interface AppOptions {
  /** Laid over the office's settings. */
  readonly settings?: unknown
  readonly args?: readonly string[]
  /** The session bus's address; none where absent. */
  readonly bus?: string
  readonly display?: Display
  /** Milliseconds that the disk takes for each sync. */
  readonly slowDisk?: number
}

/** A place to start the app in, as often as a test wants to. */
export class Desk {
  readonly display: Display
  readonly folder: string
  /** Where the app's system keeps settings for this user. */
  readonly config: string
  readonly #test: Ending
  readonly #bus: string
  readonly #slowDisk: number | undefined

  constructor(test: Ending, display: Display, root: string, bus: string, slowDisk?: number) {
    this.#test = test
    this.display = display
    this.folder = join(root, 'data')
    this.config = join(root, 'config')
    this.#bus = bus
    this.#slowDisk = slowDisk
  }

  get env(): Record<string, string> {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(XDG_|ELECTRON_|NODE_OPTIONS)/.test(name),
    )
    return {
      ...Object.fromEntries(inherited.map(([name, value]) => [name, value ?? ''])),
      DISPLAY: this.display.name,
      XDG_CONFIG_HOME: this.config,
      DBUS_SESSION_BUS_ADDRESS: this.#bus,
    }
  }

  args(more: readonly string[]): string[] {
    return ['--no-sandbox', '--disable-gpu', '.', '--data', this.folder, ...more]
  }

  /** Starts it as a person would, without anything listening in. */
  async start(...more: readonly string[]): Promise<Process> {
    const electron = await findElectron(() => {})
    return startProcess(this.#test, [electron, ...this.args(more)], { env: this.env })
  }

  /** Starts it for Playwright to look into, and waits for its relay. */
  async launch(...more: readonly string[]): Promise<App> {
    const { electron } = await this.launchUnanswered(...more)
    return new App(electron, await this.control())
  }

  /** The same where the relay can't start. */
  async launchUnanswered(...more: readonly string[]): Promise<Launched> {
    const electron = await findElectron(() => {})
    const delay = this.#slowDisk
    const executablePath = delay === undefined ? electron : await slowed(electron, delay, this.folder)
    const options = { executablePath, args: this.args(more), env: this.env }
    // Playwright would have it light, whatever the system says.
    const launched = await _electron.launch({ ...options, colorScheme: null })
    const child = launched.process()
    atEnd(this.#test, () => void child.kill('SIGKILL'))
    return new Launched(launched)
  }

  /** The relay's control, as soon as it answers; the connection is closed when the test has ended. */
  async control(): Promise<Control> {
    const connection = await waitFor('the relay', () => this.#connect(), 15_000)
    atEnd(this.#test, () => connection.close())
    return connection.control
  }

  /** Whether a relay answers. */
  async answers(): Promise<boolean> {
    const connection = await this.#connect()
    connection?.close()
    return connection !== undefined
  }

  async #connect(): Promise<Connection | undefined> {
    const there = await readdir(this.folder)
    return there.includes('control.sock') ? connectControl(await controlAddressOf(this.folder)) : undefined
  }
}

/** A script that runs a program whose syncs take longer: strace lets only the thread wait that asked for one. */
async function slowed(program: string, delay: number, folder: string): Promise<string> {
  const file = join(dirname(folder), 'slowed')
  const syncs = 'fsync,fdatasync'
  const words = `-D -f -qq --seccomp-bpf -o /dev/null -e trace=${syncs} -e inject=${syncs}:delay_enter=${delay}ms`
  await writeFile(file, `#!/bin/sh\nexec strace ${words} ${program} "$@"\n`, { mode: 0o755 })
  return file
}

export class Launched {
  readonly electron: ElectronApplication
  readonly pid: number
  /** Its exit status. */
  readonly ended: Promise<number | null>

  constructor(electron: ElectronApplication) {
    this.electron = electron
    const child = electron.process()
    this.pid = child.pid ?? -1
    this.ended = new Promise(resolve => child.once('exit', code => resolve(code)))
  }

  /** The window's page, when it is loaded. */
  async page(): Promise<Page> {
    const page = await waitFor('the window', () => this.electron.windows().at(-1))
    await page.waitForLoadState('load')
    page.setDefaultTimeout(10_000)
    return page
  }
}

export class App extends Launched {
  readonly control: Control

  constructor(electron: ElectronApplication, control: Control) {
    super(electron)
    this.control = control
  }

  async port(): Promise<number> {
    return portOf(await this.control.status())
  }
}

export function portOf({ listeners }: Status): number {
  const [first] = listeners
  if (!first) throw new Error('The relay has no listener.')
  return first.port
}

export async function makeDesk(test: Ending, options: AppOptions = {}): Promise<Desk> {
  const display = options.display ?? (await startDisplay(test))
  const root = await makeFolder(test)
  const desk = new Desk(test, display, root, options.bus ?? 'disabled:', options.slowDisk)
  await mkdir(desk.folder, { mode: 0o700 })
  await writeFile(join(desk.folder, 'settings.json'), JSON.stringify(officeWith(options.settings ?? {})))
  return desk
}
