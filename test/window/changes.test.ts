/** Changes in the window: applied, undone from History to the last byte, changed by hand elsewhere, and refused with words. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeDesk } from './app.ts'
import { apply, draftBar, openPage, openTab, write } from './hands.ts'

test('a change is reviewed, applied, and undone from History to the last byte', async t => {
  const desk = await makeDesk(t)
  const file = join(desk.folder, 'settings.json')
  // As a person writes it, so that a file written anew would show.
  const text = `${await readFile(file, 'utf8')}\n\n\n`
  await writeFile(file, text)
  const app = await desk.launch()
  const page = await app.page()
  await openPage(page, 'SMTP')
  await openTab(page, 'IP Access Restrictions')
  await page.getByRole('checkbox', { name: 'Allow Unauth, row 2' }).click()
  await draftBar(page).getByRole('button', { name: 'Review' }).click()
  const review = page.getByRole('dialog', { name: 'What will change' })
  await review
    .getByText(/row 2.*Allow Unauth/)
    .first()
    .waitFor()
  await review.getByText(/Sending to addresses outside needs a log-on now, from your network/).waitFor()
  await review.getByRole('button', { name: 'Apply' }).click()
  await draftBar(page).getByText('Applied.').waitFor()
  const applied = await readFile(file, 'utf8')
  assert.notEqual(applied, text)
  const explained = await app.control.explain({ client: '127.0.1.50', to: 'friend@elsewhere.example' })
  assert.equal(explained.reply.code, 530)

  await openPage(page, 'Tools')
  await openTab(page, 'History')
  await page.getByRole('button', { name: 'Undo the newest change' }).click()
  await draftBar(page).getByText('The earlier settings are in force again.').waitFor()
  assert.equal(await readFile(file, 'utf8'), text)
  await openPage(page, 'SMTP')
  await openTab(page, 'IP Access Restrictions')
  assert.ok(await page.getByRole('checkbox', { name: 'Allow Unauth, row 2' }).isChecked())
  const again = await app.control.explain({ client: '127.0.1.50', to: 'friend@elsewhere.example' })
  assert.equal(again.reply.code, 250)
})

test('a hand edit of the file shows in the window, under the changes made there', async t => {
  const desk = await makeDesk(t)
  const file = join(desk.folder, 'settings.json')
  const app = await desk.launch()
  const page = await app.page()
  await openPage(page, 'SMTP')
  await openTab(page, 'Limits')
  await page.getByRole('textbox', { name: /^Maximum sessions(?! from| of)/ }).fill('40')
  const settings = JSON.parse(await readFile(file, 'utf8'))
  settings.smtp.maxRecipients = 77
  await writeFile(file, JSON.stringify(settings))
  const recipients = page.getByRole('textbox', { name: 'Maximum recipients per message' })
  await page.waitForFunction(
    () => [...document.querySelectorAll('input')].some(({ value }) => value === '77'),
    undefined,
    { timeout: 10_000 },
  )
  assert.equal(await recipients.inputValue(), '77')
  assert.equal(await page.getByRole('textbox', { name: /^Maximum sessions(?! from| of)/ }).inputValue(), '40')
  await draftBar(page).getByText('1 change.').waitFor()
  await apply(page)
  const { smtp } = JSON.parse(await readFile(file, 'utf8'))
  assert.deepEqual([smtp.maxRecipients, smtp.maxConnections], [77, 40])
  await openPage(page, 'Tools')
  await openTab(page, 'History')
  await page.getByText('by hand, in the file').waitFor()

  // With mistakes in it, it is not taken, and the window says so.
  await writeFile(file, JSON.stringify({ ...settings, hostname: 'no name' }))
  await openPage(page, 'Log')
  await page
    .getByRole('row')
    .filter({ hasText: 'Settings refused' })
    .filter({ hasText: 'hostname' })
    .waitFor()
})

test('a problem stands at its field, and Apply is refused with words', async t => {
  const desk = await makeDesk(t)
  const file = join(desk.folder, 'settings.json')
  const before = await readFile(file, 'utf8')
  const page = await (await desk.launch()).page()
  await openPage(page, 'SMTP')
  await openTab(page, 'IP Access Restrictions')
  await page.getByRole('button', { name: 'Add row' }).click()
  await page.getByLabel('Address, row 4').fill('192.168.1.300')
  const grid = page.getByRole('grid', { name: 'IP Access Restrictions' })
  await grid.getByText(/192\.168\.1\.300/).waitFor()
  await page.getByLabel('Address, row 4').and(page.locator('[aria-invalid=true]')).waitFor()
  await openTab(page, 'Advanced')
  await write(page, 'Host name in the banner', 'no name')
  await page.keyboard.press('Control+s')
  await draftBar(page).getByText('Nothing is applied yet: mend the fields that are marked first.').waitFor()
  const links = draftBar(page).getByRole('list', { name: '2 problems to mend' })
  await links.getByRole('button', { name: 'IP Access Restrictions, row 4, Address' }).click()
  await page.waitForFunction(() => document.activeElement?.closest('[data-path="smtp.access[3].from"]'))
  assert.equal(await readFile(file, 'utf8'), before)

  await page.getByLabel('Address, row 4').fill('192.168.1.30')
  await links.waitFor({ state: 'detached' })
  await openTab(page, 'Advanced')
  await write(page, 'Host name in the banner', 'mail2.example.com')
  await apply(page)
  assert.equal(JSON.parse(await readFile(file, 'utf8')).smtp.access[3].from, '192.168.1.30')
})
