/** An event as one line that a person reads. */
import type { Event } from '../log/event.ts'
import { formatReply, type Reply } from '../mail/reply.ts'
import { untilWords } from '../mail/sign-in-reason.ts'
import { plain } from './plain.ts'
import type { Style } from './style.ts'
import { stamp } from './time.ts'

/** The time, then what happened; nothing in it can harm a terminal. */
export function eventLine(event: Event, style: Style): string {
  return `${style.dim(stamp(event.time))}  ${colourOf(event, style)(words(event))}`
}

/** Every value goes through `plain`: most of them a stranger chose. */
function say(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return texts.reduce((line, text, at) => line + plain(String(values[at - 1] ?? '')) + text)
}

function words(event: Event): string {
  switch (event.kind) {
    case 'started':
      return say`started, version ${event.version}, data folder ${event.folder}`
    case 'stopped':
      return 'stopped'
    case 'listening':
      return say`listening on ${event.address} port ${event.port}, encryption ${event.encryption}`
    case 'settings-applied':
      return say`settings changed by ${event.by}: ${event.words}`
    case 'settings-refused':
      return say`settings of ${event.by} refused: ${first(event.problems)}`
    case 'connection-refused':
      return say`[${event.session}] ${event.client} refused: ${formatReply(event.reply)}${rowOf(event)}${event.blocked === undefined ? '' : ` (${event.blocked} is blocked)`}`
    case 'blocked':
      return say`${event.address} is blocked until ${stamp(event.until)} after ${event.why} (${event.points} points)`
    case 'unblocked':
      return say`${event.address} was unblocked by ${event.by}`
    case 'tls-failed':
      if (event.session === '') return say`${event.client} could not agree on TLS: ${event.text}`
      return say`[${event.session}] ${event.client} could not agree on TLS: ${event.text}`
    case 'logged-on':
      return say`[${event.session}] ${event.client} logged on as ${event.user}`
    case 'logon-failed':
      return say`[${event.session}] ${event.client} could not log on as ${event.user}: ${formatReply(event.reply)}`
    case 'recipient-refused':
      return say`[${event.session}] ${who(event)} ${notSent(event)}: ${formatReply(event.reply)}${rowOf(event)}`
    case 'message-refused':
      return say`[${event.session}] ${who(event)} message from ${path(event.from)}${event.to ? ` to ${event.to.join(', ')}` : ''} refused: ${formatReply(event.reply)}`
    case 'session-refused':
      return say`[${event.session}] ${who(event)} was refused: ${formatReply(event.reply)}`
    case 'abandoned':
      return say`[${event.session}] ${who(event)} was accepted from ${path(event.from)} to ${event.to.join(', ')}, and sent no message`
    case 'accepted':
      return say`[${event.session}] ${event.id} accepted from ${who(event)}: ${path(event.from)} to ${event.to.join(', ')}, ${event.size} bytes${event.mended ? ', its line ends mended' : ''}`
    case 'delivered':
      return say`${event.id} delivered to ${event.to} by ${event.via}${event.own ? '' : `: ${formatReply(event.reply)}`}`
    case 'deferred':
      return say`${event.id} for ${event.to} must wait until ${stamp(event.next)}${why(event)}`
    case 'failed':
      return say`${event.id} for ${event.to} failed for good${why(event)}`
    case 'hop-down':
      return say`${event.hop} takes no mail, which waits until ${stamp(event.next)}${waits(event.waiting)}: ${event.own ? event.reply.text : formatReply(event.reply)}`
    case 'hop-up':
      return say`${event.hop} takes mail again, after it did not since ${stamp(event.since)}${waits(event.waiting)}`
    case 'held':
      return say`${event.id} for ${event.to} is held: ${event.why}`
    case 'bounced':
      return say`${event.id}: ${abouts[event.about ?? 'failure']} was reported to ${event.to}, in message ${event.dsn}`
    case 'queue-changed':
      return say`${event.id} ${done[event.change]} by hand${event.recipients ? ` for ${listed(event.recipients)}` : ''}`
    case 'rerouted':
      return say`${event.id} for ${event.to} goes another way now: ${event.after} (before: ${event.before})`
    case 'rerouted-all':
      return say`${event.recipients} recipients of ${event.messages} messages go another way now`
    case 'name-resolved':
      return say`${event.name} is ${listed(event.addresses)} now, in the access list${movedFrom(event)}${notTaken(event.refused)}`
    case 'name-unresolved':
      return say`${event.name} in the access list can't be looked up, since ${event.why}; it goes on as ${listed(event.addresses)}`
    case 'certificate-used':
      return say`a new certificate is in use, for ${event.names.join(', ') || 'no name'} until ${new Date(event.until).toISOString().slice(0, 10)}`
    case 'signed-in':
      return say`signed in as ${event.user} with ${event.provider}, for the secret ${event.name}`
    case 'sign-in-refused':
      return say`mail waits until ${untilWords(event.reason ?? 'ended', event.user)}, for the secret ${event.name}: ${event.why}`
    case 'warning':
      return say`warning: ${event.text}`
    case 'error':
      return say`error: ${event.text}`
  }
}

function waits(messages: number): string {
  if (messages === 0) return ''
  return messages === 1 ? ' (1 message)' : ` (${messages} messages)`
}

function listed(addresses: readonly string[]): string {
  return addresses.length > 0 ? addresses.join(', ') : 'no address'
}

function movedFrom({ addresses, before }: Event & { readonly kind: 'name-resolved' }): string {
  return addresses.join() === before.join() || before.length === 0 ? '' : ` (before: ${before.join(', ')})`
}

function notTaken(refused: readonly string[]): string {
  return refused.length === 0 ? '' : `; not taken: ${refused.join(', ')}`
}

/** What kept a recipient out, by the reply. */
function notSent({ reply, from, to }: Event & { readonly kind: 'recipient-refused' }): string {
  const way = `from ${path(from)} to ${to}`
  if (reply.status.startsWith('5.1.')) return `sends ${way}, which is no mailbox here`
  if (reply.code === 530) return `must log on first to send ${way}`
  return reply.code === 550 && reply.status.startsWith('5.7.') ? `may not relay ${way}` : `can't send ${way}`
}

/** One problem is enough for a line: the file shows the rest again when it is checked. */
function first([problem = '', ...more]: readonly string[]): string {
  return more.length === 0 ? problem : `${problem} (and ${more.length} more)`
}

const done = { hold: 'held', release: 'released', retry: 'set to be tried', remove: 'removed' } as const

const abouts = { failure: 'the failure', delay: 'the delay', success: 'the delivery' } as const

/** What the next hop said, or why it wasn't even asked. */
function why({
  via,
  reply,
  own,
}: {
  readonly via: string
  readonly reply: Reply
  readonly own?: true
}): string {
  return own ? `: ${reply.text}` : `, ${via} said: ${formatReply(reply)}`
}

function who({ client, user }: { readonly client: string; readonly user?: string }): string {
  return user === undefined ? client : `${client} (${user})`
}

function path(address: string): string {
  return address === '' ? '<>' : address
}

function rowOf({ list, row }: { readonly list?: string | null; readonly row?: number | null }): string {
  if (list === null || list === undefined) return ''
  return row === null || row === undefined
    ? ` (no row of the ${list} list)`
    : ` (row ${row} of the ${list} list)`
}

function colourOf({ kind }: Event, style: Style): (text: string) => string {
  switch (kind) {
    case 'delivered':
    case 'hop-up':
    case 'signed-in':
      return style.green
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
      return style.red
    case 'deferred':
    case 'hop-down':
    case 'held':
    case 'warning':
    case 'name-unresolved':
    case 'tls-failed':
      return style.yellow
    default:
      return text => text
  }
}
