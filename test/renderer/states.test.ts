/** What stands over pages or in place of them: clean for axe in both themes, and photographed. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { endOfSuite } from '../support/ending.ts'
import { checkThemes, violations } from './axe.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'

interface Situation {
  readonly name: string
  readonly place: string
  /** Nothing there yet: no user, no mail, no row, no sender. */
  readonly isEmpty?: true
  arrange(page: Page): Promise<void>
}

const situations: readonly Situation[] = [
  {
    name: 'picker',
    place: 'smtp/access',
    arrange: async page => {
      await page.getByRole('button', { name: /^Users, row 2/ }).click()
      await page.getByRole('dialog').getByText('fred').click()
    },
  },
  {
    name: 'row-problems',
    place: 'smtp/access',
    arrange: async page => {
      await page.getByRole('button', { name: 'Add row' }).click()
      await page.getByText('1 change.').waitFor()
      await page.getByLabel('Comment, row 2').focus()
      await page.locator('.grid-problems').waitFor()
      await page.getByText('Step by step').waitFor({ state: 'detached' })
    },
  },
  {
    name: 'steps',
    place: 'smtp/access',
    arrange: page => page.getByText('Step by step').click(),
  },
  {
    name: 'help',
    place: 'smtp/general',
    arrange: async page => {
      await page.getByRole('radio', { name: /^Required/ }).focus()
      await page.keyboard.press('F1')
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'general-changed',
    place: 'smtp/general',
    arrange: async page => {
      await page.getByRole('radio', { name: /^Required/ }).check({ force: true })
      await page.locator('.checkbox', { hasText: 'Do not require SMTP' }).click()
      await page.getByText('Mail from the Internet can’t come in like this').waitFor()
    },
  },
  {
    name: 'why-stranger',
    place: 'log',
    arrange: async page => {
      await page.getByRole('row').filter({ hasText: 'victim@elsewhere.org' }).getByRole('button').click()
      await page.getByRole('button', { name: 'Allow this client…' }).waitFor()
    },
  },
  {
    name: 'history',
    place: 'smtp/limits',
    arrange: async page => {
      await page.getByLabel('Maximum sessions', { exact: true }).fill('50')
      await page.keyboard.press('Control+s')
      await page.getByText('Applied.').first().waitFor()
      await page.getByRole('button', { name: 'Tools' }).click()
      await page.getByRole('tab', { name: 'History' }).click()
      await page.getByRole('button', { name: /^Go back to before/ }).waitFor()
    },
  },
  ...['users', 'queue', 'log', 'senders', 'local-mail', 'smtp/access', 'status'].map(
    (place): Situation => ({
      name: `empty-${place.replace('/', '-')}`,
      place,
      isEmpty: true,
      arrange: page => page.locator('h1').waitFor(),
    }),
  ),
]

function emptyBridge(): FakeBridge {
  const bridge = new FakeBridge({ schema: 1, hostname: 'mail.example.com' })
  bridge.queue = []
  bridge.events = []
  return bridge
}

describe('every situation', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })
  for (const { name, place, isEmpty, arrange } of situations) {
    test(name, async () => {
      const { page, complaints } = await show({ place, ...(isEmpty && { bridge: emptyBridge() }) })
      await arrange(page)
      await checkThemes(page, `state-${name}`)
      assert.deepEqual(complaints, [])
      await page.context().close()
    })
  }

  const failing: readonly (readonly [string, string])[] = [
    ['snapshot', 'status'],
    ['readLog', 'status'],
    ['listQueue', 'queue'],
    ['doctor', 'tools/doctor'],
    ['explainDraft', 'smtp/access'],
  ]
  for (const [request, place] of failing) {
    test(`${request} fails: said in place of its answer, with a way on`, async () => {
      const bridge = new FakeBridge()
      bridge.failing.set(request, 'The disk of this machine can’t be read: look after it, then try again.')
      const { page } = await show({ place, bridge })
      await page.getByText('The disk of this machine').first().waitFor()
      await checkThemes(page, `state-failed-${request}`)
      const again = page.getByRole('button', { name: 'Try again' })
      if (request === 'explainDraft') return page.context().close()
      bridge.failing.clear()
      await again.first().click()
      await page.getByText('The disk of this machine').waitFor({ state: 'detached' })
      await page.context().close()
    })
  }

  test('axe notices a fault', async () => {
    const { page } = await show({ place: 'smtp/limits' })
    await page.evaluate(() => document.querySelector('.field label')?.remove())
    assert.match((await violations(page)).join(), /label/)
    await page.context().close()
  })

  test('a system theme of high contrast shows what is chosen, ticked and marked', async () => {
    const { page } = await show({ place: 'smtp/access', forcedColors: 'active' })
    await page.screenshot({ path: 'test/out/state-forced-access.png' })
    const edges = await page.evaluate(() =>
      ['.sidebar-entry[aria-current]', '.grid-row[data-active]', '.notice', '.button'].map(name => {
        const { outlineStyle, borderStyle } = getComputedStyle(document.querySelector(name) ?? document.body)
        return outlineStyle !== 'none' || borderStyle !== 'none'
      }),
    )
    assert.deepEqual(edges, [true, true, true, true])
    await page.getByRole('button', { name: 'Status' }).click()
    await page.locator('.chart-plot').waitFor()
    await page.screenshot({ path: 'test/out/state-forced-status.png' })
    const bar = await page.evaluate(
      () =>
        getComputedStyle(document.querySelector('.chart-accepted.chart-bar') ?? document.body)
          .backgroundColor,
    )
    assert.notEqual(bar, 'rgba(0, 0, 0, 0)')
    await page.context().close()
  })

  test('more contrast is given to who asks for it', async () => {
    const { page } = await show({ place: 'smtp/access', contrast: 'more' })
    await page.screenshot({ path: 'test/out/state-contrast.png' })
    const muted = await page.evaluate(
      () => getComputedStyle(document.querySelector('.muted') ?? document.body).color,
    )
    const text = await page.evaluate(() => getComputedStyle(document.body).color)
    assert.equal(muted, text)
    await page.context().close()
  })
})
