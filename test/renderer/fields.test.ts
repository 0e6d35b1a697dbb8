/** Fields that come and go: what is added gets the focus, Esc brings back, what is searched is marked. */
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

/** Until the focus is in the field of that path. */
const focusIn = (page: Page, path: string) =>
  page.waitForFunction(
    wanted => document.activeElement?.closest(`[data-path="${CSS.escape(wanted)}"]`) !== null,
    path,
  )

describe('what is added gets the focus', () => {
  const added: readonly (readonly [string, string, string])[] = [
    ['users', 'Add user', 'users[3].name'],
    ['senders', 'Add sender', 'delivery.routes[2].hosts'],
    ['smtp/general', 'Add binding', 'smtp.listeners[2].address'],
    ['local-mail', 'Add alias', 'aliases[""]'],
  ]
  for (const [place, button, path] of added) {
    test(button, async () => {
      const { page } = await show({ place })
      await page.getByRole('button', { name: button }).click()
      await focusIn(page, path)
      await page.keyboard.type('x')
      assert.ok(await page.getByText('1 change.').isVisible())
      await page.context().close()
    })
  }
})

describe('what a new field lacks is told once it is left', () => {
  const added: readonly (readonly [string, string, string])[] = [
    ['users', 'Add user', 'Name'],
    ['senders', 'Add sender', 'Servers'],
    ['local-mail', 'Add alias', 'Address of the alias'],
  ]
  for (const [place, button] of added) {
    test(button, async () => {
      const { page } = await show({ place })
      await page.getByRole('button', { name: button }).click()
      await page.getByText('1 change.').waitFor()
      await page.waitForTimeout(400)
      assert.equal(await page.locator('.problems, .problem-links').count(), 0)
      assert.equal(await page.locator('[aria-invalid="true"]').count(), 0)
      await page.keyboard.press('Tab')
      await page.locator('.problems').first().waitFor()
      await page.locator('.problem-links').waitFor()
      await page.context().close()
    })
  }

  test('a host name', async () => {
    const { page } = await show({ place: 'smtp/access' })
    await page.getByRole('button', { name: 'Add row' }).click()
    await page.getByLabel('Type, row 3').selectOption('Host name')
    await page.getByText('once what you added is filled in').first().waitFor()
    assert.equal(await page.locator('.grid-problems, .problem-links').count(), 0)
    await page.screenshot({ path: 'test/out/new-host-name.png' })
    await page.getByLabel('Address, row 3').focus()
    assert.equal(await page.locator('.grid-problems, .problem-links').count(), 0)
    await page.getByLabel('Comment, row 3').focus()
    await page.locator('.grid-problems').getByText('Enter a host name').waitFor()
    await page.getByText('as soon as the fields that are marked are mended').first().waitFor()
    await page.screenshot({ path: 'test/out/new-host-name-left.png' })
    await page.context().close()
  })

  test('an address, when its row is left, or when it is to be applied', async () => {
    const { page } = await show({ place: 'smtp/access' })
    await page.getByRole('button', { name: 'Add row' }).click()
    await page.getByText('once what you added is filled in').first().waitFor()
    await page.getByLabel('Comment, row 1').focus()
    await page.locator('.grid-problems').getByText('Enter an address').waitFor()
    await page.getByRole('button', { name: 'Add row' }).click()
    await page.getByText('1 change.').or(page.getByText('2 changes.')).waitFor()
    await page.keyboard.press('Control+s')
    await page.getByText('Nothing is applied yet').first().waitFor()
    assert.equal(await page.locator('.grid-problems').count(), 2)
    await page.context().close()
  })

  test('a number says nothing of quotes', async () => {
    const { page } = await show({ place: 'smtp/limits' })
    await page.getByLabel('Maximum sessions', { exact: true }).fill('many')
    const told = page.locator('.field .problems')
    await told.waitFor()
    assert.doesNotMatch((await told.textContent()) ?? '', /quote/)
    await page.context().close()
  })
})

describe('Esc', () => {
  test('brings back an alias and who gets its mail', async () => {
    const { page } = await show({ place: 'local-mail' })
    const address = page.getByLabel('Address of the alias')
    await address.fill('sales@example.com')
    await page.keyboard.press('Escape')
    assert.equal(await address.inputValue(), 'info@example.com')
    const targets = page.getByLabel('Who gets mail to info@example.com')
    await targets.fill('fred')
    await page.keyboard.press('Escape')
    assert.equal(await targets.inputValue(), 'support, boss@elsewhere.example')
    await page.getByText('No changes.').waitFor()
    await page.context().close()
  })

  test('forgets a password that was begun', async () => {
    const { page } = await show({ place: 'users' })
    await page.getByLabel('Password', { exact: true }).fill('kettle boat')
    await page.getByText('1 change.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('No changes.').waitFor()
    await page.context().close()
  })
})

describe('a catch-all', () => {
  test('may go to an address elsewhere, which is checked', async () => {
    const { page, bridge } = await show({ place: 'local-mail' })
    await page.getByLabel('Catch-all of example.com').selectOption('another address…')
    const address = page.getByLabel('Address for the catch-all of example.com')
    await address.fill('boss@')
    await page.locator('.problems').first().waitFor()
    await address.fill('boss@elsewhere.example')
    await page.locator('.problems').first().waitFor({ state: 'detached' })
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    assert.deepEqual(bridge.raw['catchAll'], { 'example.com': 'boss@elsewhere.example' })
    await page.context().close()
  })
})

describe('the search', () => {
  test('marks the rows of the grid that match', async () => {
    const { page } = await show({ place: 'smtp/access' })
    await page.keyboard.press('Control+f')
    await page.keyboard.type('printers')
    await page.getByText('1 row of 2 matches “printers”.').waitFor()
    assert.deepEqual(
      await page
        .locator('[data-passed-over]')
        .evaluateAll(rows => rows.map(row => row.getAttribute('data-row'))),
      ['0'],
    )
    await page.context().close()
  })

  test('says so where a page has nothing to search', async () => {
    const { page } = await show({ place: 'status' })
    await page.keyboard.press('Control+f')
    await page.getByText('There is nothing to search on this page.').first().waitFor({ state: 'attached' })
    await page.context().close()
  })
})

describe('a user', () => {
  test('is shown with the last log-on and from where, and a new one without', async () => {
    const { page } = await show({ place: 'users' })
    await page.getByRole('button', { name: /^fred/ }).click()
    await page.getByText(/Last log-on [34]\sminutes ago from 192\.168\.1\.50/).waitFor()
    await page.getByRole('button', { name: /^webmaster/ }).click()
    await page.getByText('No log-on as far back as the log goes.').waitFor()
    await page.getByRole('button', { name: 'Add user' }).click()
    await page.getByText('No log-on').waitFor({ state: 'detached' })
    await page.context().close()
  })
})
