/** One start of an app with a window: when it was ready, and what it keeps in memory. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Display } from '../../../test/support/display.ts'
import type { Ending } from '../../../test/support/ending.ts'
import { type Process, startProcess } from '../../../test/support/process.ts'
import { greets } from '../greets.ts'
import { processTree, proportionalMemory } from '../process-tree.ts'
import type { Subject } from './subject.ts'

export interface Start {
  /** Milliseconds from the start of the program. */
  readonly ready: number
  /** Until its port greets; undefined where it has none. */
  readonly greeted: number | undefined
  /** Bytes, of all its processes, in proportion. */
  readonly open: number
  readonly closed: number
  /** What the probe said, milliseconds from the start. */
  readonly marks: Readonly<Record<string, number>>
}

/** Where starts happen. */
export interface Stage {
  readonly electron: string
  readonly display: Display
  /** Empty at first; profiles stay in it from start to start. */
  readonly folder: string
  /** Milliseconds until an app's memory is looked at. */
  readonly settle: number
}

const probe = join(import.meta.dirname, 'probe.cjs')

export async function measureStart(end: Ending, subject: Subject, stage: Stage): Promise<Start> {
  const began = performance.timeOrigin + performance.now()
  const app = await startApp(end, subject, stage)
  try {
    const greeted = subject.port === undefined ? undefined : waitUntilGreeted(subject.port, began)
    const drawn = await mark(app, 'drawn')
    const shown = await mark(app, 'shown')
    await sleep(stage.settle)
    const open = proportionalMemory(processTree(app.pid))
    app.signal('SIGUSR2')
    await mark(app, 'closed')
    await sleep(stage.settle)
    const closed = proportionalMemory(processTree(app.pid))
    const ready = Math.max(drawn, shown) - began
    return { ready, greeted: await greeted, open, closed, marks: marksOf(app, began) }
  } finally {
    await app.end()
  }
}

export function startApp(end: Ending, { args }: Subject, stage: Stage): Promise<Process> {
  // Both are told to do without a sandbox and a graphics card, which root and this display don't have.
  const flags = ['--no-sandbox', '--disable-gpu', '-r', probe]
  const env = {
    DISPLAY: stage.display.name,
    XDG_CONFIG_HOME: join(stage.folder, 'config'),
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
  }
  return startProcess(end, [stage.electron, ...flags, ...args], { env })
}

/** When the probe said so, as `Date.now` counts but finer. */
async function mark(app: Process, name: string): Promise<number> {
  const [, time] = await app.waitFor(new RegExp(`^probe ${name} (\\S+)$`, 'm'))
  return Number(time)
}

function marksOf(app: Process, began: number): Record<string, number> {
  const said = app.output.matchAll(/^probe (\w+) (\S+)$/gm)
  return Object.fromEntries([...said].map(([, name = '', time]) => [name, Number(time) - began]))
}

async function waitUntilGreeted(port: number, began: number): Promise<number> {
  while (!(await greets(port))) await sleep(2)
  return performance.timeOrigin + performance.now() - began
}
