/** The set-up: whether anybody ever answered the first questions, and what this machine suggests as answers. */
import { resolveMx, resolveSrv } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { canonicalDomain } from '../mail/address.ts'
import { same } from '../settings/change.ts'
import { firstSettings } from '../settings/defaults.ts'
import { isObject } from '../settings/path.ts'
import type { Settings } from '../settings/settings.ts'
import { withinTime } from './checks.ts'

/** `never`: the settings are those of a first start; `unfinished`: no domain or no way out stands. */
export type SetupState = 'never' | 'unfinished' | 'done'

/** What DNS says of a domain's mail. */
export interface FoundMail {
  readonly mail: 'elsewhere' | 'microsoft-365' | 'google' | 'unknown'
  /** Where a provider takes mail for sending on (RFC 6186), as `host:port`. */
  readonly submission?: { readonly host: string; readonly port: number; readonly tls: boolean }
}

/** Milliseconds that DNS has; the questions don't wait longer. */
const PATIENCE = 3000

export function setupState(raw: unknown, settings: Settings, changes: number): SetupState {
  if (changes === 0 && isFirst(raw)) return 'never'
  return isUnfinished(raw, settings) ? 'unfinished' : 'done'
}

/** An office whose mailboxes are elsewhere has no local domain, but its domain is in the name it greets with. */
export function isUnfinished(raw: unknown, { localDomains, delivery }: Settings): boolean {
  const isNamed = isObject(raw) && raw['hostname'] !== undefined
  return delivery.routes.length === 0 || (localDomains.length === 0 && !isNamed)
}

function isFirst(raw: unknown): boolean {
  const smtp = isObject(raw) && isObject(raw['smtp']) ? raw['smtp'] : {}
  const [listener] = Array.isArray(smtp['listeners']) ? smtp['listeners'] : []
  const port = isObject(listener) ? Number(listener['port']) : 0
  return same(raw, firstSettings(port, isObject(raw) ? raw['localNetworks'] : undefined))
}

/** The office's domain, as this machine knows it; empty where it knows none. */
export async function findDomain(): Promise<string> {
  const resolver = await readFile('/etc/resolv.conf', 'utf8').catch(() => '')
  const searched = /^(?:search|domain)[ \t]+(\S+)/m.exec(resolver)?.[1]
  const names = [hostname().split('.').slice(1).join('.'), searched, process.env['USERDNSDOMAIN']]
  return names.flatMap(name => publicDomain(name) ?? [])[0] ?? ''
}

/** Names that are used inside networks only (RFC 6761, RFC 6762, RFC 8375 and what routers give out). */
const PRIVATE =
  /(^|\.)(local|localhost|localdomain|lan|home|internal|intranet|corp|private|arpa|invalid|test|fritz\.box)$/

export function publicDomain(name: string | undefined): string | undefined {
  const domain = name === undefined ? undefined : canonicalDomain(name)
  return domain?.includes('.') && !PRIVATE.test(domain) ? domain : undefined
}

/** Never throws: what DNS doesn't say is unknown. */
export async function findMail(text: string): Promise<FoundMail> {
  const domain = canonicalDomain(text)
  if (domain === undefined) return { mail: 'unknown' }
  const quiet = <Answer>(asked: Promise<Answer[]>) => asked.catch((): Answer[] => [])
  const lookUp = async () => {
    const [mx, tls, starttls] = await Promise.all([
      quiet(resolveMx(domain)),
      quiet(resolveSrv(`_submissions._tcp.${domain}`)),
      quiet(resolveSrv(`_submission._tcp.${domain}`)),
    ])
    return suggest(
      mx.map(({ exchange }) => exchange),
      tls,
      starttls,
    )
  }
  return withinTime(PATIENCE, lookUp).catch((): FoundMail => ({ mail: 'unknown' }))
}

interface Service {
  readonly name: string
  readonly port: number
}

export function suggest(
  exchanges: readonly string[],
  tls: readonly Service[] = [],
  starttls: readonly Service[] = [],
): FoundMail {
  const found = [...tls.map(of => ({ of, tls: true })), ...starttls.map(of => ({ of, tls: false }))]
  // A name of "." says that the service isn't offered (RFC 2782).
  const service = found.find(({ of }) => of.name !== '' && of.name !== '.')
  const submission = service && { host: service.of.name, port: service.of.port, tls: service.tls }
  return { mail: mailAt(exchanges), ...(submission && { submission }) }
}

function mailAt(exchanges: readonly string[]): FoundMail['mail'] {
  const at = (end: RegExp) => exchanges.some(host => end.test(host.toLowerCase().replace(/\.$/, '')))
  if (at(/\.mail\.protection\.outlook\.com$|\.mx\.microsoft$/)) return 'microsoft-365'
  if (at(/(^|\.)(google|googlemail)\.com$/)) return 'google'
  return exchanges.length > 0 ? 'elsewhere' : 'unknown'
}
