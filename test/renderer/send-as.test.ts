/** Another sender, set at a mail sender and at a user, and taken away again. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { endOfSuite } from '../support/ending.ts'
import { waitFor } from '../support/wait.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'

interface Sending {
  readonly sendAs?: string
}

function routeOf({ raw }: FakeBridge): Sending | undefined {
  return (raw['delivery'] as { routes: readonly Sending[] }).routes[0]
}

function userOf({ raw }: FakeBridge): Sending | undefined {
  return (raw['users'] as readonly Sending[])[0]
}

describe('send as', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })

  test('of a mail sender: an address; a wrong one is said at the field', async () => {
    const { page, bridge } = await show({ place: 'senders' })
    await page.locator('.card').first().getByText('More', { exact: true }).click()
    const field = page.getByRole('textbox', { name: 'Send as' }).first()
    await field.fill('no address')
    await page.locator('.field').getByText('Write an address such as anna@example.com.').waitFor()
    await field.fill('office@cloud.example')
    await page.screenshot({ path: 'test/out/send-as-sender-light.png' })
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    assert.equal(routeOf(bridge)?.sendAs, 'office@cloud.example')
    await field.fill('')
    await page.keyboard.press('Control+s')
    await waitFor('no address', () => !Object.hasOwn(routeOf(bridge) ?? {}, 'sendAs') || undefined)
    await page.context().close()
  })

  test('of a user; null in the file is an empty field', async () => {
    const office = officeSettings()
    const users = (office['users'] as object[]).map(user => ({ ...user, sendAs: null }))
    const { page, bridge } = await show({
      place: 'users',
      theme: 'dark',
      bridge: new FakeBridge({ ...office, users }),
    })
    const field = page.getByRole('textbox', { name: 'Send as' })
    assert.equal(await field.inputValue(), '')
    await field.fill('office@cloud.example')
    await field.scrollIntoViewIfNeeded()
    await page.screenshot({ path: 'test/out/send-as-user-dark.png' })
    await page.keyboard.press('Control+s')
    await waitFor('the address', () => userOf(bridge)?.sendAs === 'office@cloud.example' || undefined)
    await page.context().close()
  })
})
