/** "Why?" in the window: each refusal with its own words, the setting it goes by, and the click that mends it. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Event } from '../../app/log/event.ts'
import { reply } from '../../app/mail/reply.ts'
import { endOfSuite } from '../support/ending.ts'
import { violations } from './axe.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'

const device = '192.168.1.77'
const at = { session: 's1', client: device }
const bareLf = reply(554, '5.6.0', 'A line ends in LF without CR in line 3 of the message')
const slow = reply(421, '4.4.2', 'The command took too long to come; closing the connection')

const refused = (text: typeof bareLf): Event => ({
  kind: 'message-refused',
  from: 'scanner@example.com',
  reply: text,
  time: Date.now(),
  ...at,
})

describe('why', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })

  for (const theme of ['light', 'dark'] as const)
    test(`line ends of a device are mended by a row for it alone, to be looked at first (${theme})`, async () => {
      const bridge = new FakeBridge()
      bridge.events.push(refused(bareLf))
      const { page, complaints } = await show({ place: 'log', theme, bridge })
      await page.getByRole('row').filter({ hasText: device }).getByRole('button', { name: 'Why?' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText(`${device} ends its lines in LF alone, in line 3 of its message`).waitFor()
      await page.screenshot({ path: `test/out/why-bare-lf-${theme}.png` })
      assert.deepEqual(await violations(page), [])
      await dialog.getByRole('button', { name: 'Mend this…' }).click()
      await page.waitForFunction(() => document.activeElement?.closest('[data-row]'))
      const path = await page.evaluate(() =>
        document.activeElement?.closest('[data-row]')?.getAttribute('data-path'),
      )
      const number = Number(/^smtp\.access\[(\d+)\]$/.exec(path ?? '')?.[1])
      assert.equal(await page.getByLabel(`Address, row ${number + 1}`).inputValue(), device)
      await page.keyboard.press('Control+s')
      await page.getByText('Applied.').first().waitFor()
      const { access } = bridge.raw['smtp'] as { access: readonly { from: string; mendLineEnds: boolean }[] }
      assert.deepEqual(
        access.flatMap(({ from, mendLineEnds }, row) => (mendLineEnds ? [[row, from]] : [])),
        [[number, device]],
      )
      assert.deepEqual(complaints, [])
      await page.context().close()
    })

  test('nothing is put in beside rows that are being edited', async () => {
    const bridge = new FakeBridge()
    bridge.events.push(refused(bareLf))
    const { page, tell } = await show({ place: 'smtp/access', bridge })
    await page.getByLabel('Comment, row 1').fill('another')
    await tell({ kind: 'open-page', page: 'log' })
    await page.getByRole('row').filter({ hasText: device }).getByRole('button', { name: 'Why?' }).click()
    await page.getByText('The rows are being edited, so this can’t be mended by a click now').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Mend this…' }).count(), 0)
    await page.context().close()
  })

  test('a time limit is told as it stands, and shown', async () => {
    const bridge = new FakeBridge()
    bridge.events.push({ kind: 'session-refused', reply: slow, time: Date.now(), ...at })
    const { page } = await show({ place: 'log', bridge })
    await page.getByRole('row').filter({ hasText: device }).getByRole('button', { name: 'Why?' }).click()
    await page.getByText('A command may take 5m from its first byte to its end').waitFor()
    await page.getByRole('button', { name: 'Show the setting' }).click()
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT')
    await page.context().close()
  })
})
