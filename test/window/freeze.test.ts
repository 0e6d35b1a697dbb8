/** Nothing freezes: neither the window nor the relay, with a long list, a burst of messages, or a slow disk. */
import assert from 'node:assert/strict'
import { availableParallelism, loadavg } from 'node:os'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { freePort } from '../support/port.ts'
import { runProcess, startProcess } from '../support/process.ts'
import { type App, type AppOptions, makeDesk } from './app.ts'
import { type Smoothness, SmoothnessWatch } from './smoothness.ts'

/** Held to what is wanted of a machine with nothing else to do; else a block must only be far from a freeze. */
const strict = process.env['POSTERN_FIGURES'] === 'strict'
const slack = strict ? 1 : 10 * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
/** Milliseconds. */
const longest = { window: 50 * slack, loop: 20 * slack }

function report(t: TestContext, what: string, { task, frame, loop, latest }: Smoothness): void {
  const ms = (value: number) => `${value.toFixed(0)} ms`
  t.diagnostic(
    `${what}: in the window the longest task ${ms(task)} (0: none over 50), between frames ${ms(frame)}; ` +
      `the main loop late by ${ms(loop)} (p99), at most ${ms(latest)}`,
  )
}

/** The window open on a page, everything on its way to a sink. */
async function openApp(t: TestContext, place: string, options: AppOptions = {}) {
  const port = await freePort()
  await startProcess(t, ['smtp-sink', '-c', `127.0.0.1:${port}`, '1024'])
  const route = { to: ['*'], via: 'smart-host', hosts: [`127.0.0.1:${port}`], encryption: 'none' }
  const desk = await makeDesk(t, { settings: { delivery: { routes: [route] } }, ...options })
  const app = await desk.launch()
  const page = await app.page()
  await page.locator('nav').getByRole('button', { name: place }).click()
  return { app, page, watch: await SmoothnessWatch.start(app, page) }
}

/** Messages a second. */
async function send(t: TestContext, app: App, messages: number): Promise<number> {
  const to = `127.0.0.1:${await app.port()}`
  const addresses = ['-f', 'a@example.com', '-t', 'friend@elsewhere.example']
  const start = performance.now()
  const words = ['smtp-source', '-s', '20', '-l', '2000', '-m', `${messages}`, ...addresses, to]
  const sent = await runProcess(t, words, { timeout: 60_000 })
  assert.equal(sent.code, 0, sent.stderr)
  return (messages / (performance.now() - start)) * 1000
}

test('a burst of messages, with the log open', async t => {
  const { app, watch } = await openApp(t, 'Log')
  await send(t, app, 200)
  await watch.read()
  const rate = await send(t, app, 2000)
  const full = await watch.read()
  report(t, `${rate.toFixed(0)} messages/s, all it takes`, full)
  // Half of it: as many at once, then as long a rest.
  const wave = Math.ceil(rate / 20)
  for (let turn = 0; turn < 12; turn++) {
    const start = performance.now()
    await send(t, app, wave)
    await sleep(performance.now() - start)
  }
  const half = await watch.read()
  report(t, 'half of that', half)
  assert.ok(full.task <= longest.window, `the longest task: ${full.task} ms`)
  assert.ok(half.task <= longest.window, `the longest task: ${half.task} ms`)
  assert.ok(half.loop <= longest.loop, `the main loop is late by ${half.loop} ms`)
})

test('a disk that takes 100 ms for each sync', async t => {
  const { app, page, watch } = await openApp(t, 'Status', { slowDisk: 100 })
  await watch.read()
  const sending = send(t, app, 200)
  for (const place of ['Log', 'Queue', 'Users', 'Status'])
    await page.locator('nav').getByRole('button', { name: place }).click()
  const rate = await sending
  const slow = await watch.read()
  report(t, `${rate.toFixed(0)} messages/s, each on the disk before its 250`, slow)
  // Twenty sessions, and no message is taken sooner than its sync is done.
  assert.ok(rate < 250, `the disk is not slow: ${rate} messages/s`)
  assert.ok(slow.task <= longest.window, `the longest task: ${slow.task} ms`)
  assert.ok(slow.loop <= longest.loop, `the main loop is late by ${slow.loop} ms`)
})

/** Asks for rows to be put in force, from within the window. */
function applyRows(page: Page, count: number) {
  return page.evaluate(async most => {
    const { settings, revision } = await window.postern.ask('snapshot')
    const row = { action: 'allow', withoutAuthentication: true, users: [], enabled: true }
    const access = Array.from({ length: most }, (_, at) => ({
      ...row,
      from: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
      comment: `device ${at}`,
    }))
    const smtp = Object.assign({}, Reflect.get(Object(settings), 'smtp'), { access })
    return window.postern.ask('applyDraft', Object.assign({}, settings, { smtp }), revision)
  }, count)
}

test('long lists of rows: shown, walked through and edited, or refused', async t => {
  const { page, watch } = await openApp(t, 'Status')
  // Each step is measured; on a busy machine it may take its time.
  page.setDefaultTimeout(60_000)
  const refused = await applyRows(page, 100_000)
  assert.ok(!refused.ok && /Make the settings smaller/.test(refused.problems[0]?.text ?? ''))
  report(t, '100,000 rows refused', await watch.read())
  const applied = await applyRows(page, 10_000)
  assert.ok(applied.ok)
  await sleep(1000)
  report(t, '10,000 rows put in force', await watch.read())
  await page.locator('nav').getByRole('button', { name: 'SMTP' }).click()
  await page.getByRole('tab', { name: 'IP Access Restrictions' }).click()
  await page.getByText('Rows 1 to 100 of 10,000').waitFor()
  const shown = await watch.read()
  report(t, '10,000 rows shown', shown)
  await page.getByRole('button', { name: 'Later rows' }).click()
  await page.getByLabel('Comment, row 101').fill('the printer')
  const edited = await watch.read()
  report(t, 'a page on, and a comment typed', edited)
  await sleep(1500)
  report(t, 'the draft reviewed and kept', await watch.read())
  assert.ok(shown.task <= longest.window * (strict ? 1 : 4), `the longest task: ${shown.task} ms`)
  assert.ok(edited.task <= longest.window * (strict ? 1 : 4), `the longest task: ${edited.task} ms`)
})
