/** Who can send?, beside the rows and under Tools: the relay's own map of the draft, findings mended by a click. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { endOfSuite } from '../support/ending.ts'
import { out } from './axe.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'

async function text(part: Locator): Promise<string> {
  return (await part.textContent()) ?? ''
}

function bridgeWith(smtp: object): FakeBridge {
  const settings = officeSettings()
  return new FakeBridge({ ...settings, smtp: { ...Object(settings['smtp']), ...smtp } })
}

const block = { action: 'block', from: 'routers' }
const office = { action: 'allow', from: 'local-networks', withoutAuthentication: true }

describe('who can send?', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })

  const panel = (page: Page) => page.getByRole('complementary', { name: 'Who can send?' })

  test('follows the rows as they are edited, each line with its rows', async () => {
    const access = [block, office, { action: 'allow', from: 'any', users: ['support'] }]
    const { page } = await show({
      place: 'smtp/access',
      bridge: bridgeWith({ access, authentication: 'required' }),
    })
    await panel(page).getByText('The rest of the Internet').waitFor()
    assert.match(await text(panel(page)), /Your router 192\.168\.1\.1\s*never · row 1/)
    await page.getByRole('button', { name: /Default for your LAN/ }).click()
    await panel(page).getByText('Everybody else').waitFor()
    assert.match(await text(panel(page)), /never: no row lets them in/)
    await page.context().close()
  })

  test('shows an open relay, and mends it in the draft by a click that undo takes back', async () => {
    const access = [block, office, { action: 'allow', from: 'any', withoutAuthentication: true }]
    const bridge = bridgeWith({ access, authentication: 'required' })
    const { page } = await show({ place: 'smtp/access', bridge })
    await panel(page)
      .getByText(/^Row 3 makes this an open relay/)
      .waitFor()
    await page.screenshot({ path: join(out, 'who-open.png') })
    await panel(page)
      .getByRole('button', { name: /^Mend: Row 3 makes this an open relay/ })
      .click()
    await panel(page)
      .getByText(/^Row 3 makes this an open relay/)
      .waitFor({ state: 'detached' })
    assert.match(await text(panel(page)), /The rest of the Internet\s*every user, after logging on/)
    assert.deepEqual(bridge.raw['smtp'], { ...Object(bridge.raw['smtp']), access })
    await page.getByRole('button', { name: 'Review' }).click()
    const review = page.getByRole('dialog')
    await review
      .getByText(/^gained|^lost/)
      .first()
      .waitFor()
    assert.match(await text(review), /lost\s*Sending to addresses outside needs a log-on now/)
    await page.screenshot({ path: join(out, 'who-review.png') })
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await panel(page)
      .getByText(/^Row 3 makes this an open relay/)
      .waitFor()
    await page.context().close()
  })

  test('mends by a row that is put in, which stands in the list as any other', async () => {
    const bridge = bridgeWith({ access: [], authentication: 'allowed' })
    const { page, complaints } = await show({ place: 'smtp/access', bridge })
    await panel(page)
      .getByRole('button', { name: /^Mend: The access list is empty/ })
      .click()
    await panel(page)
      .getByText(/^Your network/)
      .first()
      .waitFor()
    assert.equal(await page.locator('[data-row]').count(), 2)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('points at the row of a finding', async () => {
    const access = [
      block,
      office,
      { action: 'allow', from: 'any', users: ['support'] },
      { action: 'allow', from: '10.0.0.1' },
    ]
    const { page } = await show({
      place: 'tools/senders',
      bridge: bridgeWith({ access, authentication: 'required' }),
    })
    await page.getByText('Row 4 can never decide: row 3 above it takes all its addresses.').waitFor()
    await page.screenshot({ path: join(out, 'who-tools.png'), fullPage: true })
    await page.getByRole('button', { name: /^Show: Row 4/ }).click()
    await page.getByRole('grid').waitFor()
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'SMTP service')
    await page.context().close()
  })

  test('says first that the service is off, and that this holds once it is on', async () => {
    for (const place of ['smtp/access', 'tools/senders', 'tools/explain']) {
      const { page, complaints } = await show({ place, bridge: bridgeWith({ enabled: false }) })
      await page.getByText('The SMTP service is off:').waitFor()
      await page.screenshot({ path: join(out, `who-off-${place.replace('/', '-')}.png`) })
      await page.getByRole('button', { name: 'Show the switch' }).click()
      await page.getByRole('switch', { name: 'SMTP service' }).waitFor()
      assert.deepEqual(complaints, [])
      await page.context().close()
    }
  })

  test('tells under Tools of both kinds of recipients, and of every range', async () => {
    const { page, complaints } = await show({ place: 'tools/senders' })
    await page.getByText('This is no open relay.').waitFor()
    const told = await text(page.getByRole('tabpanel'))
    assert.match(told, /To your own users\s*Everybody\s*anyone, without logging on/)
    assert.match(told, /0\.0\.0\.0/)
    assert.match(told, /ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('says in the history what a change did to who can send', async () => {
    const bridge = bridgeWith({ access: [block, office], authentication: 'required' })
    const { page } = await show({ place: 'smtp/access', bridge })
    await page.getByRole('button', { name: /Default for your LAN/ }).click()
    await page.getByRole('button', { name: /^Apply/ }).click()
    await page.getByText('Applied.').first().waitFor()
    await page.getByRole('button', { name: 'Tools' }).click()
    await page.getByRole('tab', { name: 'History' }).click()
    await page.getByRole('button', { name: 'What it did' }).click()
    await page.getByText(/Sending to addresses outside needs a log-on now, from your network/).waitFor()
    await page.screenshot({ path: join(out, 'who-history.png') })
    await page.context().close()
  })
})
