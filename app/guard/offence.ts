/** Offences: what a client does that points to an attack, and what a person calls it. */

/** VPOP3's IDS/IPS events, as the settings name their points. */
export const OFFENCE_KINDS = [
  'relayDenied',
  'badPassword',
  'unknownUser',
  'unknownRecipient',
  'protocolError',
  'earlyTalker',
  'tooManyConnections',
] as const

export type OffenceKind = (typeof OFFENCE_KINDS)[number]

/** One offence, or several alike that came soon after each other. Times in milliseconds, of the clock of whoever holds it. */
export interface Offence {
  readonly kind: OffenceKind
  /** The account tried, or the recipient; absent where there is none, or there were several. */
  readonly who?: string
  readonly count: number
  readonly first: number
  readonly last: number
}

/** As VPOP3's events are called, and the window's fields. */
export const OFFENCE_NAMES: Readonly<Record<OffenceKind, string>> = {
  relayDenied: 'Relay denied',
  badPassword: 'Bad password',
  unknownUser: 'Unknown user',
  unknownRecipient: 'Unknown recipient',
  protocolError: 'Protocol error',
  earlyTalker: 'Talked too early',
  tooManyConnections: 'Too many connections',
}

const NAMES: Readonly<Record<OffenceKind, readonly [one: string, many: string]>> = {
  relayDenied: ['refused attempt to relay', 'refused attempts to relay'],
  badPassword: ['wrong password', 'wrong passwords'],
  unknownUser: ['log-on as an unknown user', 'log-ons as unknown users'],
  unknownRecipient: ['unknown recipient', 'unknown recipients'],
  protocolError: ['command that is wrong', 'commands that are wrong'],
  earlyTalker: ['session that talked too early', 'sessions that talked too early'],
  tooManyConnections: ['connection too many', 'connections too many'],
}

/** `9 wrong passwords`. */
export function offenceName(kind: OffenceKind, count: number): string {
  return `${count} ${NAMES[kind][count === 1 ? 0 : 1]}`
}

/** All of them by their kinds: `9 wrong passwords and 2 unknown recipients`. */
export function offenceWords(offences: readonly Offence[]): string {
  const parts = OFFENCE_KINDS.flatMap(kind => {
    const count = offences.reduce((sum, one) => (one.kind === kind ? sum + one.count : sum), 0)
    return count > 0 ? [offenceName(kind, count)] : []
  })
  const last = parts.pop() ?? 'nothing'
  return parts.length > 0 ? `${parts.join(', ')} and ${last}` : last
}
