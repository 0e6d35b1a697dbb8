/** The bar of changes: says what matters whole, ends its messages, and leaves room for the page. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { endOfSuite } from '../support/ending.ts'
import { checkThemes } from './axe.ts'
import { openBrowser } from './browser.ts'

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

const bar = (page: Page) => page.getByRole('region', { name: 'Changes' })

describe('a change that opens the relay', () => {
  for (const [width, height] of [
    [1280, 800],
    [960, 680],
    [720, 520],
    [480, 340],
  ] as const) {
    test(`is said whole, ${width} wide`, async () => {
      const { page } = await show({ place: 'smtp/access', width, height })
      await page.getByRole('button', { name: 'Add row' }).click()
      await page.getByLabel('Type, row 3').selectOption('Any')
      const told = bar(page).getByRole('alert')
      await told.getByText('This makes an open relay:').waitFor()
      assert.match((await told.textContent()) ?? '', /without logging on/)
      const isWhole = await told.evaluate(
        ({ scrollHeight, clientHeight, scrollWidth, clientWidth }) =>
          scrollHeight <= clientHeight && scrollWidth <= clientWidth,
      )
      assert.ok(isWhole)
      await checkThemes(page, `draft-opens-${width}`)
      await page.getByRole('button', { name: 'Discard' }).click()
      await told.waitFor({ state: 'detached' })
      await page.context().close()
    })
  }
})

test('an address that is let in alone is named', async () => {
  const { page } = await show({ place: 'smtp/access' })
  await page.getByRole('button', { name: 'Add row' }).click()
  await page.getByLabel('Address, row 3').fill('home.example.net')
  await bar(page)
    .getByText('anybody at home.example.net could send through this server without logging on')
    .waitFor()
  await page.context().close()
})

test('what is edited while a change is being applied stays, on top of it', async () => {
  const { page, bridge } = await show({ place: 'smtp/limits' })
  // Its label says that it is changed, once it is.
  const sessions = page.getByLabel(/^Maximum sessions\s*(changed)?$/)
  let go = () => {}
  bridge.holding.set('applyDraft', new Promise<void>(resolve => (go = resolve)))
  await sessions.fill('50')
  await page.keyboard.press('Control+s')
  await bar(page).getByText('Applying…').waitFor()
  await sessions.fill('60')
  bridge.holding.clear()
  go()
  await bar(page).getByText('Applying…').waitFor({ state: 'detached' })
  await bar(page).getByText('50 → 60').waitFor()
  assert.equal(await sessions.inputValue(), '60')
  await bar(page).getByRole('button', { name: 'Apply' }).click()
  await bar(page).getByText('Applied.').waitFor()
  assert.deepEqual((bridge.raw['smtp'] as { maxConnections?: number }).maxConnections, 60)
  await page.context().close()
})

describe('what an action came to', () => {
  test('ends with leaving the page, and with it the bar', async () => {
    const { page } = await show({ place: 'smtp/limits' })
    await page.getByLabel('Maximum sessions', { exact: true }).fill('50')
    await page.keyboard.press('Control+s')
    await bar(page).getByText('Applied.').waitFor()
    await page.getByRole('button', { name: 'Status' }).click()
    await page.getByRole('heading', { name: 'Status', level: 1 }).waitFor()
    assert.equal(await bar(page).count(), 0)
    await page.getByRole('button', { name: 'SMTP' }).click()
    await bar(page).getByText('No changes.').waitFor()
    await page.getByRole('tab', { name: 'Limits' }).click()
    await page.getByLabel('Maximum sessions', { exact: true }).fill('60')
    await page.getByRole('button', { name: 'Discard' }).click()
    await bar(page).getByText('The changes are discarded.').waitFor()
    await page.getByRole('button', { name: 'Log', exact: true }).click()
    await page.getByRole('heading', { name: 'Log', level: 1 }).waitFor()
    assert.equal(await bar(page).count(), 0)
    await page.context().close()
  })

  test('stays where it went wrong, until it is closed', async () => {
    const { page, bridge } = await show({ place: 'smtp/limits' })
    bridge.failing.set('applyDraft', 'The disk is full: free some, then try again.')
    await page.getByLabel('Maximum sessions', { exact: true }).fill('50')
    await page.keyboard.press('Control+s')
    await bar(page).getByText('The disk is full').waitFor()
    await page.getByRole('button', { name: 'Status' }).click()
    await bar(page).getByText('The disk is full').waitFor()
    await page.getByRole('button', { name: 'Close this message' }).click()
    await bar(page).getByText('The disk is full').waitFor({ state: 'detached' })
    await page.context().close()
  })
})

test('in the smallest window head, tabs and bar leave four fifths to the page', async () => {
  const { page } = await show({ place: 'smtp/access', width: 720, height: 520 })
  await page.getByLabel('Comment, row 2').fill('Office')
  await bar(page).getByText('1 change.').waitFor()
  const height = (await bar(page).boundingBox())?.height ?? 520
  const top = (await page.getByRole('tabpanel').boundingBox())?.y ?? 520
  assert.ok(height + top <= 156, `bar ${height}, above the page ${top}`)
  assert.equal((await page.locator('.try-fields').boundingBox())?.height, 30)
  await page.screenshot({ path: 'test/out/draft-small.png' })
  await page.context().close()
})
