/** The dialects of lists, as a person calls them. */
import type { ImportAsked } from '../state/settings.ts'

export const dialects: readonly {
  readonly name: NonNullable<ImportAsked['dialect']>
  readonly title: string
}[] = [
  { name: 'vpop3-1.5', title: 'VPOP3 1.5 (text)' },
  { name: 'vpop3-3', title: 'VPOP3 3 or 4' },
  { name: 'vpop3-5', title: 'VPOP3 5 and later' },
  { name: 'postfix', title: 'Postfix' },
  { name: 'hmailserver', title: 'hMailServer' },
]
