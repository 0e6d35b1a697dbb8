/** The document's whole procedure, clicked through, ends in exactly its settings; and each address is answered as it says. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { withDefaults } from '../../app/settings/parse.ts'
import { endOfSuite } from '../support/ending.ts'
import { openBrowser } from './browser.ts'
import { officeSettings } from './office.ts'

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

/** As the document has them in its version 5. */
function documentSettings(): unknown {
  const office = officeSettings()
  const smtp = office['smtp'] as object
  return withDefaults({
    ...office,
    smtp: {
      ...smtp,
      authentication: 'required',
      internalMailWithoutAuthentication: true,
      antiRelay: 'client-address',
      access: [
        { action: 'block', from: 'routers', comment: 'Forwarded traffic' },
        {
          action: 'allow',
          from: 'local-networks',
          comment: 'Office and printers',
          withoutAuthentication: true,
        },
        { action: 'allow', from: 'any', users: ['support', 'webmaster'] },
      ],
    },
  })
}

async function followDocument(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'SMTP' }).click()
  await page.getByRole('radio', { name: /^Required/ }).check({ force: true })
  assert.ok(await page.getByRole('checkbox', { name: /Do not require SMTP authentication/ }).isChecked())
  assert.ok(await page.getByRole('radio', { name: /Check Client IP Address/ }).isChecked())
  await page.getByRole('tab', { name: 'IP Access Restrictions' }).click()
  await page.getByRole('checkbox', { name: 'Allow Unauth, row 2' }).check()
  await page.getByRole('button', { name: 'Add row' }).click()
  await page.getByLabel('Type, row 3').selectOption('Any')
  await page.getByRole('button', { name: /^Users, row 3/ }).click()
  await page.getByRole('dialog').getByText('support', { exact: true }).click()
  await page.getByRole('dialog').getByText('webmaster', { exact: true }).click()
  await page.keyboard.press('Escape')
}

const gained =
  'support and webmaster can send to addresses outside after logging on, from every address except your network 192.168.1.0/24.'

describe('the document', () => {
  test('is followed from start to Apply', async () => {
    const { page, bridge, complaints } = await show()
    await followDocument(page)
    await page.getByText('3 changes.').waitFor()
    await page.getByRole('button', { name: 'Review' }).click()
    const review = page.getByRole('dialog')
    await review.getByText('SMTP Authentication: Allowed → Required').waitFor()
    await review.getByText('added row 3 (Allow Any, users support and webmaster)').waitFor()
    await review.getByText(gained).waitFor()
    await page.screenshot({ path: 'test/out/review-light.png' })
    await review.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Applied.').first().waitFor()
    assert.deepEqual(withDefaults(bridge.raw), documentSettings())
    assert.equal(bridge.earlier.length, 1)
    assert.deepEqual(complaints, [])
    await page.getByRole('button', { name: 'Undo it' }).click()
    await page.getByText('Undone: the settings are as they were before.').first().waitFor()
    assert.deepEqual(withDefaults(bridge.raw), withDefaults(officeSettings()))
    await page.context().close()
  })

  test("answers every line of the document's table before it is applied", async () => {
    const { page, bridge } = await show()
    await followDocument(page)
    const rows: readonly (readonly [string, string, string, RegExp, string])[] = [
      ['192.168.1.50', '', 'someone@elsewhere.org', /Accepted.*250/, 'Row 2 decides'],
      ['192.168.1.1', '', 'someone@elsewhere.org', /Refused.*550 5\.7\.1/, 'Row 1 decides'],
      ['192.168.1.1', 'support', 'someone@elsewhere.org', /Refused.*550 5\.7\.1/, 'Row 1 decides'],
      ['192.168.1.1', '', 'support@example.com', /Accepted/, ''],
      ['203.0.113.9', '', 'someone@elsewhere.org', /Log on first.*530 5\.7\.0/, 'Row 3 decides'],
      ['203.0.113.9', 'support', 'someone@elsewhere.org', /Accepted.*250/, 'Row 3 decides'],
      ['203.0.113.9', 'fred', 'someone@elsewhere.org', /Refused.*550 5\.7\.1/, 'Row 3 decides'],
      ['203.0.113.9', '', 'fred@example.com', /Accepted/, ''],
      ['203.0.113.9', '', 'nobody@example.com', /Refused.*550 5\.1\.1/, ''],
    ]
    for (const [client, user, to, expected, row] of rows) {
      await page.getByLabel('Try an address', { exact: true }).and(page.locator('input')).fill(client)
      await page.locator('#try-user').selectOption(user)
      await page.locator('#try-to').fill(to)
      const verdict = page.locator('.verdict').filter({ hasText: expected }).filter({ hasText: row })
      await verdict.waitFor()
    }
    assert.equal(bridge.earlier.length, 0)
    await page.screenshot({ path: 'test/out/document-light.png' })
    await page.context().close()
  })
})
