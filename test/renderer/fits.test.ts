/** Words in the grid are never cut off, however long and at whatever width of the window. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { endOfSuite } from '../support/ending.ts'
import { out } from './axe.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'

const rows = [
  { action: 'block', from: 'routers', comment: 'Forwarded traffic' },
  { action: 'allow', from: 'local-networks', withoutAuthentication: true, comment: 'Office and printers' },
  { action: 'allow', from: '192.168.100.100-192.168.100.200', comment: 'The machines in the hall' },
  { action: 'allow', from: '2001:db8:1234:5678:9abc:def0:1234:5678', comment: '' },
  {
    action: 'block',
    from: '10.20.0.0 255.255.0.0',
    comment: 'asked for by the accountants in March, see their letter',
  },
  { action: 'allow', from: 'any', users: ['support', 'webmaster', 'fred'], comment: 'Staff on the road' },
]

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

describe('the grid', () => {
  // 945 is 960 with a scroll bar of 15.
  for (const width of [1240, 960, 945, 800, 720, 480]) {
    test(`${width} wide`, async () => {
      const page = await openRows(width)
      await page.screenshot({ path: join(out, `rows-${width}.png`) })
      assert.deepEqual(await cutOff(page), [])
      await page.context().close()
    })
  }

  test('at whatever width, nothing is cut off, and no name as long as webmaster broken', async () => {
    const page = await openRows(720)
    for (let width = 720; width <= 1300; width += 10) {
      await page.setViewportSize({ width, height: 900 })
      const heights = await page.locator('.chip').evaluateAll(chips => chips.map(chip => chip.clientHeight))
      assert.ok(
        heights.every(height => height < 24),
        `${width} wide: ${heights}`,
      )
      assert.deepEqual(await cutOff(page), [], `${width} wide`)
    }
    await page.context().close()
  })

  test('what is cut off would be noticed', async () => {
    const page = await openRows(960)
    await page.evaluate(() => {
      for (const cell of document.querySelectorAll<HTMLElement>('.cell-comment textarea'))
        cell.style.height = '28px'
      for (const cell of document.querySelectorAll<HTMLElement>('.cell-type')) cell.style.width = '50px'
    })
    const found = (await cutOff(page)).join('\n')
    assert.match(found, /Comment, row 5/)
    assert.match(found, /Type, row 2/)
    await page.context().close()
  })
})

describe('the queue', () => {
  test('a size stays on its line, and an address breaks where it has a sign', async () => {
    const bridge = new FakeBridge()
    const [message] = bridge.queue
    assert.ok(message)
    const recipients = [{ address: 'records.office@archive.partner.example', original: undefined }]
    const envelope = { ...message.envelope, reversePath: 'webmaster.office@mail.example.com', recipients }
    bridge.queue = [{ ...message, size: 423, envelope: Object(envelope) }]
    const { page } = await show({ place: 'queue', width: 960, height: 680, bridge })
    const row = page.getByRole('row').filter({ hasText: 'archive.' })
    assert.equal(await lines(row.locator('.size')), 1)
    for (const words of [row.locator('.link'), row.locator('.cut .muted').first()]) {
      const ends = await lineEnds(words)
      assert.ok(ends.length > 1)
      assert.ok(
        ends.slice(0, -1).every(end => /[@. ]$/.test(end)),
        ends.join('|'),
      )
    }
    await page.context().close()
  })
})

async function lines(words: Locator): Promise<number> {
  return (await lineEnds(words)).length
}

/** Each line of a text as it is drawn. */
function lineEnds(words: Locator): Promise<string[]> {
  return words.evaluate(shown => {
    const drawn: { top: number; text: string }[] = []
    const texts = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT)
    const range = document.createRange()
    for (let text = texts.nextNode(); text; text = texts.nextNode())
      for (let at = 0; at < (text.textContent?.length ?? 0); at++) {
        range.setStart(text, at)
        range.setEnd(text, at + 1)
        const { top, width } = range.getBoundingClientRect()
        const last = drawn.at(-1)
        const sign = text.textContent?.[at] ?? ''
        if (width === 0 && last) last.text += sign
        else if (last && Math.abs(last.top - top) < 5) last.text += sign
        else drawn.push({ top, text: sign })
      }
    return drawn.map(({ text }) => text)
  })
}

async function openRows(width: number): Promise<Page> {
  const office = officeSettings()
  const raw = { ...office, smtp: { ...(office['smtp'] as object), access: rows } }
  const { page } = await show({ place: 'smtp/access', width, height: 900, bridge: new FakeBridge(raw) })
  await page.getByLabel('Comment, row 6').waitFor()
  return page
}

/** The labels of cells that don't show all their words, and of the grid where it doesn't show all its cells. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const pen = document.createElement('canvas').getContext('2d')
    const cells = [
      ...document.querySelectorAll<HTMLElement>('.grid, .grid :is(.cell-input, .cell-fixed, .chip, .handle)'),
      ...document.querySelectorAll<HTMLElement>('[role="columnheader"]'),
    ]
    return cells
      .filter(cell => {
        const { clientWidth, clientHeight, scrollWidth, scrollHeight } = cell
        if (!(cell instanceof HTMLSelectElement))
          return scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1
        if (!pen) return true
        pen.font = getComputedStyle(cell).font
        return pen.measureText(cell.selectedOptions[0]?.text ?? '').width + 12 > clientWidth
      })
      .map(cell => cell.getAttribute('aria-label') ?? cell.textContent ?? '')
  })
}
