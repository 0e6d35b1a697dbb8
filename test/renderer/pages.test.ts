/** Every page in both themes: without complaints, clean for axe, photographed, and never wider than the window. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { endOfSuite } from '../support/ending.ts'
import { openBrowser } from './browser.ts'

const out = join(import.meta.dirname, '../out')
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
  'tools/history',
  'tools/doctor',
]

describe('every page', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    mkdirSync(out, { recursive: true })
    show = await openBrowser(suite)
  })
  for (const theme of ['light', 'dark'] as const) {
    for (const place of places) {
      test(`${place}, ${theme}`, async () => {
        const { page, complaints } = await show({ place, theme })
        await settle(page)
        await page.screenshot({ path: join(out, `page-${place.replace('/', '-')}-${theme}.png`) })
        assert.deepEqual(await violations(page), [])
        assert.deepEqual(complaints, [])
        await page.context().close()
      })
    }
  }
  for (const place of places) {
    test(`${place} fits into 720 x 520`, async () => {
      const { page } = await show({ place, width: 720, height: 520 })
      await settle(page)
      await page.screenshot({ path: join(out, `small-${place.replace('/', '-')}.png`) })
      assert.deepEqual(await tooWide(page), [])
      await page.context().close()
    })
  }
})

async function settle(page: Page): Promise<void> {
  await page.waitForFunction(() => !/Asking/.test(document.body.textContent ?? ''))
}

/** WCAG 2.2 A and AA, a line for each element. */
async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(node => `${id}: ${node.html.slice(0, 140)} ${node.any[0]?.message ?? ''}`),
  )
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
