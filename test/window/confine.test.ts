/** The window can't be used to get out: no other page, no permission, no code of others, and no garbage in a request. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { checks } from '../../main/requests.ts'
import { swaks } from '../support/swaks.ts'
import { makeDesk } from './app.ts'

/** What the page gets for an answer: the error's words, or `answered`. */
function ask(page: Page, name: unknown, args: readonly unknown[]): Promise<string> {
  return page.evaluate(
    async ([asked, given]) => {
      try {
        await Reflect.apply(window.postern.ask, undefined, [asked, ...(given as unknown[])])
        return 'answered'
      } catch (error) {
        return error instanceof Error ? error.message : `no error: ${error}`
      }
    },
    [name, args] as const,
  )
}

const garbage: readonly (readonly unknown[])[] = [
  [null],
  [{ __proto__: null, ids: 'all' }, 7],
  [[[[[]]]], []],
  ['x'.repeat(1_000_000), 'y', { z: 1 }, 4, 5],
  [Number.NaN, -1],
  [{ ids: [1, 2], all: 'yes' }],
  [{ limit: -1, match: {} }],
  [
    { client: 5, to: null },
    { client: [], to: {} },
  ],
]
/** They take any draft, and find the problems in it. */
const takesAnything = ['review', 'applyDraft', 'explainDraft', 'keepDraft']

test('garbage in every request is refused in one sentence, and nothing breaks', async t => {
  const desk = await makeDesk(t)
  const app = await desk.launch()
  const page = await app.page()
  const before = await readFile(join(desk.folder, 'settings.json'), 'utf8')
  for (const name of Object.keys(checks)) {
    for (const args of garbage) {
      const answer = await ask(page, name, args)
      if (takesAnything.includes(name)) assert.doesNotMatch(answer, /\n| {4}at /)
      else assert.equal(answer, `The window asked for ${name} with wrong arguments.`)
    }
  }
  for (const name of [
    'importSettings',
    'setSettings',
    '__proto__',
    'constructor',
    'toString',
    '',
    5,
    null,
    {},
  ]) {
    const answer = await ask(page, name, [])
    assert.equal(answer, 'The window asked for something that Postern does not know.')
  }
  assert.equal(await readFile(join(desk.folder, 'settings.json'), 'utf8'), before)
  assert.equal(await ask(page, 'status', []), 'answered')
  const sent = await swaks(t, { port: await app.port(), from: 'a@example.com', to: ['support@example.com'] })
  assert.equal(sent.code, 0, sent.transcript)
})

test('a draft is refused with its problems, and an error comes as its sentence', async t => {
  const desk = await makeDesk(t)
  const page = await (await desk.launch()).page()
  const applied = await page.evaluate(async () => {
    const { revision, settings } = await window.postern.ask('snapshot')
    return window.postern.ask('applyDraft', Object.assign({}, settings, { hostname: 'no name' }), revision)
  })
  assert.ok(!applied.ok)
  assert.deepEqual(
    applied.problems.map(({ path }) => path),
    ['hostname'],
  )
  const asked = await ask(page, 'explain', [{ client: 'nowhere', to: 'a@example.com' }])
  assert.match(asked, /^"nowhere" is not an IP address: /)
})

test('only the own page is answered', async t => {
  const desk = await makeDesk(t)
  const app = await desk.launch()
  await app.page()
  const answer = await app.electron.evaluate(async ({ app: electron, BrowserWindow }) => {
    const preload = `${electron.getAppPath()}/dist/main/preload.cjs`
    const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
    await other.loadURL('data:text/html,<p>other</p>')
    return other.webContents.executeJavaScript('postern.ask("status").then(() => "answered", e => e.message)')
  })
  assert.equal(answer, 'Only the window of Postern is answered.')
})

test('the page has no Node, no permission, and can neither leave nor open another', async t => {
  const desk = await makeDesk(t)
  const app = await desk.launch()
  const page = await app.page()
  const found = await page.evaluate(async () => ({
    node: ['require', 'process', 'module', 'Buffer'].filter(name => name in window),
    opened: window.open('https://example.com') === null,
    notification: await Notification.requestPermission(),
    camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(
      () => 'granted',
      error => String(error?.name),
    ),
    outside: await fetch('https://example.com').then(
      () => 'fetched',
      () => 'refused',
    ),
  }))
  assert.deepEqual(found.node, [])
  assert.equal(found.opened, true)
  assert.notEqual(found.notification, 'granted')
  assert.notEqual(found.camera, 'granted')
  assert.equal(found.outside, 'refused')
  await page.evaluate(() => {
    window.location.href = 'https://example.com/'
  })
  await page.evaluate(() => {
    window.location.href = 'app://postern/assets/'
  })
  const url = await app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(window => window.webContents.getURL().replace(/#status$/, '')),
  )
  assert.deepEqual(url, ['app://postern/index.html'])
})

test('only what is built is served, under a policy that lets no other code run', async t => {
  const desk = await makeDesk(t)
  const page = await (await desk.launch()).page()
  const served = await page.evaluate(async () => {
    const outside = ['%2e%2e%2fmain%2findex.cjs', '..%2f..%2fpackage.json', '%00', '%zz.js', 'assets']
    const injected = document.createElement('script')
    injected.textContent = 'window.injected = true'
    document.body.append(injected)
    const style = document.createElement('style')
    style.textContent = 'body { color: rgb(1, 2, 3) }'
    document.head.append(style)
    const index = await fetch('app://postern/index.html')
    const [nonce] = /'nonce-[^']+'/.exec(index.headers.get('content-security-policy') ?? '') ?? []
    return {
      policy: index.headers.get('content-security-policy'),
      nonce,
      placeholder: (await index.text()).includes('POSTERN-NONCE'),
      statuses: await Promise.all(
        outside.map(path => fetch(`app://postern/${path}`).then(answer => answer.status)),
      ),
      ran: 'injected' in window,
      colour: getComputedStyle(document.body).color,
    }
  })
  assert.deepEqual(served.statuses, [404, 404, 404, 404, 404])
  assert.doesNotMatch(served.policy ?? '', /unsafe/)
  assert.match(served.nonce ?? '', /^'nonce-[\w+/]{22}=='$/)
  assert.equal(served.placeholder, false)
  assert.equal(served.ran, false)
  assert.notEqual(served.colour, 'rgb(1, 2, 3)')
})
