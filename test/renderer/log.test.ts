/** The log in the window: every event once. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Event } from '../../app/log/event.ts'
import { endOfSuite } from '../support/ending.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'

/** Tells of its newest event while it is asked for the snapshot, which holds it too. */
class HastyBridge extends FakeBridge {
  override async ask(name: string, args: readonly never[]): Promise<unknown> {
    const [answer, event] = [await super.ask(name, args), this.events.at(-1)]
    if (name === 'snapshot' && event) await this.tell({ kind: 'event', event })
    return answer
  }
}

describe('the log', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })

  test('shows an event once that was told while the window started', async () => {
    const bridge = new HastyBridge()
    const once: Event = { kind: 'warning', time: Date.now(), text: 'Told only once.' }
    const twice: Event = { kind: 'warning', time: Date.now(), text: 'Told later.' }
    bridge.events.push(once)
    const { page, tell } = await show({ place: 'log', bridge })
    await tell({ kind: 'event', event: twice })
    await page.getByText('Told later.').first().waitFor()
    assert.equal(await page.getByText('Told only once.').count(), 1)
    await page.context().close()
  })
})
