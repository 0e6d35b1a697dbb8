/** The keys of the window as a person presses them, on a display: all of them reach the page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { makeDesk } from './app.ts'
import { draftBar, openPage, openTab, until } from './hands.ts'

const rows = [
  { action: 'block', from: 'routers', comment: 'the router' },
  { action: 'allow', from: 'local-networks', withoutAuthentication: true, comment: 'the office' },
]

/** Waits for the focus to be in the field of this label. */
function focusIn(page: Page, label: string): Promise<unknown> {
  return page.waitForFunction(
    wanted => document.activeElement?.getAttribute('aria-label') === wanted && document.hasFocus(),
    label,
  )
}

test('the menu takes neither room nor keys; they move a row, search, explain, zoom, apply', async t => {
  const desk = await makeDesk(t, { settings: { smtp: { access: rows } } })
  const app = await desk.launch()
  const page = await app.page()
  const { display } = desk
  const menuIsSet = () => app.electron.evaluate(({ Menu }) => Menu.getApplicationMenu() !== null)
  await until('the menu', menuIsSet)
  const bars = await app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(window => window.isMenuBarVisible()),
  )
  assert.deepEqual(bars, [false])

  await openPage(page, 'SMTP')
  await openTab(page, 'IP Access Restrictions')
  await page.getByLabel('Comment, row 2').click()
  await display.press('alt+Up')
  await focusIn(page, 'Comment, row 1')
  await draftBar(page).getByText('1 change.').waitFor()
  await display.press('ctrl+f')
  await focusIn(page, 'Search this page')

  await page.getByLabel('Comment, row 1').focus()
  await display.press('F1')
  const help = page.getByRole('dialog', { name: 'Comment' })
  await help.waitFor()
  await display.press('Escape')
  await help.waitFor({ state: 'detached' })
  await focusIn(page, 'Comment, row 1')

  const zoom = () =>
    app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(window => window.webContents.getZoomFactor()),
    )
  await display.press('ctrl+plus', 'ctrl+plus')
  await until('the zoom', async () => (await zoom()).every(factor => factor > 1.1))
  await display.press('ctrl+0')
  await until('the usual size', async () => (await zoom()).every(factor => factor === 1))

  await display.press('alt+Down')
  await draftBar(page).getByText('Row 1 is now row 2.').waitFor()
  await display.press('alt+Up')
  await draftBar(page).getByText('1 change.').waitFor()
  await display.press('ctrl+s')
  await draftBar(page).getByText('Applied.').waitFor()
  const access = (await app.control.getSettings('smtp.access')) as { comment: string }[]
  assert.deepEqual(
    access.map(({ comment }) => comment),
    ['the office', 'the router'],
  )
})
