/** The renewal of a relay's certificate: when it is due, and that a new one is put to use. */
import { Renewal } from '../tls/renewal.ts'
import type { Opened } from './opening.ts'

export function renewalOf(parts: Opened): Renewal {
  const { folder, surroundings, secrets, journal, certificates, renewalRules } = parts
  return new Renewal({
    folder: folder.tls,
    settings: () => surroundings.settings,
    secrets,
    emit: event => journal.emit(event),
    renewed: () => certificates.reload(),
    now: Date.now,
    ...(renewalRules && { rules: renewalRules }),
  })
}
