/** The certificate: whether it is the one that the settings name, how long it is good, and getting it anew. */
import type { CertificateSettings } from '../settings/settings.ts'
import { expiryOf, factsOf } from '../tls/certificate.ts'
import type { RenewalFacts } from '../tls/renewal.ts'
import { failed, ok, warning } from './checks.ts'
import type { CertificateRenewed, Check, Status, Warning } from './control.ts'
import type { ControlParts } from './parts.ts'

const DAY = 24 * 60 * 60 * 1000
/** Days before its end when a person is told. */
const TELL = 30
/** The same of one that is renewed by itself: until then it was tried for weeks. */
const TELL_OF_RENEWED = 14

type Standing = ControlParts['certificates']

export function certificateStanding({
  certificates: { current, trouble },
  renewal: { facts },
}: Pick<ControlParts, 'certificates' | 'renewal'>): Status['certificate'] {
  return {
    ...factsOf(current),
    ...(trouble !== undefined && { trouble }),
    ...(facts && { renewal: facts }),
  }
}

export async function renewCertificate({ certificates, renewal }: ControlParts): Promise<CertificateRenewed> {
  const text = await renewal.renewNow()
  return text === undefined ? { ok: true, facts: factsOf(certificates.current) } : { ok: false, text }
}

/** What of it needs a person. */
export function certificateWarning(
  { current, trouble }: Standing,
  renewal: RenewalFacts | undefined,
  source: CertificateSettings['source'],
  now: number,
): Warning | false {
  const days = daysOf({ current }, now)
  const why = trouble ?? renewal?.failed
  if (why !== undefined) return { kind: 'certificate', text: troubleWords(why, days) }
  return days < tellOf(source) && { kind: 'certificate', text: expiryWords(days, source) }
}

export function checkCertificate({ certificates, renewal, store, now }: ControlParts): Check {
  const { source } = store.current.settings.certificate
  const days = daysOf(certificates, now())
  const [name, path] = ['certificate', { path: 'certificate.source' }] as const
  const why = certificates.trouble ?? renewal.facts?.failed
  if (why !== undefined) return failed(name, troubleWords(why, days), path)
  if (days < 0) return failed(name, expiryWords(days, source), path)
  if (days < tellOf(source)) return warning(name, expiryWords(days, source), path)
  return ok(name, `The certificate is good for ${days} more days.`)
}

function tellOf(source: CertificateSettings['source']): number {
  return source === 'acme' ? TELL_OF_RENEWED : TELL
}

function daysOf({ current }: Pick<Standing, 'current'>, now: number): number {
  return Math.floor((expiryOf(current) - now) / DAY)
}

function troubleWords(trouble: string, days: number): string {
  const good = `good for ${days} more ${days === 1 ? 'day' : 'days'}`
  return `${trouble} Until then clients are shown the one before, ${days < 0 ? 'which has expired' : good}.`
}

const MEND: Readonly<Record<CertificateSettings['source'], string>> = {
  own: 'replace key.pem and cert.pem in the tls folder, or remove both to have new ones made at the next start',
  files: 'put the next one in its place, and it is used at once',
  acme: 'the log says why it was not renewed',
}

function expiryWords(days: number, source: CertificateSettings['source']): string {
  if (days < 0) return `The certificate has expired: ${MEND[source]}.`
  const when = days === 0 ? 'today' : `in ${days} ${days === 1 ? 'day' : 'days'}`
  return `The certificate expires ${when}: ${MEND[source]}.`
}
