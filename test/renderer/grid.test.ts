/** The grid by keyboard and by pointer. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { endOfSuite } from '../support/ending.ts'
import { openBrowser } from './browser.ts'

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

async function openGrid(options: { readonly width?: number } = {}): Promise<Page> {
  const { page } = await show({ place: 'smtp/access', ...options })
  return page
}

/** What has the focus, as it is called. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement } = document
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? ''
  })

const types = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLSelectElement>('.cell-type select')].map(({ value }) => value),
  )

describe('by keyboard', () => {
  test('arrows go from cell to cell, and one cell is in the Tab order', async () => {
    const page = await openGrid()
    await page.getByLabel('Restrict, row 1').focus()
    await page.keyboard.press('ArrowDown')
    assert.equal(await focused(page), 'Restrict, row 2')
    await page.keyboard.press('ArrowRight')
    assert.equal(await focused(page), 'Type, row 2')
    await page.keyboard.press('End')
    assert.equal(await focused(page), 'On, row 2')
    await page.keyboard.press('ArrowLeft')
    assert.equal(await focused(page), 'Comment, row 2')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    assert.equal(await focused(page), 'Mend Lines, row 2')
    await page.keyboard.press('ArrowLeft')
    assert.equal(await focused(page), 'Allow Unauth, row 2')
    for (let press = 0; press < 3; press++) await page.keyboard.press('ArrowRight')
    assert.equal(await focused(page), 'Comment, row 2')
    await page.keyboard.press('ArrowUp')
    assert.equal(await focused(page), 'Comment, row 1')
    assert.equal(await page.locator('.grid [tabindex="0"]').count(), 1)
    assert.deepEqual(await types(page), ['routers', 'local-networks'])
    await page.context().close()
  })

  test('Alt+Up and Alt+Down move the row, and the focus goes with it', async () => {
    const page = await openGrid()
    await page.getByLabel('Type, row 1').focus()
    await page.keyboard.press('Alt+ArrowDown')
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Type, row 2')
    assert.deepEqual(await types(page), ['local-networks', 'routers'])
    await page.getByText('Row 1 is now row 2.').first().waitFor({ state: 'attached' })
    await page.keyboard.press('Alt+ArrowDown')
    assert.deepEqual(await types(page), ['local-networks', 'routers'])
    await page.keyboard.press('Control+z')
    assert.deepEqual(await types(page), ['routers', 'local-networks'])
    await page.keyboard.press('Control+y')
    assert.deepEqual(await types(page), ['local-networks', 'routers'])
    await page.context().close()
  })

  test('a network written whole is taken apart, and Esc brings back what stood there', async () => {
    const page = await openGrid()
    await page.getByRole('button', { name: 'Add row' }).click()
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Type, row 3')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.type('10.8.0.0/16')
    await page.keyboard.press('ArrowRight')
    assert.equal(await focused(page), 'Prefix, row 3')
    assert.equal(await page.getByLabel('Address, row 3').inputValue(), '10.8.0.0')
    assert.equal(await page.getByLabel('Prefix, row 3').inputValue(), '16')
    await page.keyboard.type('24')
    await page.keyboard.press('Escape')
    assert.equal(await page.getByLabel('Prefix, row 3').inputValue(), '16')
    await page.context().close()
  })

  test('problems stand under their row, in the bar with a way there, and Apply waits', async () => {
    const { page, bridge } = await show({ place: 'smtp/access' })
    await page.getByRole('button', { name: 'Add row' }).click()
    await page.getByLabel('Address, row 3').fill('192.168.7.1')
    await page.getByLabel('Prefix, row 3').fill('24')
    await page.locator('.grid-problems').getByText('is not the start of its network').waitFor()
    await page.getByRole('button', { name: 'Status' }).click()
    await page.keyboard.press('Control+s')
    await page.getByText('Nothing is applied yet').first().waitFor()
    await page.screenshot({ path: 'test/out/problems-light.png' })
    assert.equal(bridge.earlier.length, 0)
    await page.getByRole('button', { name: 'IP Access Restrictions, row 3, Address' }).click()
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Address, row 3')
    await page.keyboard.type('192.168.7.0')
    await page.locator('.grid-problems').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    assert.equal(bridge.earlier.length, 1)
    await page.context().close()
  })
})

describe('by pointer', () => {
  test('a row is dragged to another place', async () => {
    const page = await openGrid()
    const handle = page.getByRole('button', { name: /^Order, row 2/ })
    const [from, to] = [
      await handle.boundingBox(),
      await page.getByRole('button', { name: /^Order, row 1/ }).boundingBox(),
    ]
    assert.ok(from && to)
    await page.mouse.move(from.x + 6, from.y + 10)
    await page.mouse.down()
    await page.mouse.move(to.x + 6, to.y + 4, { steps: 4 })
    await page.locator('[data-drop="above"]').waitFor()
    await page.mouse.up()
    assert.deepEqual(await types(page), ['local-networks', 'routers'])
    await page.context().close()
  })

  test('rows are added, duplicated, deleted, and set to the default for the LAN', async () => {
    const page = await openGrid({ width: 960 })
    await page.getByLabel('Comment, row 2').click()
    await page.getByRole('button', { name: 'Duplicate row 2' }).click()
    assert.deepEqual(await types(page), ['routers', 'local-networks', 'local-networks'])
    await page.getByRole('button', { name: 'Delete row 3' }).click()
    await page.getByRole('button', { name: 'Delete row 2' }).click()
    await page.getByRole('button', { name: 'Delete row 1' }).click()
    await page.getByText('No rows: nobody can send to addresses outside.').waitFor()
    await page.getByRole('button', { name: 'Default for your LAN' }).click()
    assert.deepEqual(await types(page), ['routers', 'local-networks'])
    await page.context().close()
  })

  test('an open relay is said beside the rows', async () => {
    const page = await openGrid()
    await page.getByRole('button', { name: 'Add row' }).click()
    await page.getByLabel('Type, row 3').selectOption('Any')
    await page.getByText(/^Row 3 makes this an open relay/).waitFor()
    await page.getByLabel('Restrict, row 3').selectOption('Block')
    await page.getByText(/^Row 3 makes this an open relay/).waitFor({ state: 'detached' })
    await page.context().close()
  })
})
