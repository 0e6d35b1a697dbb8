/** Why a sign-in gives nothing to log on with: the situations that a person tells apart, since each is mended elsewhere. */

/**
 * - `never`: nobody has signed in so far;
 * - `ended`: what was allowed has expired or was taken back;
 * - `forbidden`: the provider keeps the account out, by a rule or by its state;
 * - `settings`: who signs us in, or as which registration, is missing or not accepted;
 * - `not-taken`: there is a token, but the mail server doesn't take it;
 * - `unreachable`: the provider's sign-in service can't be asked;
 * - `busy`: it can be asked, and has trouble;
 * - `unkept`: what it gave can't be stored here.
 */
export const SIGN_IN_REASONS = [
  'never',
  'ended',
  'forbidden',
  'settings',
  'not-taken',
  'unreachable',
  'busy',
  'unkept',
] as const

export type SignInReason = (typeof SIGN_IN_REASONS)[number]

/** Whether it may work again by itself; else it takes a person. */
export function passesByItself(reason: SignInReason): boolean {
  return reason === 'unreachable' || reason === 'busy' || reason === 'unkept'
}

/** What mail waits for, as in `Mail waits until somebody signs in as office@example.com`. */
export function untilWords(reason: SignInReason, user: string): string {
  switch (reason) {
    case 'never':
      return `somebody signs in as ${user}`
    case 'ended':
      return `somebody signs in again as ${user}`
    case 'forbidden':
      return `the provider lets ${user} in again`
    case 'settings':
      return `the settings of the sign-in as ${user} are right`
    case 'not-taken':
      return `the mail server takes the sign-in of ${user}`
    case 'unreachable':
    case 'busy':
    case 'unkept':
      return `there is a token for ${user} again`
  }
}
