/** Every page in the app itself, with a day's mail behind it, in both themes: complete, without a complaint, nothing cut off. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startSink } from '../support/sink.ts'
import { swaks } from '../support/swaks.ts'
import { type App, type Desk, makeDesk } from './app.ts'
import { writeDay } from './day.ts'
import { openPage, openTab, until } from './hands.ts'

const out = join(import.meta.dirname, '../out')

/** Page, tab, and what must stand there. */
const shown: readonly (readonly [string, string | undefined, string | RegExp])[] = [
  ['Status', undefined, /Mail is held because no mail sender sends it on/],
  ['SMTP', 'General', 'SMTP Anti-Relay Protection method'],
  ['SMTP', 'IP Access Restrictions', 'Who can send?'],
  ['SMTP', 'Limits', 'Maximum message size'],
  ['SMTP', 'Advanced', 'Host name in the banner'],
  ['Users', undefined, 'webmaster@example.com'],
  ['Local mail', undefined, 'Local domains'],
  ['Mail senders', undefined, 'archive.example'],
  ['Queue', undefined, 'to records@archive.example'],
  ['Log', undefined, 'Why?'],
  ['Security', undefined, 'Global Access Restrictions'],
  ['Tools', 'History', /maxRecipients|Maximum recipients/],
]

async function officeDesk(t: TestContext): Promise<Desk> {
  const sink = await startSink(t)
  const via = { via: 'smart-host', encryption: 'none' }
  const routes = [
    { to: ['archive.example'], via: 'hold' },
    { ...via, to: ['partner.example'], hosts: ['127.0.0.1:1'] },
    { ...via, to: ['*'], hosts: [sink.address] },
  ]
  const access = [
    { action: 'block', from: 'routers', comment: 'may come from the Internet' },
    { action: 'allow', from: 'local-networks', withoutAuthentication: true, comment: 'the office' },
    { action: 'allow', from: 'any', users: ['support', 'webmaster'], comment: 'on the road' },
  ]
  const networks = { localNetworks: ['192.168.1.0/24', '127.0.0.0/8'], routers: ['192.168.1.1'] }
  const settings = { ...networks, smtp: { access }, delivery: { routes } }
  const desk = await makeDesk(t, { settings })
  await writeDay(join(desk.folder, 'log'))
  return desk
}

async function sendSome(t: TestContext, app: App): Promise<void> {
  const port = await app.port()
  const all = [
    'anna@partner.example',
    'records@archive.example',
    'orders@supplier.example',
    'fred@example.com',
  ]
  for (const to of all) await swaks(t, { port, from: 'webmaster@example.com', to: [to] })
  await until('two in the queue', async () => (await app.control.status()).queue.messages === 2)
  await app.control.setSettings('smtp.maxRecipients', 200, 'command line')
}

async function theme(app: App, wanted: 'light' | 'dark', page: Page): Promise<void> {
  await app.electron.evaluate(({ nativeTheme }, source) => {
    nativeTheme.themeSource = source
  }, wanted)
  await page.waitForFunction(
    dark => matchMedia('(prefers-color-scheme: dark)').matches === dark,
    wanted === 'dark',
  )
}

/** How far anything could be scrolled sideways, the lists that are meant to be left aside. */
const sideways = (page: Page) =>
  page.evaluate(() => {
    const main = document.querySelector('main')
    return main ? main.scrollWidth - main.clientWidth : -1
  })

test('every page shows its data in both themes', async t => {
  const desk = await officeDesk(t)
  const app = await desk.launch()
  const page = await app.page()
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(error.message))
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  await sendSome(t, app)
  for (const wanted of ['light', 'dark'] as const) {
    await theme(app, wanted, page)
    for (const [title, tab, words] of shown) {
      await openPage(page, title)
      if (tab !== undefined) await openTab(page, tab)
      await page.getByRole('main').getByText(words).first().waitFor()
      assert.equal(await sideways(page), 0, `${title} ${tab}`)
      const name = [title, tab].filter(Boolean).join('-').toLowerCase().replaceAll(' ', '-')
      await page.screenshot({ path: join(out, `app-${name}-${wanted}.png`) })
    }
  }
  await theme(app, 'light', page)
  await picturesForReadme(app, page)
  assert.deepEqual(complaints, [])
})

/** As they stand in docs/, made small by `pngquant`. */
async function picturesForReadme(app: App, page: Page): Promise<void> {
  await app.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 0, y: 0, width: 1280, height: 740 })
  })
  await page.waitForFunction(() => window.innerWidth === 1280)
  const keep = (name: string) => page.screenshot({ path: join(out, `readme-${name}.png`) })
  await openPage(page, 'Status')
  await keep('status')
  await openPage(page, 'SMTP')
  await openTab(page, 'IP Access Restrictions')
  await page.getByLabel('Try an address', { exact: true }).and(page.locator('input')).fill('203.0.113.40')
  await page.locator('#try-user').selectOption('fred')
  await page.locator('.verdict').filter({ hasText: '550 5.7.1' }).waitFor()
  await keep('access')
  await openPage(page, 'Log')
  await page.getByRole('searchbox').fill('192.168.1.1"')
  const refused = page.getByRole('row').filter({ hasText: '192.168.1.1, from' }).first()
  await refused.getByRole('button', { name: 'Why?' }).click()
  const why = page.getByRole('dialog')
  await why.getByText('Row 1 decides').waitFor()
  await why.getByText('Step by step').click()
  await keep('why')
  await page.keyboard.press('Escape')
}
