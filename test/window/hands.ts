/** What a person does in the window, by the names on its labels. */

import type { Locator, Page } from 'playwright-core'
import { waitFor } from '../support/wait.ts'

/** Opens a page by the sidebar. */
export async function openPage(page: Page, title: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Pages' })
    .getByRole('button', { name: new RegExp(`^${title}\\b`) })
    .click()
  await page.getByRole('main').waitFor()
}

export async function openTab(page: Page, title: string): Promise<void> {
  await page.getByRole('tab', { name: title, exact: true }).click()
}

/** Ticks by the label, as a person does: the box itself is drawn and not there to be clicked. */
export async function tick(page: Page, label: string | RegExp): Promise<void> {
  const box = page.getByRole('checkbox', { name: label })
  await page.locator('label').filter({ has: box }).click()
}

export async function choose(page: Page, label: string | RegExp): Promise<void> {
  const radio = page.getByRole('radio', { name: label })
  await page.locator('label').filter({ has: radio }).click()
}

/** Of the users' form, or of any field named so. */
export async function write(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name: label }).fill(text)
}

/** The bar's own button, and until the relay has taken it. */
export async function apply(page: Page): Promise<void> {
  await draftBar(page)
    .getByRole('button', { name: /^Apply/ })
    .click()
  await draftBar(page).getByText('Applied.').waitFor()
}

export function draftBar(page: Page): Locator {
  return page.getByRole('region', { name: 'Changes' })
}

/** Adds a row at the end of the access list by clicking, and fills it in. */
export async function addRow(
  page: Page,
  number: number,
  row: {
    readonly restrict?: string
    readonly type: string
    readonly unauth?: true
    readonly users?: string[]
  },
): Promise<void> {
  await page.getByRole('button', { name: 'Add row' }).click()
  await page.getByLabel(`Type, row ${number}`).selectOption(row.type)
  if (row.restrict) await page.getByLabel(`Restrict, row ${number}`).selectOption(row.restrict)
  if (row.unauth) await page.getByRole('checkbox', { name: `Allow Unauth, row ${number}` }).click()
  if (!row.users) return
  await page.getByRole('button', { name: new RegExp(`^Users, row ${number}:`) }).click()
  for (const user of row.users) await page.getByRole('dialog').getByText(user, { exact: true }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

export function until(what: string, done: () => boolean | Promise<boolean>): Promise<true> {
  return waitFor(what, async () => ((await done()) ? true : undefined))
}
