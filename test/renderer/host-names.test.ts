/** Rows for a host name in the window: typed like an address, and shown with what the DNS says and when. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { endOfSuite } from '../support/ending.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

test('a host name is typed into the Address cell, by its type or at once', async () => {
  const bridge = new FakeBridge()
  bridge.names = [
    { name: 'home.example.net', addresses: ['203.0.113.7'], refused: [], answered: Date.now() - 100_000 },
    {
      name: 'away.example.net',
      addresses: [],
      refused: ['192.168.1.20'],
      answered: Date.now() + 2000,
    },
    {
      name: 'old.example.net',
      addresses: ['198.51.100.4', '2001:db8::4'],
      refused: [],
      answered: Date.now() - 3 * 3_600_000,
      failing: { since: Date.now() - 3 * 3_600_000, why: 'the DNS server is silent' },
    },
  ]
  const { page, complaints } = await show({ place: 'smtp/access', bridge })
  await page.getByRole('button', { name: 'Add row' }).click()
  await page.getByLabel('Type, row 3').selectOption('Host name')
  assert.equal(await page.getByLabel('Type, row 3').inputValue(), 'name')
  await page.getByLabel('Address, row 3').pressSequentially('home.example.net')
  assert.equal(await page.getByLabel('Address, row 3').inputValue(), 'home.example.net')
  await page.getByText('Prefix, row 3: none').waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Add row' }).click()
  await page.getByLabel('Address, row 4').pressSequentially('my-pc.example.net')
  assert.equal(await page.getByLabel('Type, row 4').inputValue(), 'name')
  await page.locator('.grid-problems').waitFor({ state: 'detached' })
  await page.getByLabel('Address, row 4').fill('my-pc.example.net/24')
  await page.locator('.grid-problems').getByText('A host name stands alone').waitFor()
  await page.getByLabel('Address, row 4').fill('192.168.7.9')
  await page.locator('.grid-problems').waitFor({ state: 'detached' })
  assert.equal(await page.getByLabel('Type, row 4').inputValue(), 'ipv4')
  // The rows just typed aren't in force: of a name that isn't known yet the map says so.
  await page.getByText('my-pc').waitFor({ state: 'detached' })
  await page.getByLabel('Address, row 4').fill('my-pc.example.net')
  await page
    .getByRole('complementary', { name: 'Who can send?' })
    .getByText('my-pc.example.net: looked up when applied; until then its rows match nobody.')
    .waitFor()
  await page.getByLabel('Address, row 4').fill('branch-office.dyn.provider.example')
  await page.getByLabel('Comment, row 4').focus()
  const lines = await page.getByLabel('Address, row 4').inputValue()
  assert.deepEqual(lines.split('\u200b'), ['branch-office.', 'dyn.', 'provider.', 'example'])
  await page.getByLabel('Address, row 4').focus()
  assert.equal(await page.getByLabel('Address, row 4').inputValue(), 'branch-office.dyn.provider.example')
  const told = await page.getByLabel('Host names').getByRole('listitem').allTextContents()
  assert.equal(told[0], 'home.example.net is 203.0.113.7, 2\u00a0minutes ago.')
  assert.match(told[1] ?? '', /has no address: .*192\.168\.1\.20 isn’t taken/)
  assert.ok(!told.join().includes('in a moment'))
  assert.match(told[2] ?? '', /3\shours ago\. Looked up in vain: the DNS server is silent/)
  await page.screenshot({ path: 'test/out/host-names-light.png' })
  assert.equal(await page.getByRole('button', { name: 'Mend it' }).count(), 0)
  assert.deepEqual(complaints, [])
  await page.context().close()
})
