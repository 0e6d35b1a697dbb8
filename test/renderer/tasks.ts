/** How long the processor was at work on each task of a page, whatever else the machine did meanwhile. */
import type { Page } from 'playwright-core'

/** Of Chromium's trace event format: `tdur` is the thread's own time, in microseconds. */
interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/** Runs `work`; the milliseconds of every task on the page's main thread meanwhile. One page at a time may be watched. */
export async function tasksDuring(page: Page, work: () => Promise<void>): Promise<readonly number[]> {
  const browser = page.context().browser()
  if (!browser) throw new Error('Only a page of a browser can be traced.')
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] })
  let trace: Buffer
  try {
    await work()
  } finally {
    trace = await browser.stopTracing()
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] }
  const isMain = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain',
  )
  return traceEvents
    .filter(
      ({ name, pid, tid }) => name === 'RunTask' && isMain.some(main => main.pid === pid && main.tid === tid),
    )
    .flatMap(({ tdur }) => (tdur === undefined ? [] : [tdur / 1000]))
}
