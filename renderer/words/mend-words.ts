/** What mends a next hop's refusal, as the title of its button and the place it opens. */
import { type Place, placeOf } from '../state/place.ts'
import type { ReplyMend } from '../state/settings.ts'

type Kind = ReplyMend['kind']

const titles: Readonly<Record<Exclude<Kind, 'wait'>, string>> = {
  retry: 'Retry now',
  'sign-in': 'Open the sign-in',
  'sign-in-now': 'Sign in',
  'sign-in-again': 'Sign in again',
  'sign-in-settings': 'Check the sign-in’s settings',
  'sign-in-address': 'Check its address',
  servers: 'Check the server',
  encryption: 'Choose the encryption',
  trust: 'Trust its certificate',
  'sender-rewriting': 'Rewrite the sender',
  dkim: 'Set up DKIM',
  'mail-senders': 'Show the mail senders',
  'local-mail': 'Show local mail',
  users: 'Show the users',
  limits: 'Show the limits',
  hostname: 'Change this server’s name',
  connections: 'Change the connections',
  doctor: 'Examine this machine',
  'tell-provider': 'Copy a text for the provider',
  'tell-recipient': 'Copy a text for the recipient',
}

/** By the last name of the path. */
const settingTitles: Readonly<Record<string, string>> = {
  provider: 'Choose the provider',
  clientId: 'Check the client id',
  clientSecret: 'Enter the client secret',
  tenant: 'Check the directory',
  issuer: 'Check the provider’s address',
  scopes: 'Check what is asked for',
}

/** Undefined where waiting is all there is to do. */
export function mendTitle({ kind, path }: ReplyMend): string | undefined {
  if (kind === 'wait') return undefined
  if (kind === 'sign-in-settings') return settingTitles[path?.split('.').at(-1) ?? ''] ?? titles[kind]
  if (kind === 'sender-rewriting' && !path?.endsWith('.sendAs')) return 'Show the mail sender'
  return titles[kind]
}

/** Undefined for what is mended in no place. */
export function mendPlace({ kind, path }: ReplyMend): Place | undefined {
  if (kind === 'doctor') return { page: 'tools', tab: 'doctor' }
  return path === undefined ? undefined : placeOf(path)
}
