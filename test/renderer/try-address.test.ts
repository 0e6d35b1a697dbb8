/** "Try an address" where the relay is slower to answer than a person types. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { setTimeout as passed } from 'node:timers/promises'
import { endOfSuite } from '../support/ending.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

class SlowBridge extends FakeBridge {
  asked = 0
  override async ask(name: string, args: readonly never[]): Promise<unknown> {
    if (name === 'explainDraft') {
      this.asked++
      await passed(600)
    }
    return super.ask(name, args)
  }
}

test('each question is asked once, and its answer is shown however late it comes', async () => {
  const bridge = new SlowBridge()
  const { page } = await show({ place: 'smtp/access', bridge })
  const verdict = page.locator('.verdict')
  await verdict.filter({ hasText: 'Refused' }).waitFor()
  assert.equal(bridge.asked, 1)
  await page.getByLabel('Try an address', { exact: true }).and(page.locator('input')).fill('192.168.1.50')
  await verdict.filter({ hasText: 'Row 2 decides' }).waitFor()
  assert.equal(bridge.asked, 2)
  await page.context().close()
})
