/** The keys that sign mail, on the Security page: made, copied, checked, switched off and removed. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { endOfSuite } from '../support/ending.ts'
import { waitFor } from '../support/wait.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'

interface Kept {
  readonly domain: string
  readonly selector: string
  readonly enabled: boolean
}

function keysOf({ raw }: FakeBridge): readonly Kept[] {
  return (raw['delivery'] as { dkim?: readonly Kept[] }).dkim ?? []
}

const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

function withKey(enabled = true): FakeBridge {
  const office = officeSettings()
  const dkim = [{ domain: 'example.com', selector: 'mail', secret: 'kept', enabled }]
  const bridge = new FakeBridge({ ...office, delivery: { ...Object(office['delivery']), dkim } })
  bridge.secrets.set('kept', pem)
  return bridge
}

describe('keys that sign mail', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })

  test('one is made, its record copied, and the DNS asked', async () => {
    const { page, bridge } = await show({ place: 'security' })
    await page.getByText('Mail leaves unsigned.').waitFor()
    await page.getByRole('button', { name: 'Add key' }).click()
    await page.screenshot({ path: 'test/out/dkim-add-light.png' })
    assert.equal(await page.getByRole('textbox', { name: 'Domain', exact: true }).inputValue(), 'example.com')
    await page.getByRole('button', { name: 'Make the key' }).click()
    const value = page.getByRole('textbox', { name: 'Value' })
    await value.waitFor()
    const text = await value.inputValue()
    assert.match(text, /^v=DKIM1; k=rsa; p=[A-Za-z0-9+/=]{380,400}$/)
    const [key] = keysOf(bridge)
    assert.equal(key?.domain, 'example.com')
    assert.equal(
      await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue(),
      `${key?.selector}._domainkey`,
    )
    await page.getByRole('button', { name: 'Copy Value' }).click()
    await page.getByText('Copied').waitFor()
    await page.getByRole('button', { name: 'Check the DNS' }).click()
    await page.getByText('The DNS has no record of the key').waitFor()
    bridge.inDns = { state: 'stands', text: 'The DNS has the record.' }
    await page.getByRole('button', { name: 'Check the DNS' }).click()
    await page.getByText('The DNS has the record.').waitFor()
    assert.doesNotMatch(await page.content(), /PRIVATE KEY/)
    await page.getByRole('button', { name: 'Add key' }).click()
    await page.getByRole('textbox', { name: 'Domain', exact: true }).fill('')
    await page.keyboard.press('Control+v')
    assert.equal(await page.getByRole('textbox', { name: 'Domain', exact: true }).inputValue(), text)
    await page.context().close()
  })

  test('the button that asks keeps the focus, and asks once, until the answer is there', async () => {
    const { page, bridge } = await show({ place: 'security', bridge: withKey() })
    let answer = () => {}
    bridge.holding.set('checkDkim', new Promise<void>(resolve => (answer = resolve)))
    const check = page.getByRole('button', { name: 'Check the DNS' })
    await check.focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-pending]', { hasText: 'Check the DNS' }).waitFor()
    assert.equal(await check.getAttribute('aria-disabled'), 'true')
    await page.screenshot({ path: 'test/out/dkim-asking-light.png' })
    await page.keyboard.press('Enter')
    answer()
    await page.getByText('The DNS has no record of the key').waitFor()
    const asked = () => bridge.requests.filter(name => name === 'checkDkim').length
    assert.equal(asked(), 1)
    assert.equal(await check.evaluate(button => button === document.activeElement), true)
    await page.keyboard.press('Enter')
    await waitFor('the second question', () => (asked() === 2 ? true : undefined))
    await page.context().close()
  })

  test('the key of another server is taken over; what is no key is said in the dialog', async () => {
    const { page, bridge } = await show({ place: 'security' })
    await page.getByRole('button', { name: 'Add key' }).click()
    await page.getByText('Take over a key of another server').click()
    await page.getByRole('textbox', { name: 'Selector' }).fill('old')
    await page.getByRole('textbox', { name: 'Private key' }).fill('no key')
    await page.getByRole('button', { name: 'Take it over' }).click()
    await page.getByText('Give a private key in PEM form').waitFor()
    await page.screenshot({ path: 'test/out/dkim-refused-light.png' })
    await page.getByRole('textbox', { name: 'Private key' }).fill(pem)
    await page.getByRole('button', { name: 'Take it over' }).click()
    await page.getByRole('textbox', { name: 'Value' }).waitFor()
    assert.deepEqual(
      keysOf(bridge).map(({ selector }) => selector),
      ['old'],
    )
    assert.deepEqual(bridge.secrets.get('dkim-old-example.com'), pem)
    assert.doesNotMatch(JSON.stringify(bridge.raw), /PRIVATE/)
    await page.context().close()
  })

  for (const theme of ['light', 'dark'] as const)
    test(`one is switched off and removed like any setting, ${theme}`, async () => {
      const { page, bridge } = await show({ place: 'security', bridge: withKey(), theme })
      await page.getByRole('textbox', { name: 'Value' }).waitFor()
      await page.getByRole('button', { name: 'Check the DNS' }).click()
      await page.getByText('The DNS has no record of the key').waitFor()
      await page.locator('.card').filter({ hasText: 'mail' }).getByText('More').click()
      await page.getByRole('textbox', { name: 'Value' }).scrollIntoViewIfNeeded()
      await page.screenshot({ path: `test/out/dkim-${theme}.png` })
      await page.locator('.switch').filter({ hasText: 'Sign mail with this key' }).click()
      await page.keyboard.press('Control+s')
      await page.getByText('Applied.').first().waitFor()
      assert.equal(keysOf(bridge)[0]?.enabled, false)
      await page.getByRole('button', { name: 'Remove the key mail of example.com' }).click()
      await page.getByText('Mail leaves unsigned.').waitFor()
      await page.keyboard.press('Control+s')
      await waitFor('the key to be gone', () => keysOf(bridge).length === 0 || undefined)
      await page.context().close()
    })

  test('a key that is missing in the store is said', async () => {
    const bridge = withKey()
    bridge.secrets.delete('kept')
    const { page } = await show({ place: 'security', bridge })
    await page.getByText('is not in the secret store').waitFor()
    await page.context().close()
  })
})
