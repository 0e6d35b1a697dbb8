/** The offer: whether a client may log on now, by the settings and by what protects its line. */
import type { SmtpSettings } from '../settings/settings.ts'
import type { Offer, SessionFacts } from './protocol.ts'

export function offerOf(
  { authentication, plaintextAuthentication }: SmtpSettings,
  { tls, encryption }: Pick<SessionFacts, 'tls' | 'encryption'>,
  isLocal: boolean,
): Offer {
  if (authentication === 'disabled') return 'not-offered'
  if (tls !== undefined) return 'offered'
  if (encryption === 'starttls-required') return 'after-tls'
  if (plaintextAuthentication === 'always' || (plaintextAuthentication !== 'never' && isLocal))
    return 'offered'
  return encryption === 'starttls' ? 'after-tls' : 'not-offered'
}
