/** The certificate on the Security page: which one there is, where it comes from, and what is wrong with that. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { endOfSuite } from '../support/ending.ts'
import { waitFor } from '../support/wait.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'

const agreed = { termsAgreed: true, names: ['mail.example.com'] }
const year = 365 * 24 * 3_600_000

function withCertificate(certificate: unknown): FakeBridge {
  return new FakeBridge({ ...officeSettings(), certificate })
}

const kept = ({ raw }: FakeBridge) => raw['certificate'] as Record<string, unknown>

async function picture(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 1240, height: 2000 })
  await page
    .locator('section', { has: page.getByRole('heading', { name: 'Certificate', exact: true }) })
    .last()
    .screenshot({ path: `test/out/certificate-${name}.png` })
}

describe('the certificate', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })

  for (const theme of ['light', 'dark'] as const)
    test(`has its picture for each place it comes from, ${theme}`, async () => {
      const cases = [
        ['own', { source: 'own' }, {}],
        ['files', { source: 'files', file: '/etc/ssl/mail.pem' }, { selfSigned: false, issuer: 'Office CA' }],
        ['acme', { source: 'acme', acme: agreed }, { renewal: { next: Date.now() + year } }],
        [
          'acme-failed',
          { source: 'acme', acme: { ...agreed, challenge: 'dns-01', dnsCommand: '/usr/local/bin/dns' } },
          {
            renewal: {
              next: Date.now() + 3_000_000,
              failed: 'No certificate was got from acme.example: it is silent.',
            },
          },
        ],
      ] as const
      for (const [name, certificate, facts] of cases) {
        const bridge = withCertificate(certificate)
        bridge.certificate = facts
        const { page } = await show({ place: 'security', bridge, theme })
        await page.getByText('Where it comes from').waitFor()
        await picture(page, `${name}-${theme}`)
        await page.context().close()
      }
    })

  test('one in files is named, with its passphrase in the secret store', async () => {
    const { page, bridge } = await show({ place: 'security' })
    await page.getByText('From files').click()
    await page.getByRole('textbox', { name: 'Certificate file' }).fill('/etc/ssl/mail.pfx')
    await page.getByLabel('Passphrase').fill('open sesame')
    await page.getByRole('button', { name: 'Apply' }).click()
    await waitFor('the change', () => (kept(bridge)?.['source'] === 'files' ? true : undefined))
    assert.equal(kept(bridge)['file'], '/etc/ssl/mail.pfx')
    assert.equal(kept(bridge)['passphrase'], 'certificate passphrase')
    assert.equal(bridge.secrets.get('certificate passphrase'), 'open sesame')
    assert.ok(!JSON.stringify(bridge.raw).includes('sesame'))
  })

  test('an account at the authority is named, with its key in the secret store', async () => {
    const bridge = withCertificate({ source: 'acme', acme: agreed })
    const { page } = await show({ place: 'security', bridge })
    assert.equal(await page.getByLabel('Key to the account id').count(), 0)
    await page.getByRole('textbox', { name: 'Account id at the authority' }).fill('office-1')
    await page.getByText('Set the key here that the authority gave you').first().waitFor()
    await page.getByLabel('Key to the account id').fill('zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44')
    await picture(page, 'acme-account')
    await page.getByRole('button', { name: 'Apply' }).click()
    const acme = () => kept(bridge)['acme'] as Record<string, unknown>
    await waitFor('the change', () => acme()['externalAccount'] as string | undefined)
    assert.equal(acme()['externalKey'], 'acme external key')
    assert.match(bridge.secrets.get('acme external key') ?? '', /^zWND/)
    assert.ok(!JSON.stringify(bridge.raw).includes('zWND'))
  })

  test('what is missing is said at its field', async () => {
    const { page } = await show({ place: 'security' })
    await page.getByText('From files').click()
    await page.getByText('Write the whole path of the certificate here').first().waitFor()
    await page.getByText('From an authority, by itself').click()
    const terms = page.locator(
      '[data-option="certificate.acme.termsAgreed"], [data-path="certificate.acme.termsAgreed"]',
    )
    await page
      .getByText('Read the authority’s terms of service, and')
      .or(page.getByText("Read the authority's terms of service, and"))
      .first()
      .waitFor()
    assert.ok((await terms.count()) > 0)
  })

  test('a new one is asked for, and what became of it told', async () => {
    const bridge = withCertificate({ source: 'acme', acme: agreed })
    bridge.certificate = { renewal: { next: Date.now() + year } }
    const { page } = await show({ place: 'security', bridge })
    await page.getByRole('button', { name: 'Get a new one now' }).click()
    await page.getByText('No certificate was got from acme.example: it is silent.').waitFor()
    const facts = { names: ['mail.example.com'], issuer: 'CA', selfSigned: false, until: Date.now() + year }
    bridge.renewed = { ok: true, facts }
    await page.getByRole('button', { name: 'Get a new one now' }).click()
    await page.getByText('A new certificate is in use, for mail.example.com.').waitFor()
  })

  test('why the one that the settings name isn’t used stands there', async () => {
    const bridge = withCertificate({ source: 'files', file: '/etc/ssl/mail.pem' })
    bridge.certificate = {
      trouble: 'There is no file /etc/ssl/mail.pem: write where it is, or put it there.',
    }
    const { page } = await show({ place: 'security', bridge })
    await page.getByText('There is no file /etc/ssl/mail.pem').waitFor()
  })
})

describe('a binding for old devices', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })

  for (const theme of ['light', 'dark'] as const)
    test(`is ticked, says what it needs, and is refused at a public address, ${theme}`, async () => {
      const { page, bridge } = await show({ place: 'smtp/general', theme })
      await page.getByText('For old devices, in local networks only').first().click()
      await page.getByText('Write one private address of this machine here').first().waitFor()
      await page.screenshot({ path: `test/out/old-devices-${theme}.png` })
      await page.getByRole('textbox', { name: 'Address of binding 1' }).fill('192.168.1.10')
      await page.getByRole('button', { name: 'Apply' }).click()
      const listeners = () => (bridge.raw['smtp'] as { listeners: { oldDevices?: boolean }[] }).listeners
      await waitFor('the change', () => listeners()[0]?.oldDevices || undefined)
    })
})
