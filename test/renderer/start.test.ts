/** How the window starts: with the whole page at once, compiled beforehand, and without what takes Chromium long. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { endOfSuite } from '../support/ending.ts'
import { openBrowser, settle } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

/** Notes every use of the languages that Chromium knows: before the first it looks all of them through. */
const watchLanguages = `{
  window.languages = []
  const watch = (object, name, words) => {
    const before = object[name]
    object[name] = function (...args) {
      window.languages.push(words)
      return Reflect.apply(before, this, args)
    }
  }
  for (const kind of ['DateTimeFormat', 'NumberFormat', 'Collator']) {
    watch(Intl[kind], 'supportedLocalesOf', kind + '.supportedLocalesOf')
    Intl[kind] = new Proxy(Intl[kind], {
      construct(target, args) {
        window.languages.push(kind)
        return new target(...args)
      },
    })
  }
  for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']) watch(Date.prototype, name, name)
  watch(Number.prototype, 'toLocaleString', 'toLocaleString')
}`

/** Notes the first words of everything that the window shows. */
const watchWords = `{
  window.shown = []
  new MutationObserver(() => {
    const text = document.body?.innerText ?? ''
    if (text !== '' && text !== window.shown.at(-1)) window.shown.push(text)
  }).observe(document, { childList: true, subtree: true })
}`

/** However slow this machine is, the answer counts as one that came soon. */
const patience = `{
  const later = window.setTimeout
  window.setTimeout = (work, after = 0, ...args) => (after > 100 ? 0 : later(work, after, ...args))
}`

/** Has the late bridge answer as soon as the window says that it waits. */
const releaseWhenWaiting = `{
  const watch = new MutationObserver(() => {
    if (!document.body?.innerText.includes('Asking the relay for its settings')) return
    watch.disconnect()
    window.posternAsk('waits', [])
  })
  watch.observe(document, { childList: true, subtree: true })
}`

/** Answers nothing before the window waits. */
class LateBridge extends FakeBridge {
  #release = () => {}
  readonly #released = new Promise<void>(resolve => {
    this.#release = resolve
  })

  override async ask(name: string, args: readonly never[]): Promise<unknown> {
    if (name === 'waits') return this.#release()
    await this.#released
    return super.ask(name, args)
  }
}

describe('the start', () => {
  test('the script is none of modules: of these the window keeps compiled only what ran first', async () => {
    const page = await readFile(join(import.meta.dirname, '../../dist/renderer/index.html'), 'utf8')
    assert.match(page, /<script defer src="\.\/assets\/[^"]+\.js"/)
    assert.doesNotMatch(page, /type="module"/)
  })

  test('the first page is drawn without a language of Chromium, and says nothing before it', async () => {
    const { page, complaints } = await show({ before: [watchLanguages, watchWords, patience].join('\n') })
    await settle(page)
    await page.getByText('Running, and taking mail since').waitFor()
    assert.deepEqual(await page.evaluate(() => Reflect.get(window, 'languages')), [])
    const [first] = (await page.evaluate(() => Reflect.get(window, 'shown'))) as readonly string[]
    assert.match(first ?? '', /Status/)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('while the relay does not answer, the window says what it waits for', async () => {
    const { page, complaints } = await show({ bridge: new LateBridge(), before: releaseWhenWaiting })
    await page.getByText('Running, and taking mail since').waitFor()
    assert.deepEqual(complaints, [])
    await page.context().close()
  })
})
