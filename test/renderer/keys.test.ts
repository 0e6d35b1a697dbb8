/** The keys that work everywhere, and a draft beside what others do meanwhile. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { withDefaults } from '../../app/settings/parse.ts'
import { endOfSuite } from '../support/ending.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

const pane = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane'))

describe('keys', () => {
  test('F6 goes round the panes, arrows go through the sidebar', async () => {
    const { page } = await show({ place: 'smtp/limits' })
    const seen = []
    for (let press = 0; press < 4; press++) {
      await page.keyboard.press('F6')
      seen.push(await pane(page))
    }
    // Without changes nothing in the bar can be pressed, and the bar is passed over or holds nothing.
    assert.deepEqual(seen.filter(name => name === 'sidebar' || name === 'page').slice(0, 2), [
      'sidebar',
      'page',
    ])
    await page.getByRole('button', { name: 'SMTP' }).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Users', level: 1 }).waitFor()
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Help', level: 1 }).waitFor()
    await page.context().close()
  })

  test('Esc reverts a field, Ctrl+Z takes a change back, Ctrl+S applies', async () => {
    const { page, bridge } = await show({ place: 'smtp/limits' })
    const size = page.getByLabel('Maximum message size')
    await size.fill('40MB')
    await page.keyboard.press('Escape')
    assert.equal(await size.inputValue(), '25MB')
    await page.getByText('No changes.').waitFor()
    await size.fill('50MB')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Control+z')
    assert.equal(await size.inputValue(), '25MB')
    await size.fill('30MB')
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    assert.equal((bridge.raw['smtp'] as Record<string, unknown>)['maxMessageSize'], '30MB')
    await page.context().close()
  })

  test('Ctrl+F searches the page, F1 explains the field, and the keys where there is none', async () => {
    const { page } = await show({ place: 'smtp/general' })
    await page.keyboard.press('Control+f')
    await page.keyboard.type('relay protection')
    await page.getByText('SMTP Authentication', { exact: true }).waitFor({ state: 'detached' })
    await page.getByRole('radio', { name: /Check Client IP Address/ }).focus()
    await page.keyboard.press('F1')
    await page.getByRole('dialog').getByText('Spammers find it within hours').waitFor()
    await page.getByRole('button', { name: 'Read more in Help' }).click()
    await page.getByRole('heading', { name: 'Who may send', level: 2 }).waitFor()
    await page.getByRole('button', { name: 'Status' }).focus()
    await page.keyboard.press('F1')
    await page.getByRole('heading', { name: 'Keys of this window' }).waitFor()
    await page.context().close()
  })
})

describe('a draft', () => {
  test('survives a change made elsewhere, and both are applied', async () => {
    const { page, bridge, tell } = await show({ place: 'smtp/limits' })
    await page.getByLabel('Maximum sessions', { exact: true }).fill('50')
    bridge.raw = { ...officeSettings(), hostname: 'other.example.com' }
    await tell({ kind: 'settings', settings: withDefaults(bridge.raw), revision: '1', users: [] })
    await page.getByText('The settings were changed elsewhere').first().waitFor({ state: 'attached' })
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    const { hostname, smtp } = withDefaults(bridge.raw) as {
      hostname: string
      smtp: { maxConnections: number }
    }
    assert.deepEqual([hostname, smtp.maxConnections], ['other.example.com', 50])
    await page.context().close()
  })

  test('is kept where the relay refuses or fails, with its sentence', async () => {
    const bridge = new FakeBridge()
    const { page } = await show({ place: 'smtp/limits', bridge })
    bridge.failing.set('applyDraft', 'The settings could not be written: free some disk space.')
    await page.getByLabel('Maximum sessions', { exact: true }).fill('50')
    await page.keyboard.press('Control+s')
    await page.getByText('free some disk space').first().waitFor()
    await page.getByText('1 change.').waitFor()
    await page.getByRole('button', { name: 'Discard' }).click()
    assert.equal(await page.getByLabel('Maximum sessions', { exact: true }).inputValue(), '200')
    await page.context().close()
  })

  test('a relay that does not answer is said, and asked again', async () => {
    const bridge = new FakeBridge()
    bridge.failing.set('snapshot', 'The relay is still starting.')
    const { page } = await show({ bridge })
    await page.getByText('The relay is still starting.').waitFor()
    bridge.failing.clear()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Status', level: 1 }).waitFor()
    await page.context().close()
  })

  test('the window goes where it is told', async () => {
    const { page, tell } = await show()
    await tell({ kind: 'open-page', page: 'queue' })
    await page.getByRole('heading', { name: 'Queue', level: 1 }).waitFor()
    await tell({ kind: 'open-page', page: 'nowhere' })
    assert.ok(await page.getByRole('heading', { name: 'Queue', level: 1 }).isVisible())
    await page.context().close()
  })
})
