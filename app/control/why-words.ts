/** Every kind of refusal in words: the compiler asks for those of a new one. */
import { parseClient } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import type { SourceFacts } from '../guard/facts.ts'
import { sourceOf } from '../guard/source.ts'
import type { Settings } from '../settings/settings.ts'
import type { Refusal, WhyKind, WhyWords } from './why.ts'
import { connectionWords } from './why-connection.ts'
import { alwaysBlockedWords, blockedWords } from './why-guard.ts'
import { admissionWords, bareLfWords } from './why-lists.ts'
import { forAnotherWords, goneWords, logOnWords, messageWords } from './why-message.ts'

export interface WhyParts {
  readonly settings: Settings
  readonly policy: Policy
  /** What the guard knows of an address. */
  readonly view: (address: string) => SourceFacts | undefined
}

/** Of all but recipients, which are decided anew. */
export function wordsOf(
  kind: Exclude<WhyKind, 'recipient'>,
  event: Exclude<Refusal, { readonly kind: 'recipient-refused' }>,
  { settings, policy, view }: WhyParts,
): WhyWords {
  const { smtp, users } = settings
  const client = event.kind === 'blocked' ? event.address : event.client
  const said = 'reply' in event ? event.reply.text : ''
  switch (kind) {
    case 'access-list':
      return admissionWords(event.kind === 'connection-refused' ? event : { client }, policy)
    case 'always-blocked':
      return alwaysBlockedWords(client, smtp.ids, policy.machine)
    case 'blocked': {
      const address = blockedIn(event) ?? sourceText(client)
      const why = event.kind === 'blocked' ? event.why : undefined
      return blockedWords(client, address, why, view(address), smtp.ids)
    }
    case 'bare-lf':
      return bareLfWords(client, inMessage(said), policy)
    case 'bare-lf-command':
      return bareLfWords(client, 'in its commands already', policy)
    case 'account-gone':
      return goneWords(client, event.kind === 'message-refused' ? event.gone : undefined)
    case 'wrong-password':
    case 'wrong-passwords':
    case 'log-on-later':
      return logOnWords(kind, { client, user: 'user' in event ? (event.user ?? '') : '' }, { users, policy })
    case 'for-another':
      return forAnotherWords(client, 'user' in event ? (event.user ?? '') : '', users)
    case 'tls':
      return tlsWords(client, event.kind === 'tls-failed' ? event.text : said)
    case 'bare-cr':
    case 'nul':
    case 'loop':
    case 'too-large':
    case 'disk':
    case 'lost':
    case 'data-timeout':
    case 'too-slow':
    case 'stopping':
      return messageWords(kind, client, said, smtp)
    case 'other':
      return otherWords(client, said)
    default:
      return connectionWords(kind, client, smtp)
  }
}

function blockedIn(event: Refusal): string | undefined {
  if (event.kind === 'blocked') return event.address
  return event.kind === 'connection-refused' ? event.blocked : undefined
}

/** As it is counted: of IPv6 its network. */
function sourceText(client: string): string {
  const address = parseClient(client)
  return address ? sourceOf(address) : client
}

function inMessage(said: string): string {
  const line = /in line (\d+) of the message/.exec(said)?.[1]
  return line === undefined ? 'in its message' : `in line ${line} of its message`
}

function tlsWords(client: string, text: string): WhyWords {
  return {
    means: `${client} and this server couldn't agree on an encrypted connection.`,
    cause: `${text} The server speaks TLS 1.2 and 1.3, and 1.0 and 1.1 only at a listener for old devices.`,
    todo: "If it is one of yours: let it trust this server's certificate, or update it; an old device can use a listener for old devices. If you don't know it, nothing needs doing.",
    path: 'smtp.listeners',
  }
}

/** Only of what an earlier version wrote into the log. */
function otherWords(client: string, said: string): WhyWords {
  return {
    means: `${client} was refused with the words “${said}”.`,
    cause: 'They are none that this version says, so it was another version that refused.',
    todo: 'If it happens again, look at the new line of the log.',
  }
}
