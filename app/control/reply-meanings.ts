/** What the replies of next hops mean for this relay: each button with the setting it opens. */
import type { MendKind } from '../delivery/meaning/entry.ts'
import { type Meaning, type Mend, meaningOf } from '../delivery/meaning/meaning.ts'
import { hostPort } from '../delivery/next-hop.ts'
import { destination } from '../delivery/route.ts'
import type { Reply } from '../mail/reply.ts'
import { providerOf } from '../oauth/provider.ts'
import type { Message } from '../queue/message.ts'
import type { Route } from '../settings/settings.ts'

/** A next hop's reply, and what is known beside it. */
export interface AskedReply {
  readonly reply: Reply
  /** Who said it, as `host:port`. */
  readonly via?: string
  readonly from?: string
  readonly to?: string
  /** The account that was logged on. */
  readonly user?: string
}

/** What a reply means here: what a person can do about it, and in which setting. */
export interface ReplyMeaning extends Meaning {
  readonly mends: readonly ReplyMend[]
}

/** With the setting it opens, as problems name it; without one where no setting mends it. */
export type ReplyMend = Mend & { readonly path?: string }

/** Of the settings in force, what the meanings depend on. */
export interface SendingSettings {
  readonly hostname: string
  readonly delivery: { readonly routes: readonly Route[] }
}

/** Null where the reply refuses and postpones nothing. */
export function replyMeaning(asked: AskedReply, settings: SendingSettings): ReplyMeaning | null {
  const { reply, via, from, to } = asked
  const meaning = meaningOf(reply, {
    hostname: settings.hostname,
    ...(via === undefined ? {} : { via }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  })
  if (!meaning) return null
  const { routes } = settings.delivery
  const at = routeOf(asked, routes)
  return { ...meaning, mends: meaning.mends.map(mend => withPath(mend, at, routes[at])) }
}

/** Of each recipient's last reply. */
export function messageMeanings(
  { envelope, origin, states }: Message,
  settings: SendingSettings,
): (ReplyMeaning | null)[] {
  return envelope.recipients.map(({ address }, index) => {
    const state = states[index]
    if (!state || !('reply' in state) || !state.reply) return null
    const { user } = origin
    const asked = { reply: state.reply, from: envelope.reversePath, to: address }
    return replyMeaning(user === undefined ? asked : { ...asked, user }, settings)
  })
}

/** The route with the host that said it, else the one that takes such mail now; -1 for none. */
function routeOf({ via, from = '', to, user }: AskedReply, routes: readonly Route[]): number {
  const said = routes.findIndex(({ hosts }) => hosts.some(({ host, port }) => hostPort(host, port) === via))
  if (said >= 0 || to === undefined) return said
  const sender = user === undefined ? { reversePath: from } : { reversePath: from, user }
  const where = destination({ address: to }, sender, routes)
  return where.kind === 'next-hop' ? routes.indexOf(where.way.route) : -1
}

function withPath(mend: Mend, at: number, route: Route | undefined): ReplyMend {
  const path = pathOf(mend.kind, at, route)
  return path === undefined ? mend : { ...mend, path }
}

/** Undefined for what is mended by no setting. */
function pathOf(kind: MendKind, at: number, route: Route | undefined): string | undefined {
  const part = partOf(kind, route)
  if (part === undefined) return settings[kind]
  return at < 0 ? 'delivery.routes' : `delivery.routes[${at}].${part}`
}

const settings: { readonly [kind in MendKind]?: string } = {
  dkim: 'delivery.dkim',
  'mail-senders': 'delivery.routes',
  'local-mail': 'localDomains',
  users: 'users',
  limits: 'smtp.maxMessageSize',
  hostname: 'hostname',
  connections: 'delivery.connections',
}

/** What it is called within a route. */
function partOf(kind: MendKind, route: Route | undefined): string | undefined {
  switch (kind) {
    case 'sign-in':
      return 'login'
    case 'sign-in-now':
    case 'sign-in-again':
      return route?.login?.method === 'oauth2' ? 'login.signIn' : 'login'
    case 'sign-in-settings':
    case 'sign-in-address':
      return loginField(kind, route)
    case 'servers':
      return route?.via === 'mx' ? 'via' : 'hosts'
    case 'encryption':
      return 'encryption'
    case 'trust':
      return 'trust'
    case 'sender-rewriting':
      return 'sendAs'
    default:
      return undefined
  }
}

/** What is missing of a login, else what is most likely wrong. */
function loginField(kind: 'sign-in-settings' | 'sign-in-address', route: Route | undefined): string {
  const login = route?.login
  if (login?.method !== 'oauth2') return 'login'
  const chosen = providerOf(login)
  if (!chosen.ok) return `login.${chosen.field}`
  if (kind === 'sign-in-settings') return 'login.clientId'
  const where = { microsoft: 'tenant', google: 'provider', other: 'issuer' } as const
  return `login.${where[login.provider ?? 'other']}`
}
