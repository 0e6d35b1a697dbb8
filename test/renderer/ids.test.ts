/** Who is blocked, on the Security page and in the Log: seen, viewed and unblocked; and the IDS/IPS tab. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { BlockFacts } from '../../app/control/control.ts'
import { endOfSuite } from '../support/ending.ts'
import { violations } from './axe.ts'
import { openBrowser, settle } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'

const minute = 60_000

function block(address: string, changes: Partial<BlockFacts> = {}): BlockFacts {
  const [since, until] = [Date.now() - 5 * minute, Date.now() + 25 * minute]
  return {
    address,
    since,
    until,
    points: 450,
    why: '7 wrong passwords and 2 unknown recipients',
    offences: [
      { kind: 'badPassword', who: 'support', count: 7, points: 350, first: since - minute, last: since },
      { kind: 'unknownRecipient', count: 2, points: 100, first: since - minute, last: since },
    ],
    refused: 31,
    known: [],
    ...changes,
  }
}

function withBlocks(): FakeBridge {
  const bridge = new FakeBridge()
  bridge.blocked = [block('203.0.113.7'), block('2001:db8:1:2::/64', { known: ['webmaster'] })]
  return bridge
}

describe('blocked addresses', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })

  for (const theme of ['light', 'dark'] as const)
    test(`are listed, viewed and unblocked, ${theme}`, async () => {
      const { page, bridge, complaints } = await show({ place: 'security', bridge: withBlocks(), theme })
      const section = page.locator('section').filter({ hasText: 'Blocked addresses' })
      await section.getByText('203.0.113.7').waitFor()
      await section.getByText('but for known accounts').waitFor()
      await section.scrollIntoViewIfNeeded()
      await settle(page)
      await page.screenshot({ path: `test/out/blocked-${theme}.png` })
      await section.getByRole('button', { name: 'View what 203.0.113.7 did' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('Bad password').waitFor()
      await dialog.getByText('31').waitFor()
      await settle(page)
      await page.screenshot({ path: `test/out/blocked-view-${theme}.png` })
      assert.deepEqual(await violations(page), [])
      await dialog.getByRole('button', { name: 'Unblock' }).click()
      await page.getByText('203.0.113.7 is unblocked.').first().waitFor()
      await section.getByRole('button', { name: 'Unblock 2001:db8:1:2::/64' }).click()
      await section.getByText('Nobody is blocked.').waitFor()
      assert.deepEqual(bridge.blocked, [])
      assert.deepEqual(await violations(page), [])
      assert.deepEqual(complaints, [])
      await page.context().close()
    })

  test('one that comes is shown at once, and the log says why', async () => {
    const bridge = new FakeBridge()
    const { page, tell } = await show({ place: 'security', bridge })
    await page.getByText('Nobody is blocked.').waitFor()
    bridge.blocked = [block('203.0.113.7')]
    const { points, until, why } = block('203.0.113.7')
    const event = { kind: 'blocked', address: '203.0.113.7', points, until, why, time: Date.now() } as const
    await tell({ kind: 'event', event })
    await page.getByRole('button', { name: 'Unblock 203.0.113.7' }).waitFor()
    await tell({ kind: 'open-page', page: 'log' })
    const row = page.getByRole('row').filter({ hasText: 'Blocked' }).first()
    await row.getByRole('button', { name: 'Why?' }).click()
    await page.getByRole('dialog').getByText('Bad password').waitFor()
    await page.screenshot({ path: 'test/out/blocked-why.png' })
    const dialog = page.getByRole('dialog')
    await dialog.getByText('is turned away for a time for what it did: 7 wrong passwords').waitFor()
    await dialog.getByRole('button', { name: 'Unblock' }).click()
    await dialog.getByText("Nothing: it isn't blocked now.").waitFor()
    assert.deepEqual(bridge.blocked, [])
    await dialog.getByRole('button', { name: 'Show the setting' }).click()
    await page.getByRole('textbox', { name: 'Bad password' }).waitFor()
    await page.context().close()
  })

  test('the rules are set, and what is wrong is said at its field', async () => {
    const { page, bridge } = await show({ place: 'smtp/ids' })
    await page.getByRole('textbox', { name: 'Bad password' }).fill('100')
    await page.getByRole('textbox', { name: 'Always block' }).fill('203.0.113.0/24, any')
    await page.getByText('a word such as "any" would turn everybody away').first().waitFor()
    await page.getByRole('textbox', { name: 'Always block' }).fill('203.0.113.0/24')
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    const { ids } = bridge.raw['smtp'] as { ids: { points: object; alwaysBlock: readonly string[] } }
    assert.deepEqual(Object(ids.points).badPassword, 100)
    assert.deepEqual(ids.alwaysBlock, ['203.0.113.0/24'])
    await page.context().close()
  })
})
