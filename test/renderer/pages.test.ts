/** Every page in both themes: without complaints, clean for axe, photographed, and never wider than the window. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { endOfSuite } from '../support/ending.ts'
import { checkThemes, out } from './axe.ts'
import { openBrowser } from './browser.ts'

const places = [
  'status',
  'smtp/general',
  'smtp/access',
  'smtp/limits',
  'smtp/advanced',
  'users',
  'local-mail',
  'senders',
  'queue',
  'log',
  'security',
  'tools/explain',
  'tools/exchange',
  'tools/history',
  'tools/doctor',
]

describe('every page', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })
  for (const place of places) {
    test(place, async () => {
      const name = place.replace('/', '-')
      const { page, complaints } = await show({ place })
      await settle(page)
      await checkThemes(page, `page-${name}`)
      await page.setViewportSize({ width: 720, height: 520 })
      await page.screenshot({ path: join(out, `small-${name}.png`) })
      assert.deepEqual(await tooWide(page), [])
      assert.deepEqual(complaints, [])
      await page.context().close()
    })
  }
})

async function settle(page: Page): Promise<void> {
  await page.waitForFunction(() => !/Asking/.test(document.body.textContent ?? ''))
}

/** What sticks out of the window or makes a part of it scroll sideways. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = [
      document.documentElement,
      ...document.querySelectorAll('.page, .sidebar, .draft-bar, .grid'),
    ]
    return wide
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
      .map(
        ({ className, scrollWidth, clientWidth }) =>
          `${className || 'window'}: ${scrollWidth} in ${clientWidth}`,
      )
  })
}
