/** The kinds of single values in the settings, each with the sentence that says how to write it. */
import { X509Certificate } from 'node:crypto'
import { isIP, SocketAddress } from 'node:net'
import { isAbsolute } from 'node:path'
import * as z from 'zod'
import { canonicalDomain, formatAddress, parseAddress } from '../mail/address.ts'
import { parsePattern } from '../mail/pattern.ts'
import { canonicalHost, formatHost, parseHost } from './host.ts'
import { isPasswordHash } from './password.ts'
import { formatDuration, formatSize, parseDuration, parseSize } from './units.ts'

/** Text read by `read`, and `advice` where that gives undefined. */
function text<T>(advice: string, read: (text: string) => T | undefined) {
  return z
    .string({ error: issue => (issue.input === undefined ? undefined : advice) })
    .transform((given, context) => {
      const value = read(given)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: advice })
      return z.NEVER
    })
}

export function wholeNumber(least: number, most: number) {
  const error = `Write a whole number from ${least} to ${most}, without quotes.`
  return z
    .number({ error: issue => (issue.input === undefined ? undefined : error) })
    .refine(value => Number.isInteger(value) && value >= least && value <= most, { error })
}

/** To milliseconds; the limits are milliseconds too. */
export function duration(least: number, most: number) {
  return text(
    `Write a time from ${formatDuration(least)} to ${formatDuration(most)}, such as "90s", "15m", "4h" or "5d".`,
    given => within(parseDuration(given), least, most),
  )
}

/** To bytes; the limits are bytes too. */
export function size(least: number, most: number) {
  const error = `Write a size from ${formatSize(least)} to ${formatSize(most)}, such as "25MB" or 25000000 (bytes).`
  return z.union([z.string(), z.number()], { error }).transform((given, context) => {
    const value = within(parseSize(given), least, most)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: error })
    return z.NEVER
  })
}

function within(value: number | undefined, least: number, most: number): number | undefined {
  return value !== undefined && value >= least && value <= most ? value : undefined
}

/** A domain, or `*.domain` for all below it. */
export const localDomain = text(
  'Write a domain such as example.com, or "*.example.com" for all below it, without "@" and without a port.',
  belowOrItself,
)

function belowOrItself(given: string): string | undefined {
  const below = given.startsWith('*.')
  const found = canonicalDomain(below ? given.slice(2) : given)
  return found === undefined || !below ? found : `*.${found}`
}

/** One domain, as it stands in a From. */
export const mailDomain = text(
  'Write a domain such as example.com, without "@" and without "*".',
  canonicalDomain,
)

/** RFC 6376 section 3.1: labels of a DNS name. */
export const selector = text(
  'Write a selector of letters, digits and "-", such as mail2026, with dots between parts if there are several.',
  given => (isSelector(given) ? given.toLowerCase() : undefined),
)

function isSelector(given: string): boolean {
  const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
  return given.length <= 100 && given.split('.').every(part => label.test(part))
}

export const hostname = text("Write this machine's full name, such as mail.example.com.", canonicalHost)

/** What a route's `to` matches. */
export const pattern = text(
  'Write a domain such as example.com, "*.example.com" for all below it, or "*" for every domain.',
  given => (given === '*' ? given : belowOrItself(given)),
)

/** What a route's `senders` matches. */
export const senderPattern = text(
  'Write an address such as anna@example.com, a domain such as example.com, "*.example.com" for all below it, or "*".',
  given => (parsePattern(given) ? given : undefined),
)

export const host = text(
  'Write a host such as mail.example.com, mail.example.com:587, 192.0.2.1:25 or [2001:db8::1]:25.',
  parseHost,
)

export const dnsServer = text(
  'Write the address of a DNS server, such as 192.0.2.53, 192.0.2.53:53 or [2001:db8::53]:53.',
  given => {
    const found = parseHost(given)
    return found && isIP(found.host) !== 0 ? formatHost(found.host, found.port ?? 53) : undefined
  },
)

export const ipAddress = text(
  'Write an IP address of this machine, "0.0.0.0" for every IPv4 and "::" for every IPv6 address.',
  given => {
    const family = isIP(given)
    if (family === 0 || given.includes('%')) return family === 0 ? undefined : given
    return new SocketAddress({ address: given, family: family === 4 ? 'ipv4' : 'ipv6' }).address
  },
)

/** In canonical form where it is an address; whether it is one is checked with the contradictions. */
export const mailAddress = z.string().transform(given => {
  const parsed = parseAddress(given)
  return parsed.ok ? formatAddress(parsed.address) : given
})

/** A whole address, in canonical form. */
export const wholeAddress = text('Write an address such as anna@example.com.', given => {
  const parsed = parseAddress(given)
  return parsed.ok ? formatAddress(parsed.address) : undefined
})

export const passwordHash = text(
  'Set this with "postern user password"; only a hash made by it is stored here.',
  given => (isPasswordHash(given) ? given : undefined),
)

export const certificates = text(
  'Write the whole path of a PEM file, or paste a certificate that begins with -----BEGIN CERTIFICATE-----.',
  given => (isAbsolute(given) || isPem(given) ? given : undefined),
)

function isPem(given: string): boolean {
  const blocks = given.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    for (const block of blocks) new X509Certificate(block)
    return blocks.length > 0
  } catch {
    return false
  }
}

// Account names become folder names, also on Windows, where these are devices or can't stand in a name.
const reserved = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i
const unfit = /[\p{C}\p{Z}/\\<>:"|?*]|^\.|\.$/u

export const userName = text(
  'Write a name of 1 to 64 letters, digits or signs without spaces, / \\ < > : " | ? *, a "." at either end, and none that Windows keeps for itself (such as "con").',
  given => (isUserName(given) ? given : undefined),
)

export function isUserName(given: string): boolean {
  return given.length >= 1 && given.length <= 64 && !unfit.test(given) && !reserved.test(given)
}

/** The name of an account or of a secret where another part refers to it. */
export const name = text('Write a name of 1 to 64 characters.', given =>
  given.trim() !== '' && given.length <= 64 ? given : undefined,
)

export const words = z.string().max(1000, 'Write at most 1000 characters here.')

/** Of Microsoft Entra: a domain of the directory, its id, or one of the words for several. */
export const tenant = text(
  "Write the directory's domain such as contoso.onmicrosoft.com, or its id.",
  given => (/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(given) ? given : undefined),
)

/** Without the slash at its end, which no one means. */
export const issuer = text(
  'Write the address of the sign-in service, such as https://login.provider.example.',
  given => (isIssuer(given) ? given.replace(/\/$/, '') : undefined),
)

/** Without TLS only on this machine, where nobody else listens. */
function isIssuer(given: string): boolean {
  if (!URL.canParse(given)) return false
  const { protocol, hostname, username, search, hash } = new URL(given)
  if (username + search + hash !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]'].includes(hostname))
}

/** RFC 6749 section 3.3. */
export const scope = text('Write a scope such as offline_access, one for each entry.', given =>
  /^[!#-[\]-~]{1,255}$/.test(given) ? given : undefined,
)

/** RFC 6749 appendix A.1. */
export const clientId = text(
  'Write the id that the provider gave to your registration (its client id).',
  given => (/^[ -~]{1,255}$/.test(given.trim()) ? given.trim() : undefined),
)

/** The `kid` of RFC 8555 section 7.3.4. */
export const externalAccount = text(
  'Write the id that the authority gave to your account (its EAB key id).',
  given => (/^[!-~]{1,255}$/.test(given.trim()) ? given.trim() : undefined),
)

export const wholePath = text('Write the whole path of a file on this machine.', given =>
  isAbsolute(given) && !given.includes('\0') ? given : undefined,
)

/** A name that a certificate may be for: a domain, or one label below it by a `*` (RFC 8555 section 7.1.3). */
export const certificateName = text(
  'Write a name such as mail.example.com, or *.example.com for every name one step below.',
  given => {
    const found = belowOrItself(given)
    return found?.includes('.') ? found : undefined
  },
)

/** Authorities that have a word for their directory. */
export const ACME_DIRECTORIES: Readonly<Record<string, string>> = {
  letsencrypt: 'https://acme-v02.api.letsencrypt.org/directory',
  'letsencrypt-staging': 'https://acme-staging-v02.api.letsencrypt.org/directory',
}

export const acmeDirectory = text(
  'Write "letsencrypt", "letsencrypt-staging" for trying it out, or the https address of an authority\'s directory.',
  given => {
    if (given in ACME_DIRECTORIES) return ACME_DIRECTORIES[given]
    if (!URL.canParse(given)) return undefined
    const { protocol, username, hash } = new URL(given)
    return protocol === 'https:' && username + hash === '' ? given : undefined
  },
)
