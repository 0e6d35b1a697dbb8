/** A refusal is followed from the log to the row that decided, and mended from there with the narrowest row. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { startSink } from '../support/sink.ts'
import { swaks } from '../support/swaks.ts'
import { makeDesk } from './app.ts'
import { draftBar, openPage } from './hands.ts'
import { letter } from './letter.ts'

const scanner = '127.0.9.7'
const to = ['friend@elsewhere.example']

/** What has the focus, and the row of the grid that it is in. */
const focused = (page: Page) =>
  page.evaluate(() => ({
    label: document.activeElement?.getAttribute('aria-label'),
    row: document.activeElement?.closest('[data-row]')?.getAttribute('data-path'),
    seen: document.activeElement?.checkVisibility() ?? false,
  }))

test('"Why?" names the row, jumps to it, and "Allow this client" lets in that client alone', async t => {
  const sink = await startSink(t)
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [sink.address], encryption: 'none' }]
  const access = [
    { action: 'block', from: 'routers' },
    { action: 'allow', from: 'local-networks', withoutAuthentication: true },
    { action: 'block', from: '127.0.9.0/24', comment: 'the workshop' },
    { action: 'allow', from: 'any', users: ['support', 'webmaster'] },
  ]
  const desk = await makeDesk(t, { settings: { delivery: { routes }, smtp: { access } } })
  const app = await desk.launch()
  const page = await app.page()
  const port = await app.port()
  const send = (client: string, name: string) =>
    swaks(t, { port, from: 'scanner@example.com', to, localInterface: client, data: letter(name) })

  await openPage(page, 'Log')
  const refused = await send(scanner, 'scan')
  assert.match(refused.transcript, /550 5\.7\.1/)
  const line = page.getByRole('row').filter({ hasText: scanner }).filter({ hasText: '550 5.7.1' })
  await line.getByRole('button', { name: 'Why?' }).click()
  const why = page.getByRole('dialog', { name: 'Why was this refused?' })
  await why.getByText('Row 3 decides').waitFor()
  await why.getByText('Step by step').click()
  await why
    .getByText(/127\.0\.9\.0\/24/)
    .first()
    .waitFor()
  await page.screenshot({ path: 'test/out/why-light.png' })

  await why.getByText('Row 3 decides').click()
  await why.waitFor({ state: 'detached' })
  await page.waitForFunction(() => document.activeElement?.closest('[data-row]'))
  const { row, seen } = await focused(page)
  assert.deepEqual([row, seen], ['smtp.access[2]', true])

  await openPage(page, 'Log')
  await line.getByRole('button', { name: 'Why?' }).click()
  await page.getByRole('button', { name: 'Allow this client…' }).click()
  assert.equal(await page.getByLabel('Address, row 3').inputValue(), scanner)
  await draftBar(page).getByRole('button', { name: 'Review' }).click()
  const review = page.getByRole('dialog', { name: 'What will change' })
  await review.getByText(`added row 3 (Allow ${scanner}`, { exact: false }).waitFor()
  await review.getByText(new RegExp(`without logging on, from ${scanner.replaceAll('.', '\\.')}`)).waitFor()
  await page.screenshot({ path: 'test/out/why-review-light.png' })
  await review.getByRole('button', { name: 'Apply' }).click()
  await draftBar(page).getByText('Applied.').waitFor()

  const { smtp } = JSON.parse(await readFile(join(desk.folder, 'settings.json'), 'utf8'))
  assert.equal(smtp.access.length, 5)
  assert.equal(smtp.access[2].from, scanner)
  const accepted = await send(scanner, 'scan-again')
  assert.equal(accepted.code, 0, accepted.transcript)
  const [arrived] = await sink.waitForMail(1)
  assert.ok(arrived?.content.includes(letter('scan-again')))
  const neighbour = await send('127.0.9.8', 'neighbour')
  assert.match(neighbour.transcript, /550 5\.7\.1/)
})
