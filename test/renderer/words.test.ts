/** Words that a person reads in places where the relay's own would be too bare: Doctor, History, a refusal, a test. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { endOfSuite } from '../support/ending.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

const focusIn = (page: Page, path: string) =>
  page.waitForFunction(
    wanted => document.activeElement?.closest(`[data-path="${CSS.escape(wanted)}"]`) !== null,
    path,
  )

describe('Doctor', () => {
  test('speaks in the names of the window, and leads to each field', async () => {
    const office = officeSettings()
    const access = [{ action: 'allow', from: 'any', users: ['ghost', 'support'] }]
    const users = [{ name: 'support', addresses: ['support@example.com'] }]
    const aliases = { 'info@example.com': ['support'] }
    const listeners = [{ address: '0.0.0.0', port: 25, encryption: 'none' }]
    const raw = { ...office, users, aliases, smtp: { listeners, access }, delivery: { routes: [] } }
    const { page } = await show({ place: 'tools/doctor', bridge: new FakeBridge(raw) })
    await page.getByText('things to look at').waitFor()
    const words = (await page.getByRole('tabpanel').textContent()) ?? ''
    assert.doesNotMatch(words, /postern |smtp\.|delivery\.|\[\d|\bvia\b|\broute\b/i)
    for (const [button, path] of [
      ['Show it: Mail sender 1', 'delivery.routes'],
      ['Show it: Bindings', 'smtp.listeners[0].encryption'],
      ['Show it: Postmaster', 'aliases'],
    ] as const) {
      await page.getByRole('button', { name: button }).first().click()
      if (path !== 'delivery.routes') await focusIn(page, path)
      await page.getByRole('button', { name: 'Tools' }).click()
      await page.getByRole('tab', { name: 'Doctor' }).click()
      await page.getByText('things to look at').waitFor()
    }
    await page.screenshot({ path: 'test/out/doctor-faults.png' })
    await page.context().close()
  })
})

describe('History', () => {
  test('names what was changed as the window does, and leads there', async () => {
    const { page } = await show({ place: 'smtp/access' })
    await page.getByLabel('Comment, row 2').fill('The office')
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    await page.getByRole('button', { name: 'Tools' }).click()
    await page.getByRole('tab', { name: 'History' }).click()
    await page.getByRole('button', { name: 'What it did' }).click()
    await page.getByText('Stays as it is').waitFor()
    assert.doesNotMatch((await page.getByRole('tabpanel').textContent()) ?? '', /smtp\.|\[\d/)
    await page.getByRole('button', { name: 'IP Access Restrictions, row 2, Comment' }).first().click()
    await focusIn(page, 'smtp.access[1].comment')
    await page.context().close()
  })
})

describe('the log', () => {
  test('calls the encryption of a port as the bindings do', async () => {
    const bridge = new FakeBridge()
    const listening = (port: number, encryption: 'none' | 'starttls' | 'tls') =>
      ({ kind: 'listening', time: Date.now(), address: '::', port, encryption }) as const
    bridge.events = [listening(25, 'starttls'), listening(465, 'tls'), listening(2525, 'none')]
    const { page } = await show({ place: 'log', bridge })
    for (const words of ['25, TLS (STARTTLS offered)', '465, SSL', '2525, not encrypted'])
      await page.getByText(`on :: port ${words}`, { exact: true }).waitFor()
    await page.context().close()
  })
})

describe('a list by hand', () => {
  test('says once what it is', async () => {
    const { page } = await show({ place: 'smtp/advanced' })
    await page.locator('label', { hasText: 'Written by hand' }).first().click()
    await page.getByRole('textbox', { name: 'Local Nets, by hand' }).waitFor()
    await page.getByText('Separate several with commas.', { exact: true }).waitFor()
    assert.equal(await page.getByText('The networks that count as your own').count(), 1)
    await page.context().close()
  })
})

describe('"Allow this client…"', () => {
  test('warns of a stranger, not of a machine in the office', async () => {
    const bridge = new FakeBridge()
    const refused = (client: string, to: string) => ({
      kind: 'recipient-refused' as const,
      time: Date.now(),
      session: 'x',
      client,
      from: 'a@b.example',
      to,
      reply: { code: 550, status: '5.7.1', text: 'No' },
      list: null,
      row: null,
    })
    bridge.events = [refused('203.0.113.77', 'far@x.example'), refused('192.168.9.4', 'near@x.example')]
    const { page } = await show({ place: 'log', bridge })
    for (const [to, isWarned] of [
      ['far@x.example', true],
      ['near@x.example', false],
    ] as const) {
      await page.getByRole('row').filter({ hasText: to }).getByRole('button', { name: 'Why?' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Allow this client…' }).waitFor()
      const warned = dialog.getByText('could then send through this server without logging on')
      assert.equal(await warned.count(), isWarned ? 1 : 0)
      await page.screenshot({ path: `test/out/allow-${isWarned ? 'stranger' : 'office'}.png` })
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
    }
    await page.context().close()
  })
})

describe('a test message that fails', () => {
  test('says why once', async () => {
    const text = '10.1.1.4:25 can’t be reached: no answer within 20 seconds'
    class Unreached extends FakeBridge {
      override async ask(name: string, args: readonly never[]): Promise<unknown> {
        if (name !== 'sendTest') return super.ask(name, args)
        return { id: '0KT1', delivered: false, via: '10.1.1.4:25', dialogue: [`451 4.4.1 ${text}`], text }
      }
    }
    const { page } = await show({ place: 'senders', bridge: new Unreached() })
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByLabel('To', { exact: true }).fill('jo@partner.example')
    await page.keyboard.press('Enter')
    await page.getByText('Not taken by').waitFor()
    assert.equal(await page.getByText('can’t be reached').count(), 1)
    await page.context().close()
  })
})

test('a number and its unit never part', async () => {
  const { page } = await show({ place: 'log', width: 720, height: 520 })
  const cells = (await page.locator('.log-table td').allTextContents()).filter(text => /\d\sKB/.test(text))
  assert.ok(cells.length > 0)
  assert.ok(cells.every(text => /\d\u00a0KB/.test(text)))
  await page.context().close()
})
