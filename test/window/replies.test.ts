/** What a next hop says, in words, in the real app: the text for the recipient is copied, and the button opens the field. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startNextHop } from '../support/next-hop.ts'
import { swaks } from '../support/swaks.ts'
import { makeDesk } from './app.ts'
import { openPage, until } from './hands.ts'
import { letter } from './letter.ts'

test('a refusal is understood, told to the recipient, and mended where it stands', async t => {
  const hop = await startNextHop(t, {
    answer: command => {
      if (command === 'RCPT TO:<full@elsewhere.example>') return '452 4.2.2 The mailbox is over quota'
      return command.startsWith('RCPT') ? '454 5.7.57 Client not authenticated to send mail' : undefined
    },
  })
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [`127.0.0.1:${hop.port}`], encryption: 'none' }]
  const desk = await makeDesk(t, { settings: { delivery: { routes, retry: ['1h'] } } })
  const app = await desk.launch()
  const page = await app.page()
  for (const name of ['full', 'jo']) {
    const to = [`${name}@elsewhere.example`]
    const from = `${name}-boss@example.com`
    const sent = await swaks(t, { port: await app.port(), from, to, data: letter(name) })
    assert.equal(sent.code, 0, sent.transcript)
  }
  await openPage(page, 'Queue')
  await page.getByRole('button', { name: 'full-boss@example.com' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText("The recipient's mailbox is full.").waitFor()
  await dialog.getByRole('button', { name: 'Copy a text for the recipient' }).click()
  await until('the copy', async () => {
    const text = await app.electron.evaluate(({ clipboard }) => clipboard.readText())
    return /Recipient: full@elsewhere\.example\nIts answer: 452 4\.2\.2 /.test(text)
  })
  await page.keyboard.press('Escape')
  await openPage(page, 'Status')
  const needs = page.getByRole('list', { name: 'What needs you' })
  await needs.getByRole('button', { name: 'Open the sign-in' }).click()
  await page.waitForFunction(
    () => document.activeElement?.closest('[data-path="delivery.routes[0].login"]') !== null,
  )
})
