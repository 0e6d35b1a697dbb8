/** The help's topics in their order, and which of them tells more about an option. */
import { runningTopics } from './running.ts'
import { sendingTopics } from './sending.ts'
import { signInTopic } from './sign-in.ts'
import type { Topic } from './topic.ts'
import { vpop3Topic } from './vpop3.ts'

export const topics: readonly Topic[] = [...sendingTopics, ...runningTopics, signInTopic, vpop3Topic]

/** By the start of an option's pattern; the first that fits counts. */
const about: readonly (readonly [string, string])[] = [
  ['smtp.listeners[].encryption', 'encryption'],
  ['smtp.listeners', 'devices'],
  ['smtp.plaintextAuthentication', 'devices'],
  ['smtp.authentication', 'on-the-road'],
  ['smtp.internalMail', 'on-the-road'],
  ['smtp.max', 'refused'],
  ['smtp.idle', 'refused'],
  ['smtp', 'who-may-send'],
  ['globalAccess', 'who-may-send'],
  ['localNetworks', 'who-may-send'],
  ['routers', 'who-may-send'],
  ['users', 'local-mail'],
  ['localDomains', 'local-mail'],
  ['aliases', 'local-mail'],
  ['catchAll', 'local-mail'],
  ['delivery.routes[].login', 'sign-in'],
  ['delivery.routes', 'leaving'],
  ['delivery', 'queue'],
]

/** The first topic for an option of which no other tells. */
export function topicOf(option: string): string {
  return about.find(([start]) => option.startsWith(start))?.[1] ?? 'start'
}
