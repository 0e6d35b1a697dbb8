/** How smoothly an app runs while something is going on: blocks in its window, delays of its main process's loop. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { App } from './app.ts'

/** Milliseconds, of the time watched. */
export interface Smoothness {
  /** The longest task, and the longest time between two frames, in the window. */
  readonly task: number
  readonly frame: number
  /** The most that the processor was at work on one task in the window, whatever else the machine did meanwhile. */
  readonly work: number
  /** How much later than due the main process's loop comes round: for all but one time in a hundred, and at most. */
  readonly loop: number
  readonly latest: number
}

/** Milliseconds between looks at the loop. */
const resolution = 5

/** Text, since what the compiler adds to functions isn't in the page. */
const watchPage = `(() => {
  const seen = { task: 0, frame: 0, at: performance.now() }
  window.smoothness = seen
  new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) seen.task = Math.max(seen.task, duration)
  }).observe({ type: 'longtask' })
  requestAnimationFrame(function look() {
    const now = performance.now()
    seen.frame = Math.max(seen.frame, now - seen.at)
    seen.at = now
    requestAnimationFrame(look)
  })
})()`
const readPage = `(() => {
  const { task, frame } = window.smoothness
  Object.assign(window.smoothness, { task: 0, frame: 0 })
  return { task, frame }
})()`

/** Of Chromium's trace event format: `tdur` is the thread's own time, in microseconds. */
interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

export class SmoothnessWatch {
  readonly #app: App
  readonly #page: Page
  /** The window's process. */
  readonly #pid: number
  readonly #trace: string

  private constructor(app: App, page: Page, pid: number, folder: string) {
    this.#app = app
    this.#page = page
    this.#pid = pid
    this.#trace = join(folder, 'trace.json')
  }

  /** `folder` takes what is written meanwhile. */
  static async start(app: App, page: Page, folder: string): Promise<SmoothnessWatch> {
    await page.evaluate(watchPage)
    const pid = await app.electron.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
    )
    await app.electron.evaluate((_electron, every) => {
      const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks')
      const loop = monitorEventLoopDelay({ resolution: every })
      loop.enable()
      Reflect.set(globalThis, 'loop', loop)
    }, resolution)
    const watch = new SmoothnessWatch(app, page, pid, folder)
    await watch.#begin()
    return watch
  }

  /** Since the last time it was asked. */
  async read(): Promise<Smoothness> {
    const { task, frame } = (await this.#page.evaluate(readPage)) as Pick<Smoothness, 'task' | 'frame'>
    const { p99, max } = await inMain(() =>
      this.#app.electron.evaluate(() => {
        const loop = Reflect.get(globalThis, 'loop')
        return { p99: loop.percentile(99) / 1e6, max: loop.max / 1e6 }
      }),
    )
    const work = await this.#end()
    await this.#begin()
    await this.#page.evaluate(readPage)
    const late = (interval: number) => Math.max(0, interval - resolution)
    return { task, frame, work, loop: late(p99), latest: late(max) }
  }

  async #begin(): Promise<void> {
    await inMain(() =>
      this.#app.electron.evaluate(async ({ contentTracing }) => {
        await contentTracing.startRecording({ included_categories: ['toplevel'], excluded_categories: ['*'] })
        Reflect.get(globalThis, 'loop').reset()
      }),
    )
  }

  /** Milliseconds of the longest task since the beginning. */
  async #end(): Promise<number> {
    await inMain(() =>
      this.#app.electron.evaluate(async ({ contentTracing }, file) => {
        await contentTracing.stopRecording(file)
      }, this.#trace),
    )
    const text = await readFile(this.#trace, 'utf8')
    await rm(this.#trace)
    const { traceEvents } = JSON.parse(text) as { readonly traceEvents: readonly TraceEvent[] }
    const window = traceEvents.filter(({ pid }) => pid === this.#pid)
    const main = window.find(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
    if (!main) throw new Error('The trace tells nothing of the window.')
    const tasks = window.filter(({ name, tid }) => /RunTask$/.test(name) && tid === main.tid)
    return Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1000))
  }
}

/** Playwright loses an answer now and then when the main process collects much garbage: it is asked again. */
async function inMain<Value>(ask: () => Promise<Value>): Promise<Value> {
  for (let left = 20; ; left--) {
    try {
      return await ask()
    } catch (error) {
      if (left === 0 || !/garbage collected/.test(String(error))) throw error
      await sleep(250)
    }
  }
}
