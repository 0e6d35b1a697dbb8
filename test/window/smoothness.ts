/** How smoothly an app runs while something is going on: blocks in its window, delays of its main process's loop. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { App } from './app.ts'

/** Milliseconds, of the time watched. */
export interface Smoothness {
  /** The longest task, and the longest time between two frames, in the window. */
  readonly task: number
  readonly frame: number
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

export class SmoothnessWatch {
  readonly #app: App
  readonly #page: Page

  private constructor(app: App, page: Page) {
    this.#app = app
    this.#page = page
  }

  static async start(app: App, page: Page): Promise<SmoothnessWatch> {
    await page.evaluate(watchPage)
    await app.electron.evaluate((_electron, every) => {
      const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks')
      const loop = monitorEventLoopDelay({ resolution: every })
      loop.enable()
      Reflect.set(globalThis, 'loop', loop)
    }, resolution)
    return new SmoothnessWatch(app, page)
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
    await inMain(() => this.#app.electron.evaluate(() => Reflect.get(globalThis, 'loop').reset()))
    const late = (interval: number) => Math.max(0, interval - resolution)
    return { task, frame, loop: late(p99), latest: late(max) }
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
