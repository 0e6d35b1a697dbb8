/** The dialects in which other servers write who may send. */

export const DIALECTS = ['vpop3-1.5', 'vpop3-3', 'vpop3-5', 'postfix', 'hmailserver'] as const

export type Dialect = (typeof DIALECTS)[number]

/** As a person calls it. */
export const DIALECT_NAMES: Readonly<Record<Dialect, string>> = {
  'vpop3-1.5': 'VPOP3 1.5',
  'vpop3-3': 'VPOP3 3 or 4',
  'vpop3-5': 'VPOP3 5',
  postfix: 'Postfix',
  hmailserver: 'hMailServer',
}
