/** Status and Security: what needs a person, and the button that mends each. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { WarningKind } from '../../app/control/control.ts'
import { endOfSuite } from '../support/ending.ts'
import { waitFor } from '../support/wait.ts'
import { checkThemes } from './axe.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

/** Where each kind's button leads; the words are nonsense, so that nothing can follow from them. */
const ways: readonly (readonly [WarningKind, string, string])[] = [
  ['not-running', 'Show the bindings', 'SMTP service'],
  ['no-route', 'Add a mail sender', 'Mail senders'],
  ['held-without-route', 'Show the mail senders', 'Mail senders'],
  ['held-without-route', 'Show the queue', 'Queue'],
  ['stuck-mail', 'Show the queue', 'Queue'],
  ['hop-down', 'Show the queue', 'Queue'],
  ['dkim-key', 'Show the keys', 'Security'],
  ['disk-low', 'Examine this machine', 'Tools'],
  ['certificate', 'Show the certificate', 'Security'],
]

describe('warnings', () => {
  for (const [kind, button, title] of ways) {
    test(`${kind}: ${button}`, async () => {
      const bridge = new FakeBridge()
      bridge.warnings = [{ kind, text: 'Lorem ipsum.' }]
      const { page } = await show({ bridge })
      await page.getByText('Lorem ipsum.').waitFor()
      await page.getByRole('button', { name: button }).click()
      await page.getByRole('heading', { name: title, level: 1 }).waitFor()
      await page.context().close()
    })
  }

  test('all of them together are clean, and fit the smallest window', async () => {
    const bridge = new FakeBridge()
    const kinds: readonly WarningKind[] = [
      'not-running',
      'paused',
      'no-route',
      'held-without-route',
      'certificate',
    ]
    bridge.warnings = kinds.map(kind => ({
      kind,
      text: 'Something is not as it should be, and this sentence says what to do about it, at some length.',
    }))
    const { page } = await show({ bridge, width: 720, height: 520 })
    assert.equal(await page.getByRole('list', { name: 'What needs you' }).getByRole('listitem').count(), 5)
    await checkThemes(page, 'state-warnings')
    await page.context().close()
  })

  test('mail is paused and resumed, from the head and from the warning', async () => {
    const { page, bridge } = await show()
    await page.getByText('Running, and taking mail since').waitFor()
    await page.getByRole('button', { name: 'Pause taking mail' }).click()
    await page.getByText('Postern is paused').waitFor()
    await page.getByText('No port is open').waitFor()
    await page.screenshot({ path: 'test/out/state-paused-light.png' })
    await page
      .getByRole('list', { name: 'What needs you' })
      .getByRole('button', { name: 'Resume taking mail' })
      .click()
    await page.getByRole('button', { name: 'Pause taking mail' }).waitFor()
    assert.equal(bridge.paused, false)
    await page.context().close()
  })

  test('a service that is switched off is not offered to be resumed: that would not help', async () => {
    const bridge = new FakeBridge()
    bridge.listening = false
    const { page } = await show({ bridge })
    await page.getByRole('button', { name: 'Show the SMTP service' }).click()
    await page.waitForFunction(() => document.activeElement?.closest('[data-path="smtp.enabled"]') !== null)
    await page.context().close()
  })
})

describe('servers that mail waits for', () => {
  test('stand on the Status page and in the queue, and are tried now', async () => {
    const bridge = new FakeBridge()
    const hop = (name: string, waiting: number) => ({
      name,
      reason: 'unreachable' as const,
      since: Date.now() - 60_000,
      next: Date.now() + 4 * 60_000,
      why: 'it refused the connection: check that its mail service runs, and the port',
      waiting,
    })
    bridge.hops = [hop('smtp.provider.example:587', 312), hop('partner.example', 1)]
    const { page } = await show({ bridge })
    const list = page.getByRole('list', { name: 'Servers that mail waits for' })
    const words = await list.getByRole('listitem').allInnerTexts()
    assert.match(
      words[0] ?? '',
      /^smtp\.provider\.example:587 doesn’t answer since \S+; next try in 4\sminutes; 312\smessages wait\. It refused the connection: /,
    )
    assert.match(words[1] ?? '', /1\smessage waits\./)
    await checkThemes(page, 'status-hops')
    await list.getByRole('button', { name: 'Try now' }).first().click()
    const asked = await waitFor('the request', () => bridge.retried[0])
    assert.deepEqual(asked, { ids: [], all: true, filter: { hop: 'smtp.provider.example:587' } })
    await page.context().close()
    const { page: queue } = await show({ bridge, place: 'queue' })
    await queue.getByRole('list', { name: 'Servers that mail waits for' }).waitFor()
    await checkThemes(queue, 'queue-hops')
    await queue.context().close()
  })
})

describe('an open relay', () => {
  const any = { action: 'allow', from: 'any' }
  const office = { action: 'allow', from: 'local-networks' }
  const causes: readonly (readonly [string, object, readonly string[], string])[] = [
    [
      'a row without SMTP authentication',
      { smtp: { access: [office, any], authentication: 'allowed' } },
      ['Show SMTP Authentication', 'Show row 2'],
      'smtp.authentication',
    ],
    [
      'Allow Unauth on a row',
      { smtp: { access: [office, { ...any, withoutAuthentication: true }], authentication: 'required' } },
      ['Show row 2'],
      'smtp.access[1]',
    ],
    [
      'Local Nets that reach into the Internet',
      {
        localNetworks: ['198.51.100.0/24'],
        smtp: { access: [{ ...office, withoutAuthentication: true }], authentication: 'required' },
      },
      ['Show Local Nets', 'Show row 1'],
      'localNetworks',
    ],
  ]
  for (const [name, settings, buttons, path] of causes) {
    test(`leads to what opened it: ${name}`, async () => {
      const bridge = new FakeBridge({ ...officeSettings(), ...settings })
      bridge.warnings = []
      const { page } = await show({ bridge })
      const warning = page.getByRole('list', { name: 'What needs you' })
      await warning.getByText('This server is an open relay').waitFor()
      await warning.getByRole('button').first().waitFor()
      assert.deepEqual(await warning.getByRole('button').allTextContents(), buttons)
      await warning.getByRole('button').first().click()
      await page.waitForFunction(
        wanted => document.activeElement?.closest(`[data-path^="${CSS.escape(wanted)}"]`) !== null,
        path,
      )
      await page.context().close()
    })
  }
})

describe('the figures', () => {
  test('lead to what they count', async () => {
    const { page } = await show()
    await page.getByRole('button', { name: '1 Held' }).click()
    await page.getByRole('row').filter({ hasText: 'webmaster@nowhere.example' }).waitFor()
    assert.equal(await page.getByRole('row').count(), 2)
    await page.context().close()
  })

  test('the chart counts each hour, and says so to who hears it', async () => {
    const { page } = await show()
    const words = await page.getByRole('img').getAttribute('aria-label')
    assert.match(
      words ?? '',
      /^The last 24 hours: \d{2,} accepted, 2 refused, \d{2,} delivered, \d{2,} deferred$/,
    )
    assert.equal(await page.locator('.chart-hour').count(), 24)
    await page.context().close()
  })
})

describe('the certificate', () => {
  test('is told with its name, its end and who signed it', async () => {
    const { page } = await show({ place: 'security' })
    await page.getByText('12 more days').waitFor()
    await page.getByText('mail.example.com', { exact: true }).waitFor()
    await page.getByText('itself, as Postern made it').waitFor()
    await page.context().close()
  })
})
