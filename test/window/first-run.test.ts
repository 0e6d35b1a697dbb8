/** The first run in a real Electron over a real relay: four questions by keyboard, one change, and a test message that arrives. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { firstSettings } from '../../app/settings/defaults.ts'
import { formatSettings } from '../../app/settings/file.ts'
import { startSink } from '../support/sink.ts'
import { type Desk, makeDesk } from './app.ts'

/** A folder as a first start leaves it, but for the port. */
async function freshDesk(t: Parameters<typeof makeDesk>[0]): Promise<{ desk: Desk; file: string }> {
  const desk = await makeDesk(t)
  const file = join(desk.folder, 'settings.json')
  await writeFile(file, formatSettings(firstSettings(0)))
  return { desk, file }
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 2, name }).waitFor()

test('the first run ends in a test message that arrives, and is undone by one click', async t => {
  const sink = await startSink(t)
  const { desk, file } = await freshDesk(t)
  const before = await readFile(file)
  const app = await desk.launch()
  const page = await app.page()
  const keys = page.keyboard
  await heading(page, '1. Your domain')
  await keys.press('Tab')
  await page.getByLabel('What is the domain').fill('office.example')
  await keys.press('Enter')
  await heading(page, '2. Mail for your domain')
  await page.getByRole('button', { name: 'Next' }).press('Enter')
  await heading(page, '3. How mail leaves')
  await page.getByLabel('Server for outgoing mail').fill(sink.address)
  await keys.press('Tab')
  await keys.press('ArrowDown')
  await keys.press('ArrowDown')
  await page.getByRole('button', { name: 'Next' }).press('Enter')
  await heading(page, '4. Who may send')
  await page.getByRole('button', { name: 'Next' }).press('Enter')
  await heading(page, 'What will change')
  await page.getByText('Mail senders: added sender 1 (for *)').waitFor()
  assert.deepEqual(await readFile(file), before)
  await page.getByRole('button', { name: 'Apply', exact: true }).press('Enter')
  await heading(page, 'A test message')
  await page.getByLabel('To', { exact: true }).fill('me@elsewhere.example')
  await page.getByRole('button', { name: 'Send the test message' }).press('Enter')
  await page.locator('.first-outcome .notice').waitFor()
  const outcome = await page.locator('.first-outcome').textContent()
  assert.ok(outcome?.startsWith(`Taken by ${sink.address}.`), outcome ?? '')
  await page.getByText('Look whether it arrives at me@elsewhere.example').waitFor()
  assert.equal(sink.received.length, 1)
  const [message] = sink.received
  assert.match(String(message?.content), /^From: Postern <postmaster@office\.example>\r?$/m)
  assert.equal((await app.control.status()).unfinished, undefined)
  assert.equal((await app.control.history()).length, 1)
  await page.getByRole('button', { name: 'Undo it' }).press('Enter')
  await heading(page, '1. Your domain')
  assert.deepEqual(await readFile(file), before)
  await app.electron.close()
  assert.equal(await app.ended, 0)
})

test('left half-way it is offered on Status, also at the next start, with the answers so far', async t => {
  const { desk } = await freshDesk(t)
  const first = await desk.launch()
  const page = await first.page()
  await page.getByLabel('What is the domain').fill('office.example')
  await page.keyboard.press('Enter')
  await heading(page, '2. Mail for your domain')
  await page.getByRole('button', { name: 'Leave for now' }).click()
  await page.getByText('Postern isn’t set up yet').waitFor()
  await first.electron.close()
  await first.ended
  const second = await desk.launch()
  const again = await second.page()
  await heading(again, '2. Mail for your domain')
  await again.getByRole('button', { name: 'Your domain' }).click()
  assert.equal(await again.getByLabel('What is the domain').inputValue(), 'office.example')
  await second.electron.close()
  await second.ended
})

test('where settings stand nothing is asked', async t => {
  const app = await (await makeDesk(t)).launch()
  const page = await app.page()
  await page.getByRole('heading', { level: 1, name: 'Status' }).waitFor()
  await app.electron.close()
  await app.ended
})
