/** Next hops that are down, in words. */
import type { Status } from '../state/settings.ts'
import { count, relativeTime, sinceWords } from './plain.ts'

export type Hop = Status['hops'][number]

const failings: Readonly<Record<Hop['reason'], string>> = {
  unreachable: 'doesn’t answer',
  tls: 'makes no safe connection',
  'log-on': 'doesn’t let us log on',
  'sign-in': 'waits for its sign-in',
  'sign-in-service': 'waits for the sign-in service',
  broken: 'breaks off every message',
  silent: 'has said nothing in the middle of a message',
}

/** `smtp.provider.example:587 doesn’t answer since 10:42; next try in 4 minutes; 312 messages wait`. */
export function hopWords({ name, reason, since, next, waiting }: Hop, now: number): string {
  const later = next <= now ? 'tried now' : `next try ${relativeTime(next, now)}`
  return `${name} ${failings[reason]} ${sinceWords(since, now)}; ${later}; ${count(waiting, 'message')} ${waiting === 1 ? 'waits' : 'wait'}.`
}
