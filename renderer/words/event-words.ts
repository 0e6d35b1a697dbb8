/** Events in words: what happened, how grave it is, whether "Why?" can be asked. */
import type { Event, Refusal } from '../state/settings.ts'
import { dateWords, exactTime } from './dates.ts'
import { historyWords } from './history-words.ts'
import { choiceLabel } from './options.ts'
import { count, enumerate, formatBytes } from './plain.ts'
import { untilWords } from './sign-in-words.ts'

export type Gravity = 'good' | 'bad' | 'warning' | 'plain'

export interface Reply {
  readonly code: number
  readonly status: string
  readonly text: string
}

export function replyWords({ code, status, text }: Reply): string {
  return [code, status, text.replace(/\s*[\r\n]+\s*/g, ' ')].filter(part => part !== '').join(' ')
}

export function gravityOf({ kind }: Event): Gravity {
  switch (kind) {
    case 'delivered':
    case 'hop-up':
    case 'signed-in':
      return 'good'
    case 'failed':
    case 'sign-in-refused':
    case 'bounced':
    case 'error':
    case 'recipient-refused':
    case 'message-refused':
    case 'session-refused':
    case 'settings-refused':
    case 'logon-failed':
    case 'connection-refused':
    case 'blocked':
      return 'bad'
    case 'deferred':
    case 'hop-down':
    case 'held':
    case 'warning':
    case 'name-unresolved':
    case 'tls-failed':
      return 'warning'
    default:
      return 'plain'
  }
}

const titles: Readonly<Record<Event['kind'], string>> = {
  started: 'Started',
  stopped: 'Stopped',
  listening: 'Listening',
  'settings-applied': 'Settings',
  'settings-refused': 'Settings refused',
  'connection-refused': 'Refused',
  blocked: 'Blocked',
  unblocked: 'Unblocked',
  'tls-failed': 'No TLS',
  'logged-on': 'Logged on',
  'logon-failed': 'Log-on failed',
  'recipient-refused': 'Refused',
  'message-refused': 'Refused',
  'session-refused': 'Refused',
  abandoned: 'No message',
  accepted: 'Accepted',
  delivered: 'Delivered',
  deferred: 'Deferred',
  failed: 'Failed',
  'hop-down': 'No answer',
  'hop-up': 'Answers again',
  held: 'Held',
  bounced: 'Returned',
  'queue-changed': 'Queue',
  rerouted: 'Rerouted',
  'rerouted-all': 'Rerouted',
  'name-resolved': 'Host name',
  'name-unresolved': 'Host name',
  'certificate-used': 'Certificate',
  'signed-in': 'Signed in',
  'sign-in-refused': 'Sign-in',
  warning: 'Warning',
  error: 'Error',
}

export function eventTitle({ kind }: Event): string {
  return titles[kind]
}

const done = { hold: 'held', release: 'released', retry: 'set to be tried', remove: 'removed' } as const

export function eventWords(event: Event): string {
  switch (event.kind) {
    case 'started':
      return `version ${event.version}, data folder ${event.folder}`
    case 'stopped':
      return 'the relay takes no mail'
    case 'listening':
      return `on ${event.address} port ${event.port}, ${encryptionWords(event.encryption)}`
    case 'settings-applied':
      return `changed by ${event.by === 'file' ? 'hand, in the file' : `the ${event.by}`}: ${historyWords(event.words)}`
    case 'settings-refused':
      return `of ${event.by}: ${event.problems.join('; ')}`
    case 'connection-refused':
      return `${event.client}: ${replyWords(event.reply)}`
    case 'blocked':
      return `${event.address} until ${exactTime(event.until)}, after ${event.why}`
    case 'unblocked':
      return `${event.address} by the ${event.by}`
    case 'tls-failed':
      return `with ${event.client}: ${event.text}`
    case 'logged-on':
      return `${event.user} from ${event.client}`
    case 'logon-failed':
      return `${event.user} from ${event.client}: ${replyWords(event.reply)}`
    case 'recipient-refused':
      return `${sender(event)}, from ${path(event.from)} to ${event.to}: ${replyWords(event.reply)}`
    case 'message-refused':
      return `${sender(event)}, from ${path(event.from)}${event.to ? ` to ${enumerate(event.to)}` : ''}: ${replyWords(event.reply)}`
    case 'session-refused':
      return `${sender(event)}: ${replyWords(event.reply)}`
    case 'abandoned':
      return `${sender(event)}, from ${path(event.from)} to ${enumerate(event.to)}: accepted, and no message came`
    case 'accepted':
      return `${sender(event)}, from ${path(event.from)} to ${enumerate(event.to)}, ${formatBytes(event.size)}${event.mended ? ', its line ends mended' : ''}`
    case 'delivered':
      return `to ${event.to} by ${event.via}: ${replyWords(event.reply)}`
    case 'deferred':
      return `for ${event.to}; ${event.via} said ${replyWords(event.reply)}`
    case 'failed':
      return `for ${event.to}; ${event.via} said ${replyWords(event.reply)}`
    case 'hop-down':
      return `${event.hop}, ${waitingWords(event.waiting)}: ${event.own ? event.reply.text : replyWords(event.reply)}`
    case 'hop-up':
      return `${event.hop} takes mail again; ${waitingWords(event.waiting)}`
    case 'held':
      return `for ${event.to}: ${event.why}`
    case 'bounced':
      return `to ${path(event.to)} as undelivered, in message ${event.dsn}`
    case 'queue-changed':
      return `message ${event.id} ${done[event.change]} by hand${event.recipients ? ` for ${event.recipients.join(', ')}` : ''}`
    case 'rerouted':
      return `message ${event.id} for ${event.to}: ${event.after} (before: ${event.before})`
    case 'rerouted-all':
      return `${count(event.recipients, 'recipient')} of ${count(event.messages, 'message')} go another way now`
    case 'name-resolved':
      return resolvedWords(event)
    case 'name-unresolved':
      return `${event.name} can’t be looked up, since ${event.why}; it goes on as ${nameAddresses(event.addresses)}`
    case 'certificate-used':
      return `a new one is in use, for ${event.names.join(', ') || 'no name'} until ${dateWords(event.until)}`
    case 'signed-in':
      return `as ${event.user} with ${event.provider}`
    case 'sign-in-refused':
      return `mail waits until ${untilWords(event.reason ?? 'ended', event.user)}: ${event.why}`
    case 'warning':
    case 'error':
      return event.text
  }
}

/** The refusals of which "Why?" can be asked, as the relay knows them. */
const refusals: Readonly<Record<Refusal['kind'], true>> = {
  'recipient-refused': true,
  'message-refused': true,
  'connection-refused': true,
  'session-refused': true,
  'logon-failed': true,
  'tls-failed': true,
  blocked: true,
}

export function isRefusal(event: Event): event is Refusal {
  return Object.hasOwn(refusals, event.kind)
}

/** By its name in the bindings. */
export function encryptionWords(encryption: string): string {
  const label = choiceLabel(['smtp', 'listeners', 0, 'encryption'], encryption) ?? encryption
  return encryption === 'none' ? 'not encrypted' : label
}

function waitingWords(messages: number): string {
  return messages === 1 ? '1 message waits' : `${messages} messages wait`
}

export type RefusedEvent = Event & { readonly kind: 'deferred' | 'failed' }

/** What a next hop postponed or refused. */
export function isRefusedThere(event: Event): event is RefusedEvent {
  return event.kind === 'deferred' || event.kind === 'failed'
}

function resolvedWords({
  name,
  addresses,
  before,
  refused,
}: Event & { readonly kind: 'name-resolved' }): string {
  const moved = before.length > 0 && before.join() !== addresses.join()
  const was = moved ? `, and was ${enumerate(before)}` : ''
  const not = refused.length > 0 ? `; ${enumerate(refused)} isn’t taken` : ''
  return `${name} is ${nameAddresses(addresses)} now${was}${not}`
}

function nameAddresses(addresses: readonly string[]): string {
  return addresses.length > 0 ? enumerate(addresses) : 'no address'
}

export function path(address: string): string {
  return address === '' ? '<> (a report)' : address
}

function sender({ client, user }: { readonly client: string; readonly user?: string }): string {
  return user === undefined ? client : `${user} (${client})`
}
