/** What axe finds wrong with a page for people who can't see or use a mouse. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

export const out = join(import.meta.dirname, '../out')

/** With a photograph of each theme in test/out/. The dark one has the same elements, so only its contrast is left. */
export async function checkThemes(page: Page, name: string): Promise<void> {
  mkdirSync(out, { recursive: true })
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await page.screenshot({ path: join(out, `${name}-${theme}.png`) })
    assert.deepEqual(await (theme === 'light' ? violations(page) : weakContrasts(page)), [], theme)
  }
}

/** WCAG 2.2 A and AA, a line for each element. */
export async function violations(page: Page): Promise<string[]> {
  const found = await axe(page)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    // react-aria lays a hidden button beside its popovers, outside of every landmark.
    .disableRules(['region'])
    .analyze()
  return linesOf(found)
}

async function weakContrasts(page: Page): Promise<string[]> {
  return linesOf(await axe(page).withRules(['color-contrast']).analyze())
}

/** In the page alone, which has no frames: else every look would open another page to put their findings together. */
function axe(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode()
}

function linesOf({ violations }: Awaited<ReturnType<AxeBuilder['analyze']>>): string[] {
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(node => `${id}: ${node.html.slice(0, 140)} ${node.any[0]?.message ?? ''}`),
  )
}
