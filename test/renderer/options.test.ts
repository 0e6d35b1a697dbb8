/** Every setting that a user could want has its place in the window, under a name and with a sentence. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { namesAt } from '../../app/settings/draft.ts'
import type { Step } from '../../app/settings/path.ts'
import { settingsSchema } from '../../app/settings/schema.ts'
import { optionAt } from '../../renderer/words/options.ts'
import { endOfSuite } from '../support/ending.ts'
import { openBrowser, settle } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'

/** Settings that no page shows, and why. */
const left: Readonly<Record<string, string>> = {
  schema: 'the form of the file, which no person chooses',
  'delivery.routes[].login.secret':
    'the window names it after the server, says the name at the password, and asks for another where two clash',
}

const places = [
  'smtp/general',
  'smtp/access',
  'smtp/limits',
  'smtp/ids',
  'smtp/advanced',
  'users',
  'local-mail',
  'senders',
  'security',
]

/** As in `smtp.access[].from`. */
function settingPatterns(path: readonly Step[] = []): string[] {
  return namesAt(settingsSchema, path).flatMap(name => {
    const inside = [...settingPatterns([...path, name]), ...settingPatterns([...path, name, 0])]
    return inside.length > 0 ? inside : [patternOf([...path, name])]
  })
}

function patternOf(path: readonly Step[]): string {
  return path
    .map(step => (typeof step === 'number' ? '[]' : `.${step}`))
    .join('')
    .slice(1)
}

/** Settings in which every option has something to stand at. */
function fullSettings(): Record<string, unknown> {
  const office = officeSettings()
  const route = {
    to: ['*'],
    via: 'smart-host',
    hosts: ['smtp.provider.example:587'],
    encryption: 'starttls-if-offered',
    plaintextLogin: 'local-networks',
    login: { method: 'password', user: 'office', secret: 'provider' },
  }
  const direct = { to: ['*'], via: 'mx', port: 2525 }
  const oauth = { method: 'oauth2', user: 'office@contoso.com', secret: 'cloud', clientId: 'c' }
  const clouds = [
    { ...oauth, provider: 'microsoft', tenant: 'contoso.com' },
    {
      ...oauth,
      secret: 'other',
      provider: 'other',
      issuer: 'https://login.example',
      clientSecret: 'other client',
    },
  ].map(login => ({ ...route, login }))
  const users = (office['users'] as object[]).map(user => ({ ...user, forwardTo: ['jo@elsewhere.example'] }))
  const globalAccess = [{ action: 'block', from: '203.0.113.7' }]
  const dkim = [{ domain: 'example.com', selector: 'mail', secret: 'dkim-mail' }]
  return { ...office, users, globalAccess, delivery: { routes: [route, direct, ...clouds], dkim } }
}

/** What stands there by the choices of another setting. */
const authority = {
  termsAgreed: true,
  names: ['mail.example.com'],
  dnsCommand: '/usr/local/bin/dns',
  externalAccount: 'office',
  externalKey: 'eab',
}
const certificates = [
  { source: 'files', file: '/etc/ssl/mail.pem' },
  { source: 'acme', acme: { ...authority, challenge: 'http-01' } },
  { source: 'acme', acme: { ...authority, challenge: 'dns-01' } },
]

/** Once the relay has answered what the page asks it. */
async function shownOn(page: Page): Promise<readonly string[]> {
  await settle(page)
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-option], [data-path]')].flatMap(({ dataset }) => [
      dataset['option'] ?? '',
      (dataset['path'] ?? '').replace(/\[\d+\]/g, '[]'),
    ]),
  )
}

describe('the settings', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })

  test('each has its place', async () => {
    const shown = new Set<string>()
    const views = [
      ...places.map(place => ({ place, settings: fullSettings() })),
      ...certificates.map(certificate => ({
        place: 'security',
        settings: { ...fullSettings(), certificate },
      })),
    ]
    for (const { place, settings } of views) {
      const { page } = await show({ place, bridge: new FakeBridge(settings) })
      for (const pattern of await shownOn(page)) shown.add(pattern)
      await page.context().close()
    }
    const patterns = settingPatterns()
    assert.ok(patterns.length > 40)
    assert.deepEqual(
      patterns.filter(pattern => !shown.has(pattern) && !(pattern in left)),
      [],
    )
    assert.deepEqual(
      Object.keys(left).filter(pattern => !patterns.includes(pattern)),
      [],
    )
  })

  test('each has a name and a sentence', () => {
    const wordless = settingPatterns().filter(pattern => {
      const option = optionAt(pattern)
      return !(pattern in left) && (!option || option.label === '' || option.sentence.length < 12)
    })
    assert.deepEqual(wordless, [])
  })
})
