/** Signing in with OAuth2 in the real window: told of once, by browser and by code; then the mail that waited goes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Browser, startAuthorizationServer, tokenRoute } from '../support/authorization-server.ts'
import { startBus } from '../support/bus.ts'
import { startNextHop } from '../support/next-hop.ts'
import { startNotifications } from '../support/notifications.ts'
import { swaks } from '../support/swaks.ts'
import { makeDesk } from './app.ts'
import { openPage, until } from './hands.ts'

test('mail waits, one notification says so, and signing in sends it; when it is refused later, the same by a code', async t => {
  const server = await startAuthorizationServer(t)
  const hop = await startNextHop(t, { token: server.checks })
  const bus = await startBus(t)
  const desktop = await startNotifications(t, bus)
  const desk = await makeDesk(t, {
    bus,
    settings: { delivery: { routes: [tokenRoute(server, hop.port)], retry: ['1s'] } },
  })
  const app = await desk.launch()
  const page = await app.page()
  /** What the system's browser was asked to open. */
  const opened = await app.electron.evaluateHandle(({ shell }) => {
    const pages: string[] = []
    shell.openExternal = async url => void pages.push(url)
    return pages
  })
  const openedPage = async () => (await opened.jsonValue()).at(-1)
  const port = await app.port()
  const send = async () => {
    const sent = await swaks(t, { port, from: 'a@example.com', to: ['friend@far.example'] })
    assert.equal(sent.code, 0, sent.transcript)
  }

  await page.getByText(/^Mail waits until somebody signs in as office@example\.com/).waitFor()
  await page.screenshot({ path: 'test/out/window-sign-in-status.png' })
  await send()
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'Mail senders' }).waitFor()
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: /browser/ }).click()
  await until('the page to be opened', async () => (await openedPage()) !== undefined)
  const shown = await new Browser().open((await openedPage()) ?? '')
  assert.match(shown, /Signed in/)
  await page.getByText('Mail that waited for it goes now.').waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  await hop.until(() => hop.taken.length === 1)
  assert.equal(hop.taken[0]?.loggedOn, true)
  await page.getByText('Signed in as office@example.com').waitFor()
  assert.equal(desktop.shown.length, 0, 'it stood from the start, and the window said so')

  await server.revoke()
  await server.revokeAccess()
  await send()
  await until('the notification', () => desktop.shown.length > 0)
  assert.match(
    desktop.shown[0]?.body ?? '',
    /^Mail waits until somebody signs in again as office@example\.com: .*taken back/,
  )
  await send()
  await until('both to wait for it', async () => {
    const states = (await app.control.listQueue({})).flatMap(message => message.states)
    return states.length === 2 && states.every(state => state.kind === 'waiting' && state.reply !== undefined)
  })
  assert.equal(desktop.shown.length, 1)
  await openPage(page, 'Status')
  await page.getByRole('button', { name: 'Sign in again' }).click()
  await page.getByRole('heading', { name: 'Mail senders' }).waitFor()
  await page.getByRole('button', { name: 'Sign in again' }).click()
  await page.getByRole('button', { name: 'With a code, elsewhere' }).click()
  const code = (await page.locator('.sign-in-code').textContent()) ?? ''
  await page.screenshot({ path: 'test/out/window-sign-in-code.png' })
  await page.getByRole('button', { name: 'Copy the code' }).click()
  await until(
    'the clipboard',
    async () => (await app.electron.evaluate(({ clipboard }) => clipboard.readText())) === code,
  )
  await page.getByRole('button', { name: 'Open the page here' }).click()
  await until('the page to be opened', async () => ((await openedPage()) ?? '').endsWith('/device'))
  await new Browser().enterCode((await openedPage()) ?? '', code)
  await page.getByText('Mail that waited for it goes now.').waitFor()
  await hop.until(() => hop.taken.length === 3)
  assert.deepEqual((await app.control.status()).warnings, [])
})
