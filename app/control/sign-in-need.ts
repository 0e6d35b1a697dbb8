/** What a sign-in needs of a person: in words, and the place in the settings that mends it. */
import { untilWords } from '../mail/sign-in-reason.ts'
import type { NeedsPerson } from '../oauth/sign-in.ts'
import type { SignInFacts, Warning } from './control.ts'
import type { ReplyMend } from './reply-meanings.ts'

/** A server that can't be asked for a moment needs nobody. */
export function signInWarnings(facts: readonly SignInFacts[]): Warning[] {
  return facts.flatMap(({ standing, user, routes }) =>
    standing.kind === 'needs-person'
      ? [
          {
            kind: 'sign-in',
            text: needWords(user, standing),
            about: [user],
            mends: [mendOf(standing, routes[0] ?? 0)],
          },
        ]
      : [],
  )
}

export function needWords(user: string, { reason, why }: NeedsPerson): string {
  return `Mail waits until ${untilWords(reason, user)}: ${why}.`
}

/** `at`: the route, counted from 0. */
export function mendOf({ reason, field = 'clientId' }: NeedsPerson, at: number): ReplyMend {
  const login = `delivery.routes[${at}].login`
  switch (reason) {
    case 'settings':
      return { kind: 'sign-in-settings', path: `${login}.${field}` }
    case 'never':
      return { kind: 'sign-in-now', path: `${login}.signIn` }
    default:
      return { kind: 'sign-in-again', path: `${login}.signIn` }
  }
}
