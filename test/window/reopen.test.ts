/** The window closed, or its process killed: relay and tray go on, and it comes back as it was, what was edited included. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { startBus } from '../support/bus.ts'
import { startNotifier } from '../support/notifier.ts'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'
import { type App, makeDesk } from './app.ts'
import { apply, draftBar, openPage, openTab, until, write } from './hands.ts'

const bounds = { x: 90, y: 70, width: 820, height: 610 }

const placed = (app: App) =>
  app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())

async function edit(page: Page): Promise<void> {
  await openPage(page, 'SMTP')
  await openTab(page, 'Advanced')
  await write(page, 'Host name in the banner', 'new.example.com')
  await draftBar(page).getByText('1 change.').waitFor()
}

async function isAsLeft(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Advanced', selected: true }).waitFor()
  await draftBar(page).getByText('1 change.').waitFor()
  const host = page.getByRole('textbox', { name: 'Host name in the banner' })
  assert.equal(await host.inputValue(), 'new.example.com')
}

test('closed and reopened it has its size, place, page and draft, and the draft goes with Apply', async t => {
  const bus = await startBus(t)
  const itemOf = await startNotifier(t, bus)
  const desk = await makeDesk(t, { bus })
  const app = await desk.launch()
  const page = await app.page()
  const item = await itemOf()
  await app.electron.evaluate(({ BrowserWindow }, wanted) => {
    BrowserWindow.getAllWindows()[0]?.setBounds(wanted)
  }, bounds)
  await until('the window to move', async () => (await placed(app))?.x === bounds.x)
  await edit(page)

  // At once after a key, as a hasty person does.
  await write(page, 'Host name in the banner', 'new.example.com')
  const gone = page.waitForEvent('close')
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await gone
  const opened = app.electron.waitForEvent('window')
  await item.activate()
  const again = await opened
  await isAsLeft(again)
  assert.deepEqual(await placed(app), bounds)

  await apply(again)
  const { hostname } = JSON.parse(await readFile(join(desk.folder, 'settings.json'), 'utf8'))
  assert.equal(hostname, 'new.example.com')
  await until('nothing to be kept', async () => (await kept(again)) === null)
  await openPage(again, 'Queue')
  await again.close()
  const third = app.electron.waitForEvent('window')
  await item.choose('Open Postern')
  const last = await third
  await last.getByRole('heading', { name: 'Queue' }).waitFor()
  await openPage(last, 'SMTP')
  await draftBar(last).getByText('No changes.').waitFor()
})

const kept = (page: Page) => page.evaluate(() => window.postern.ask('keptDraft'))

test('its process killed, relay and tray go on, and it comes back with the draft', async t => {
  const bus = await startBus(t)
  const itemOf = await startNotifier(t, bus)
  const desk = await makeDesk(t, { bus, settings: { delivery: { routes: [] } } })
  const app = await desk.launch()
  const page = await app.page()
  const item = await itemOf()
  await edit(page)
  await until('the draft to be kept', async () => (await kept(page)) !== null)
  const renderer = () =>
    app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
    )
  const before = await renderer()
  assert.ok(before)
  process.kill(before, 'SIGKILL')

  const sent = await swaks(t, {
    port: await app.port(),
    from: 'a@example.com',
    to: ['friend@elsewhere.example'],
  })
  assert.equal(sent.code, 0, sent.transcript)
  await until('the tray', async () => (await item.tooltip()).endsWith('(1 held)'))
  await item.choose('Pause taking mail')
  await until('the pause', async () => (await app.control.status()).listeners.length === 0)

  // The page that Playwright knew ended with its process: what the new one shows is asked for in the main process.
  const shown = await waitFor('the window', () =>
    app.electron.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      if (!contents || contents.isCrashed() || contents.isLoading()) return undefined
      const text: string = await contents.executeJavaScript(
        'document.body.innerText + (document.querySelector("[data-path=hostname] input")?.value ?? "")',
      )
      return /1\schange\./.test(text) && /Not taking mail/.test(text) ? text : undefined
    }),
  )
  assert.match(shown, /new\.example\.com$/)
  assert.notEqual(await renderer(), before)
})
