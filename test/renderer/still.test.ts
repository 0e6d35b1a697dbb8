/** Nothing jumps under the pointer: what was pressed stays where it is, whatever the answer brings. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { endOfSuite } from '../support/ending.ts'
import { violations } from './axe.ts'
import { openBrowser, settle } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'

const small = { width: 960, height: 680 }

async function topOf(place: Locator): Promise<number> {
  const box = await place.boundingBox()
  assert.ok(box)
  return Math.round(box.y)
}

/** Presses it, waits for the answer, and takes the pointer away again. */
async function staysAt(pressed: Locator, answer: Locator): Promise<void> {
  const at = await topOf(pressed)
  await pressed.click()
  await answer.waitFor()
  assert.equal(await topOf(pressed), at)
}

/** How far the window itself could be scrolled, and is. */
function slack(page: Page): Promise<number> {
  return page.evaluate(() => {
    const root = document.documentElement
    return Math.max(root.scrollHeight - root.clientHeight, root.scrollTop)
  })
}

/** Finds something to mend only when it is to apply. */
class Refusing extends FakeBridge {
  override async ask(name: string, args: readonly never[]): Promise<unknown> {
    if (name !== 'applyDraft') return super.ask(name, args)
    return { ok: false, problems: [{ path: 'smtp.maxConnections', text: 'The disk is full: make room.' }] }
  }
}

describe('nothing jumps', () => {
  let show: Awaited<ReturnType<typeof openBrowser>>
  const suite = endOfSuite()
  before(async () => {
    show = await openBrowser(suite)
  })

  for (const [place, label] of [
    ['smtp/general', 'From everywhere'],
    ['senders', 'Copy of bounces to the postmaster'],
    ['security', 'From files'],
  ] as const) {
    test(`the window stays when "${label}" is clicked far below`, async () => {
      const { page } = await show({ place, ...small })
      await settle(page)
      const choice = page.getByRole('main').locator('label', { hasText: label }).last()
      await choice.evaluate(shown => shown.scrollIntoView({ block: 'center' }))
      assert.equal(await slack(page), 0)
      const at = await topOf(choice)
      await choice.click({ position: { x: 8, y: 8 } })
      await page.getByText('1 change.').waitFor()
      assert.equal(await topOf(choice), at)
      assert.equal(await slack(page), 0)
      await page.context().close()
    })
  }

  test('a dialog grows downwards: the test message, and the steps of "Why?"', async () => {
    const { page } = await show({ place: 'senders', ...small })
    await page.getByRole('button', { name: 'Send a test' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill('anna@elsewhere.example')
    await staysAt(dialog.getByRole('button', { name: 'Send', exact: true }), dialog.getByText('Taken by'))
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Log' }).click()
    await page.getByRole('button', { name: 'Why?' }).first().click()
    await settle(page)
    await staysAt(dialog.getByText('Step by step'), dialog.getByText(/^The answer is /))
    assert.equal(
      await dialog.locator('.steps').evaluate(list => getComputedStyle(list).listStyleType),
      'decimal',
    )
    await page.context().close()
  })

  for (const [name, width] of [
    ['at first', 960],
    ['in the smallest window', 720],
  ] as const) {
    test(`what is wrong with an answer stands in its sentence's place, ${name}`, async () => {
      const size = { width, height: 680 }
      const fresh = new FakeBridge({})
      fresh.setup = 'never'
      const first = await show({ place: 'first-run', bridge: fresh, ...size })
      await first.page.getByRole('textbox').fill('no domain')
      await staysAt(
        first.page.getByRole('button', { name: 'Next' }),
        first.page.getByText('Write the part behind the @'),
      )
      assert.equal(await first.page.getByText('The part behind the @, such as').isVisible(), false)
      await first.page.context().close()
      const { page } = await show({ place: 'smtp/access', ...size })
      await page.getByRole('button', { name: 'Let remote users send…' }).click()
      const dialog = page.getByRole('dialog')
      await staysAt(
        dialog.getByRole('button', { name: 'Next' }),
        dialog.getByText('Choose at least one user'),
      )
      await page.context().close()
    })
  }

  test('a domain that none is leaves the button of a new key in its place', async () => {
    const { page } = await show({ place: 'security', ...small })
    await page.getByRole('button', { name: 'Add key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Domain', exact: true }).fill('no domain')
    await staysAt(
      dialog.getByRole('button', { name: 'Make the key' }),
      dialog.getByText('Write a domain such as'),
    )
    await page.context().close()
  })

  test('a field of the settings keeps its sentence hidden while it is wrong, and nothing below moves', async () => {
    const { page } = await show({ place: 'smtp/limits', ...small })
    const below = page.getByText('Maximum recipients per message', { exact: true })
    const at = await topOf(below)
    await page.getByRole('textbox', { name: 'Maximum message size' }).fill('much')
    const field = page.locator('[data-path="smtp.maxMessageSize"]')
    await field.locator('.problems').waitFor()
    await field.getByText('changed').waitFor()
    assert.equal(await topOf(below), at)
    assert.equal(await field.getByText('Larger mail is refused.').isVisible(), false)
    await page.keyboard.press('Escape')
    await field.getByText('Larger mail is refused.').waitFor()
    await page.context().close()
  })

  test('Esc closes a dialog whose focused button is switched off', async () => {
    const bridge = new Refusing()
    const { page } = await show({ place: 'smtp/limits', bridge, ...small })
    await page.getByRole('textbox', { name: 'Maximum sessions', exact: true }).fill('7')
    await page.getByRole('button', { name: 'Review' }).click()
    const dialog = page.getByRole('dialog')
    const apply = dialog.getByRole('button', { name: 'Apply' })
    await apply.click()
    await dialog.getByText('1\u00a0thing to mend').waitFor()
    assert.equal(await apply.isDisabled(), true)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.context().close()
  })

  for (const theme of ['light', 'dark'] as const) {
    test(`what can't be undone is readable under the pointer, ${theme}`, async () => {
      const { page } = await show({ place: 'queue', theme, ...small })
      await page.getByRole('checkbox', { name: /^Choose the message from fred/ }).click()
      await page.getByRole('button', { name: 'Remove…' }).click()
      const remove = page.getByRole('dialog').getByRole('button', { name: /^Remove 1/ })
      const colour = () => remove.evaluate(shown => getComputedStyle(shown).backgroundColor)
      const before = await colour()
      await remove.hover()
      await page.locator('.button-danger[data-hovered]').waitFor()
      assert.notEqual(await colour(), before)
      assert.deepEqual(await violations(page), [])
      await page.context().close()
    })
  }

  test('a user who is renamed keeps the field in its place', async () => {
    const { page } = await show({ place: 'users', ...small })
    await page.getByText(/^No log-on as far back/).waitFor()
    const name = page.getByRole('textbox', { name: 'Name' })
    const at = await topOf(name)
    await name.fill('helpdesk')
    await page.getByText('Not applied yet.').waitFor()
    assert.equal(await topOf(name), at)
    await page.context().close()
  })
})
