/** What strangers say, on every page: nothing of it runs, hides, turns other words round, or breaks the page. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { parseSettings } from '../../app/settings/parse.ts'
import { endOfSuite } from '../support/ending.ts'
import { checks } from '../unit/settings/checks.ts'
import { out, violations } from './axe.ts'
import { openBrowser } from './browser.ts'
import { hostileBridge, hostileOffice, hostileTexts } from './hostile-office.ts'

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
  'tools/senders',
  'tools/explain',
  'tools/history',
  'tools/doctor',
]

describe('hostile texts', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })

  test('they are in what the window is given', () => {
    const parsed = parseSettings(hostileOffice(), checks)
    assert.deepEqual(parsed.ok ? [] : parsed.problems, [])
    const given = JSON.stringify([hostileBridge().events, hostileBridge().queue, hostileOffice()])
    for (const text of hostileTexts.slice(0, 5))
      assert.ok(given.includes(JSON.stringify(text).slice(1, -1)), text)
  })

  for (const place of places) {
    test(place, async () => {
      const { page, complaints } = await show({ place, width: 1240, height: 760, bridge: hostileBridge() })
      await page.waitForFunction(() => !/Asking/.test(document.body.textContent ?? ''))
      for (const width of [1240, 720]) {
        await page.setViewportSize({ width, height: 700 })
        await page.screenshot({ path: join(out, `hostile-${width}-${place.replace('/', '-')}.png`) })
        assert.deepEqual(await tooWide(page), [], `${width} wide`)
        assert.deepEqual(await covered(page), [], `${width} wide`)
      }
      assert.deepEqual(await hiding(page), [])
      assert.equal(await page.evaluate(() => Reflect.get(globalThis, 'ran')), undefined)
      assert.equal(await page.locator('.page script, .page img[src="x"], .page iframe').count(), 0)
      assert.deepEqual(await violations(page), [])
      assert.deepEqual(complaints, [])
      await page.context().close()
    })
  }

  test('a message of theirs, opened', async () => {
    const { page, complaints } = await show({ place: 'queue', bridge: hostileBridge() })
    await page.locator('.queue-table').getByRole('button').first().click()
    await page.getByRole('dialog').getByText('X-Header').waitFor()
    assert.deepEqual(await tooWide(page), [])
    assert.deepEqual(await hiding(page), [])
    assert.deepEqual(await violations(page), [])
    assert.equal(await page.evaluate(() => Reflect.get(globalThis, 'ran')), undefined)
    assert.deepEqual(complaints, [])
  })

  test('what this looks for is found where it is', async () => {
    const { page } = await show({ place: 'log' })
    await page.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<p id="over">\u202eover all</p>')
      const over = document.getElementById('over')
      if (over) Object.assign(over.style, { position: 'fixed', inset: '0', zIndex: '99' })
    })
    assert.notDeepEqual(await covered(page), [])
    assert.deepEqual(await hiding(page), ['U+202e'])
  })
})

/** What sticks out of the window or makes a part of it scroll sideways. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [
      document.documentElement,
      ...document.querySelectorAll('.frame, .page, .sidebar, .draft-bar, .grid, [role=dialog]'),
    ]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
      .map(one => `${one.className || 'window'}: ${one.scrollWidth} in ${one.clientWidth}`),
  )
}

/** Controls that a click in their middle doesn't reach. */
function covered(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    for (const control of document.querySelectorAll('button, a[href], [role=tab], [role=radio]')) {
      control.scrollIntoView({ block: 'center', inline: 'nearest' })
      const { left, top, width, height } = control.getBoundingClientRect()
      if (width < 2 || height < 2) continue
      const hit = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 20))
      if (!hit || !(control.contains(hit) || hit.contains(control)))
        found.push(`${control.textContent?.slice(0, 40)} under ${hit?.outerHTML.slice(0, 80)}`)
    }
    return found
  })
}

/** Characters that hide, turn or control, in words and in names of controls; not in fields, where they are edited. */
function hiding(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const names = [...document.querySelectorAll('[aria-label], [title]')].map(
      one => `${one.getAttribute('aria-label')} ${one.getAttribute('title')}`,
    )
    const body = document.body.cloneNode(true) as HTMLElement
    for (const field of body.querySelectorAll('textarea')) field.remove()
    const words = `${body.textContent} ${names.join(' ')}`
    const bad = words.match(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f]/gu,
    )
    return [...new Set(bad)].map(one => `U+${one.codePointAt(0)?.toString(16).padStart(4, '0')}`)
  })
}
