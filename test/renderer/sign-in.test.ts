/** Signing in with OAuth2 in the window: what is asked for, the code, and whether somebody is signed in. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { endOfSuite } from '../support/ending.ts'
import { violations } from './axe.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

function cloudSettings(login: object = {}): Record<string, unknown> {
  const cloud = {
    method: 'oauth2',
    user: 'office@contoso.com',
    secret: 'smtp.office365.com',
    provider: 'microsoft',
    clientId: 'c-1',
  }
  const hosts = ['smtp.office365.com:587']
  const route = {
    to: ['*'],
    via: 'smart-host',
    hosts,
    encryption: 'starttls-required',
    login: { ...cloud, ...login },
  }
  return { ...officeSettings(), delivery: { routes: [route] } }
}

describe('signing in with OAuth2', () => {
  test('a password is exchanged for it; then it is applied, and then somebody can sign in', async () => {
    const password = { method: 'password', user: 'office@contoso.com', secret: 'smtp.office365.com' }
    const raw = cloudSettings()
    const { routes } = raw['delivery'] as { routes: object[] }
    const bridge = new FakeBridge({ ...raw, delivery: { routes: [{ ...routes[0], login: password }] } })
    const { page } = await show({ place: 'senders', bridge })
    await page.getByLabel('Kind of sign-in').selectOption('oauth2')
    assert.equal(await page.getByLabel('Provider').inputValue(), 'microsoft')
    await page.getByText('Apply your changes first; then sign in.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Sign in', exact: true }).isDisabled(), true)
    await page.getByRole('textbox', { name: 'Client id' }).fill('11111111-2222-3333-4444-555555555555')
    await page.screenshot({ path: 'test/out/sign-in-new-light.png' })
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    const applied = bridge.raw['delivery'] as { routes: { login: object }[] }
    assert.deepEqual(applied.routes[0]?.login, {
      ...password,
      method: 'oauth2',
      provider: 'microsoft',
      clientId: '11111111-2222-3333-4444-555555555555',
    })
    await page.context().close()
  })

  test('with a code: shown large, copied, its page opened, its time told; and then who is signed in', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const bridge = new FakeBridge(cloudSettings())
      const { page } = await show({ place: 'senders', bridge, theme })
      await page.getByText('Mail waits until somebody signs in as office@contoso.com').waitFor()
      await page.screenshot({ path: `test/out/sign-in-needed-${theme}.png` })
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByRole('dialog', { name: 'Sign in as office@contoso.com' }).waitFor()
      await page.screenshot({ path: `test/out/sign-in-ways-${theme}.png` })
      await page.getByRole('button', { name: 'With a code, elsewhere' }).click()
      await page.getByText('HK3Q7VZTB').waitFor()
      assert.match((await page.locator('.sign-in-left').textContent()) ?? '', /^1[45]:\d\d$/)
      await page.getByRole('button', { name: 'Copy the code' }).click()
      await page.getByRole('button', { name: 'Open the page here' }).click()
      await page.screenshot({ path: `test/out/sign-in-code-${theme}.png` })
      assert.deepEqual(await violations(page), [])
      bridge.endSignIn({ ok: true })
      await page.getByText('Mail that waited for it goes now.').waitFor()
      await page.getByRole('button', { name: 'Done' }).click()
      await page.getByText('Signed in as office@contoso.com with Microsoft').waitFor()
      await page.getByText(/renewed/).waitFor()
      await page.screenshot({ path: `test/out/sign-in-done-${theme}.png` })
      assert.deepEqual(bridge.copied, ['HK3Q7VZTB'])
      assert.deepEqual(bridge.signIns, ['device smtp.office365.com', 'open round-1'])
      await page.context().close()
    }
  })

  test('with the browser: it is opened; what goes wrong is told, and it can be begun again or cancelled', async () => {
    const bridge = new FakeBridge(cloudSettings())
    const { page } = await show({ place: 'senders', bridge })
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: /browser/ }).click()
    await page.getByText('The browser asks you to sign in as').waitFor()
    bridge.endSignIn({ ok: false, why: 'Microsoft refuses, since somebody said no' })
    await page.getByText('Nobody is signed in: Microsoft refuses, since somebody said no.').waitFor()
    await page.screenshot({ path: 'test/out/sign-in-failed-light.png' })
    bridge.failing.set('beginSignIn', 'The client id is not registered.')
    await page.getByRole('button', { name: /browser/ }).click()
    await page.getByText('The client id is not registered.').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.deepEqual(bridge.signIns, ['browser smtp.office365.com', 'open round-1'])
    await page.context().close()
  })

  test('closing the dialog ends what is waited for', async () => {
    const bridge = new FakeBridge(cloudSettings())
    const { page } = await show({ place: 'senders', bridge })
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: 'With a code, elsewhere' }).click()
    await page.getByText('HK3Q7VZTB').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal(bridge.signIns.at(-1), 'cancel round-1')
    await page.context().close()
  })

  test('Google: no code, and a client secret that goes to the secrets only', async () => {
    const bridge = new FakeBridge(cloudSettings({ secret: 'google', provider: 'google' }))
    const { page } = await show({ place: 'senders', bridge })
    await page.getByLabel('Client secret').fill('GOCSPX-very-secret')
    await page.getByText('Apply your changes first').waitFor()
    await page.screenshot({ path: 'test/out/sign-in-google-light.png' })
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    assert.equal(bridge.secrets.get('google client'), 'GOCSPX-very-secret')
    assert.doesNotMatch(JSON.stringify(bridge.raw), /very-secret/)
    assert.match(JSON.stringify(bridge.raw), /"clientSecret":"google client"/)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: /browser/ }).waitFor()
    assert.equal(await page.getByRole('button', { name: /code/ }).count(), 0)
    await page.context().close()
  })

  test('what a provider asks for goes with it', async () => {
    const bridge = new FakeBridge(cloudSettings({ tenant: 'contoso.com' }))
    const { page } = await show({ place: 'senders', bridge })
    await page.getByLabel('Provider').selectOption('other')
    await page.getByRole('textbox', { name: 'Address of the sign-in service' }).fill('http://login.example')
    await page.locator('.field').getByText('Write the address of the sign-in service').waitFor()
    await page.getByRole('textbox', { name: 'Address of the sign-in service' }).fill('https://login.example')
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    const { routes } = bridge.raw['delivery'] as { routes: { login: object }[] }
    assert.deepEqual(Object.keys(routes[0]?.login ?? {}).sort(), [
      'clientId',
      'issuer',
      'method',
      'provider',
      'secret',
      'user',
    ])
    await page.context().close()
  })

  test('a second sender at the same server gets a name of its own, and two that clash are told apart at the field', async () => {
    const raw = cloudSettings({ secret: 'smtp.office365.com' })
    const { routes } = raw['delivery'] as { routes: object[] }
    const { login: _, ...plain } = Object(routes[0])
    const second = { ...plain, senders: ['shop@contoso.com'] }
    const bridge = new FakeBridge({ ...raw, delivery: { routes: [second, ...routes] } })
    const { page } = await show({ place: 'senders', bridge })
    const sender = page.getByRole('region', { name: 'Sender 1' })
    await sender.locator('.switch').filter({ hasText: 'Sign-in' }).click()
    await sender.getByText('“smtp.office365.com 2”').waitFor()
    await page.context().close()

    const alike = { ...routes[0], senders: ['shop@contoso.com'] }
    const clashing = new FakeBridge({ ...raw, delivery: { routes: [alike, ...routes] } })
    const { page: other } = await show({ place: 'senders', bridge: clashing })
    const changed = other.getByRole('region', { name: 'Sender 2' })
    await changed.getByRole('textbox', { name: 'User name' }).fill('shop@contoso.com')
    await changed.getByText('only one sign-in is kept under it').waitFor()
    await changed.getByRole('textbox', { name: 'Kept under the name' }).fill('shop')
    await other.keyboard.press('Control+s')
    await other.getByText('Applied.').first().waitFor()
    assert.match(JSON.stringify(clashing.raw), /"user":"shop@contoso.com","secret":"shop"/)
    await other.context().close()
  })

  test('Status names what needs a person, and its button leads to the one at the sender', async () => {
    const bridge = new FakeBridge(cloudSettings())
    const text = 'Mail waits until somebody signs in again as office@contoso.com: the password was changed.'
    const mends = [{ kind: 'sign-in-again', path: 'delivery.routes[0].login.signIn' }] as const
    bridge.warnings = [{ kind: 'sign-in', text, mends }]
    const { page } = await show({ place: 'status', bridge })
    await page.getByText(text).waitFor()
    await page.screenshot({ path: 'test/out/sign-in-status-light.png' })
    await page.getByRole('button', { name: 'Sign in again' }).click()
    const button = page.getByRole('button', { name: 'Sign in', exact: true })
    await button.waitFor()
    assert.equal(await button.evaluate(found => found === document.activeElement), true)
    await page.context().close()
  })
})
