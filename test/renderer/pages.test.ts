/** Every page in both themes: without complaints, clean for axe, photographed, and never wider than the window, zoomed or not. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { endOfSuite } from '../support/ending.ts'
import { checkThemes, out } from './axe.ts'
import { openBrowser, settle } from './browser.ts'

const places = [
  'status',
  'smtp/general',
  'smtp/access',
  'smtp/limits',
  'smtp/ids',
  'smtp/advanced',
  'users',
  'local-mail',
  'senders',
  'queue',
  'log',
  'security',
  'tools/senders',
  'tools/explain',
  'tools/exchange',
  'tools/history',
  'tools/doctor',
  'help/who-may-send',
]

/** The window at first, the smallest, and both at 200 %. */
const sizes = [
  { width: 960, height: 680 },
  { width: 720, height: 520 },
  { width: 480, height: 340 },
  { width: 360, height: 260 },
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
      await page.emulateMedia({ colorScheme: 'light' })
      for (const size of sizes) {
        await page.setViewportSize(size)
        await page.screenshot({ path: join(out, `at-${size.width}-${name}.png`) })
        assert.deepEqual(await tooWide(page), [], `${size.width} wide`)
        assert.deepEqual(await brokenButtons(page), [], `${size.width} wide`)
      }
      assert.deepEqual(complaints, [])
      await page.context().close()
    })
  }
})

/** What sticks out of the window, below too, or makes a part of it scroll sideways. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = [
      document.documentElement,
      ...document.querySelectorAll('.frame, .page, .sidebar, .draft-bar, .grid'),
    ]
    const root = document.documentElement
    return [
      ...wide
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
        .map(
          ({ className, scrollWidth, clientWidth }) =>
            `${className || 'window'}: ${scrollWidth} in ${clientWidth}`,
        ),
      // Pages scroll, the window never.
      ...(root.scrollHeight > root.clientHeight
        ? [`window: ${root.scrollHeight} high in ${root.clientHeight}`]
        : []),
    ]
  })
}

/** Buttons whose words break into lines. */
function brokenButtons(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.button:not(.button-link)')]
      .filter(button => button.getBoundingClientRect().height > 34)
      .map(button => button.textContent ?? ''),
  )
}
