/** Tools, Import/Export: a pasted list is looked at, mended or answered for, and put into the draft. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { endOfSuite } from '../support/ending.ts'
import { checkThemes } from './axe.ts'
import { openBrowser } from './browser.ts'

const list = 'NOGLOBAL\n# office\n192.168.1.0 255.255.255.0 noauth\n0.0.0.0 0.0.0.0 support bob\n10.0.0.300\n'

describe('import', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })

  test('a pasted list: problems by line, the question, the draft, and Apply', async () => {
    const { page, bridge, complaints } = await show({ place: 'tools/exchange' })
    await page.getByLabel('Paste the list here').fill(list)
    await page.getByText('line 5:').waitFor()
    await page.getByText('There is no account bob yet', { exact: false }).waitFor()
    const take = page.getByRole('button', { name: 'Put it into the draft' })
    assert.equal(await take.isDisabled(), true)
    await page.getByLabel(/Take the list without these lines/).check()
    await page.waitForFunction(
      () => !document.querySelector('.exchange-preview button')?.hasAttribute('data-disabled'),
    )
    await page.setViewportSize({ width: 1000, height: 1300 })
    await checkThemes(page, 'import')
    await take.click()
    await page.getByText('The list is in your draft', { exact: false }).waitFor()
    await page.getByRole('grid').waitFor()
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    const smtp = bridge.raw['smtp'] as { access: readonly { from: string }[]; useGlobalAccess?: boolean }
    assert.deepEqual(
      smtp.access.map(({ from }) => from),
      ['192.168.1.0/24', 'any'],
    )
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  const wrong = {
    'vpop3-1.5': [
      'NOGLOBAL\n10.0.0.0 255.0.0.0\n10.0.0.300 noauth\n',
      3,
      '10.0.0.300 noauth',
      'not an IPv4 address',
    ],
    'vpop3-3': ['Allow Any - fred\n\nPermit Mars\n', 3, 'Permit Mars', 'neither Allow nor Block'],
    'vpop3-5': ['0\n1|0||0|0||\n1|100|DE|0|0||\n', 3, '1|100|DE|0|0||', 'GeoIP rows'],
    postfix: [
      'mynetworks = 10.0.0.0/8,\n  hash:/etc/postfix/networks\nsmtpd_relay_restrictions = permit_mynetworks, reject\n',
      2,
      'hash:/etc/postfix/networks',
      'a hash table can',
    ],
    hmailserver: [
      '<Backup><SecurityRanges>\n<SecurityRange Name="a" LowerIP="10.0.0.1" UpperIP="10.0.0.9" Priority="1" Options="1"/>\n<SecurityRange Name="b" LowerIP="x" UpperIP="y" Priority="1" Options="1"/>\n</SecurityRanges></Backup>',
      3,
      '<SecurityRange Name="b"',
      'run from a LowerIP',
    ],
  } as const
  for (const [dialect, [text, line, excerpt, sentence]] of Object.entries(wrong)) {
    test(`${dialect}, pasted with a mistake: told with its line and what stands there`, async () => {
      const { page, complaints } = await show({ place: 'tools/exchange' })
      await page.getByLabel('Paste the list here').fill(text)
      const told = page
        .getByRole('listitem')
        .filter({ hasText: `line ${line}:` })
        .filter({ hasText: sentence })
      await told.waitFor()
      assert.ok((await told.locator('code').textContent())?.includes(excerpt))
      assert.equal(await page.getByRole('button', { name: 'Put it into the draft' }).isDisabled(), true)
      await page.setViewportSize({ width: 1000, height: 1300 })
      await checkThemes(page, `import-${dialect}`)
      assert.deepEqual(complaints, [])
      await page.context().close()
    })
  }

  test('an empty list asks what it is to mean', async () => {
    const { page } = await show({ place: 'tools/exchange' })
    await page.getByLabel('Written by').selectOption('vpop3-5')
    await page.getByLabel('Paste the list here').fill('0\n')
    const take = page.getByRole('button', { name: 'Put it into the draft' })
    await page.getByText('VPOP3 let everybody in then', { exact: false }).waitFor()
    assert.equal(await take.isDisabled(), true)
    await page.getByLabel('Nobody may send to addresses outside').check()
    await page.waitForFunction(
      () => !document.querySelector('.exchange-preview button')?.hasAttribute('data-disabled'),
    )
    await page.context().close()
  })

  test('files: a main.cf with its table, whichever was chosen first', async () => {
    const { page } = await show({ place: 'tools/exchange' })
    const main =
      'smtpd_sasl_auth_enable = yes\nsmtpd_relay_restrictions = check_client_access cidr:/etc/postfix/a.cidr, permit_sasl_authenticated, reject_unauth_destination\n'
    const buffer = (text: string) => Buffer.from(text)
    await page.locator('input[type=file]').setInputFiles([
      { name: 'a.cidr', mimeType: 'text/plain', buffer: buffer('10.0.0.0/8 OK\n') },
      { name: 'main.cf', mimeType: 'text/plain', buffer: buffer(main) },
    ])
    await page.getByText('Postfix: 2 rows').waitFor()
    assert.match(
      (await page.locator('.exchange-rows').textContent()) ?? '',
      /Allow 10\.0\.0\.0\/8, without authentication/,
    )
    await page.context().close()
  })

  test('what can’t be understood is said, and can be tried again', async () => {
    const { page } = await show({ place: 'tools/exchange' })
    await page.getByLabel('Paste the list here').fill('hello')
    await page.getByText('It is none of the lists', { exact: false }).waitFor()
    await page.context().close()
  })

  test('export: VPOP3’s text, and Postfix’s files', async () => {
    const { page, complaints } = await show({ place: 'tools/exchange' })
    await page.getByLabel('Written for').selectOption('vpop3-5')
    assert.match(await page.getByLabel('vpop3-5.txt').inputValue(), /^0\r?\n0\|0\|\|2\|/)
    await page.getByLabel('Written for').selectOption('postfix')
    await page.getByText('postern-clients.cidr', { exact: true }).waitFor()
    await page.setViewportSize({ width: 1000, height: 1300 })
    await checkThemes(page, 'export')
    assert.deepEqual(complaints, [])
    await page.context().close()
  })
})
