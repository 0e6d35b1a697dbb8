/** A key that signs mail, made in the app itself: its record is copied, and the private key stays in the store. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeDesk } from './app.ts'
import { openPage, until } from './hands.ts'

test('a key is made, and its record copied', async t => {
  const desk = await makeDesk(t, { settings: { localDomains: ['example.com'] } })
  const app = await desk.launch()
  const page = await app.page()
  await openPage(page, 'Security')
  await page.getByRole('button', { name: 'Add key' }).click()
  await page.getByRole('button', { name: 'Make the key' }).click()
  const value = page.getByRole('textbox', { name: 'Value' })
  await value.waitFor()
  const [key] = await app.control.listDkim()
  assert.equal(await value.inputValue(), key?.record?.value)
  await page.getByRole('button', { name: 'Copy Value' }).click()
  await page.getByText('Copied').waitFor()
  await page.getByRole('button', { name: 'Add key' }).click()
  const domain = page.getByRole('textbox', { name: 'Domain', exact: true })
  await domain.fill('')
  await domain.press('Control+v')
  await until('it is pasted', async () => (await domain.inputValue()) === key?.record?.value)
})
