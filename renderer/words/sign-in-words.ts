/** What a sign-in needs of a person, in the window's words. */
import type { SignInFacts } from '../state/settings.ts'

export type NeedsPerson = SignInFacts['standing'] & { readonly kind: 'needs-person' }
type Reason = NeedsPerson['reason']

/** As in `Mail waits until somebody signs in as office@example.com`. */
export function untilWords(reason: Reason, user: string): string {
  return untils[reason].replace('USER', () => user)
}

const untils: Readonly<Record<Reason, string>> = {
  never: 'somebody signs in as USER',
  ended: 'somebody signs in again as USER',
  forbidden: 'the provider lets USER in again',
  settings: 'the settings of the sign-in as USER are right',
  'not-taken': 'the mail server takes the sign-in of USER',
  unreachable: 'there is a token for USER again',
  busy: 'there is a token for USER again',
  unkept: 'there is a token for USER again',
}
