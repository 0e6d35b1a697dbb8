/** The built pages in a real Chromium over the fake bridge, under the content policy that the app sends. */

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Told } from '../../main/bridge.ts'
import { atEnd, type Ending } from '../support/ending.ts'
import { FakeBridge } from './fake-bridge.ts'

const pages = join(import.meta.dirname, '../../dist/renderer')
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
}
const nonce = 'dGVzdA'
const policy = [
  "default-src 'none'",
  `script-src 'self' 'nonce-${nonce}'`,
  `style-src 'self' 'nonce-${nonce}'`,
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

export interface Shown {
  readonly page: Page
  readonly bridge: FakeBridge
  /** What the console complained about, content policy included. */
  readonly complaints: readonly string[]
  /** Sends it as the main process would, and waits until the window has drawn it. */
  tell(told: Told): Promise<void>
}

export interface ShowOptions {
  /** As in `smtp/access`. */
  readonly place?: string
  readonly theme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
  readonly bridge?: FakeBridge
  readonly contrast?: 'more'
  /** The colours of a system theme of high contrast in place of the page's. */
  readonly forcedColors?: 'active'
  /** A script that the page runs before its own. */
  readonly before?: string
}

/** One browser for a file's tests; each `show` is a window of its own. */
export async function openBrowser(test: Ending): Promise<(options?: ShowOptions) => Promise<Shown>> {
  const origin = await serve(test)
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  atEnd(test, () => browser.close())
  return options => show(browser, origin, options ?? {})
}

async function show(browser: Browser, origin: string, options: ShowOptions): Promise<Shown> {
  const {
    place = 'status',
    theme = 'light',
    width = 1240,
    height = 760,
    bridge = new FakeBridge(),
    contrast,
    forcedColors,
    before,
  } = options
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    ...(contrast && { contrast }),
    ...(forcedColors && { forcedColors }),
  })
  const page = await context.newPage()
  // Patience only: what comes at all comes sooner, but for a machine that has much else to do.
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  await page.exposeFunction('posternAsk', (name: string, args: readonly never[]) => bridge.ask(name, args))
  await page.addInitScript(bridgeInPage)
  if (before !== undefined) await page.addInitScript(before)
  const tell = async (told: Told) => {
    await page.evaluate(given => Reflect.get(window, 'posternTell')(given), told)
  }
  bridge.tell = tell
  await page.goto(`${origin}/index.html#${place}`)
  await page.waitForSelector('.frame h1, .alone .empty').catch(error => {
    throw new Error(`The window did not open: ${complaints.join('; ')}`, { cause: error })
  })
  return { page, bridge, complaints, tell }
}

/** Waits until nothing that the page shows is still asked for. */
export async function settle(page: Page): Promise<void> {
  await page.waitForFunction(() => !/Asking/.test(document.body.textContent ?? ''))
}

/** Runs in the page; as text, since what compiles this file adds calls of its own to functions. */
const bridgeInPage = `{
  const listeners = new Set()
  window.posternTell = told => {
    for (const listener of listeners) listener(told)
  }
  window.postern = {
    ask: (name, ...args) => window.posternAsk(name, args),
    onTold: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}`

async function serve(test: Ending): Promise<string> {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    const content = await readFile(join(pages, path)).catch(() => undefined)
    if (!content) {
      response.writeHead(path === '/favicon.ico' ? 204 : 404).end()
      return
    }
    response.writeHead(200, {
      'content-type': types[extname(path)] ?? 'text/plain',
      'content-security-policy': policy,
    })
    response.end(extname(path) === '.html' ? content.toString().replaceAll('POSTERN-NONCE', nonce) : content)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  atEnd(test, () => new Promise<void>(resolve => server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}
