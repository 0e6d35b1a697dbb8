/** The scheme `app://`, from which the window gets its pages and nothing else gets anything. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { extname, join, normalize, sep } from 'node:path'
import { type ProtocolResponse, protocol } from 'electron'

const origin = 'app://postern'
export const firstPage = `${origin}/index.html`

/** Stands in the built pages where each answer gets a nonce of its own; see vite.config.ts. */
const placeholder = 'POSTERN-NONCE'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

export function isOwnPage(url: string): boolean {
  return url === firstPage || url.startsWith(`${firstPage}#`)
}

/** Answers from the folder of the built pages. */
export function servePages(folder: string): void {
  // Not `handle`: that would load Node's whole fetch into this process, which takes as long as opening the relay.
  protocol.registerBufferProtocol('app', ({ method, url }, answer) => {
    answer(method === 'GET' ? readPage(folder, url) : nothing)
  })
}

/** At once: the page waits for it, and while the relay opens an answer that is read in between would come late. */
function readPage(folder: string, url: string): ProtocolResponse {
  const file = fileOf(folder, url)
  const type = file && types[extname(file)]
  if (!type) return nothing
  const content = contentOf(file)
  if (!content) return nothing
  return extname(file) === '.html' ? pageOf(content, type) : answerWith(content, type)
}

function contentOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

/** Undefined for what isn't in the folder. */
function fileOf(folder: string, url: string): string | undefined {
  const { host, pathname } = new URL(url)
  if (host !== 'postern') return undefined
  try {
    const file = normalize(join(folder, decodeURIComponent(pathname)))
    return file.startsWith(folder + sep) ? file : undefined
  } catch {
    return undefined
  }
}

function pageOf(content: Buffer, type: string): ProtocolResponse {
  const nonce = randomBytes(16).toString('base64')
  const page = Buffer.from(content.toString('utf8').replaceAll(placeholder, nonce))
  return answerWith(page, type, { 'content-security-policy': policyWith(nonce) })
}

function answerWith(
  data: Buffer,
  type: string,
  more: Readonly<Record<string, string>> = {},
): ProtocolResponse {
  const headers = { 'content-type': type, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' }
  return { data, headers: { ...headers, ...more } }
}

const nothing: ProtocolResponse = { statusCode: 404, data: Buffer.alloc(0) }

/** react-aria-components puts one inline style in the page, with the nonce. */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
