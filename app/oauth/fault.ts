/** A fault: why there is no token, by its kind and in words for a person. */
import { passesByItself, type SignInReason } from '../mail/sign-in-reason.ts'
import { fieldWords, type LoginField } from './provider.ts'

export class SignInFault extends Error {
  readonly reason: SignInReason
  /** What of the login is missing or wrong, where that is known. */
  readonly field: LoginField | undefined

  constructor(reason: SignInReason, words: string, field?: LoginField) {
    super(words)
    this.reason = reason
    this.field = field
  }

  /** It may work the next time; else waiting helps nothing. */
  get passes(): boolean {
    return passesByItself(this.reason)
  }
}

/** What a server says when it refuses (RFC 6749 sections 4.1.2.1 and 5.2), as the library hands it on. */
interface Refusal {
  readonly error: string
  readonly description: string
  /** HTTP's; 0 where the browser brought it. */
  readonly status: number
}

/** Answers that another moment mends. */
const PASSING = new Set(['temporarily_unavailable', 'server_error', 'slow_down', 'authorization_pending'])

/** `who`: the provider, in words. Whatever isn't a plain refusal may pass. */
export function faultOf(error: unknown, who: string): SignInFault {
  if (error instanceof SignInFault) return error
  const refusal = refusalIn(error)
  if (refusal && refusal.status < 500 && refusal.status !== 429 && !PASSING.has(refusal.error))
    return refused(refusal, who)
  if (refusal) return new SignInFault('busy', `${who} can't sign us in at the moment (${saidIn(refusal)})`)
  const status = statusOf(error) ?? 0
  const reason = status >= 500 || status === 429 ? 'busy' : 'unreachable'
  return new SignInFault(reason, `${who} can't be asked for a token (${causeOf(error)})`)
}

/** What should tell where to sign in: something answers there that is no sign-in service, or another one. */
export function unsuited(error: unknown, who: string): SignInFault {
  const fault = faultOf(error, who)
  const answers = statusOf(error) !== undefined || isAnswer(error)
  if (fault.reason !== 'unreachable' || !answers) return fault
  const words = `what answers at ${who} is not the sign-in service (${causeOf(error)}): check ${fieldWords.issuer} of the mail sender`
  return new SignInFault('unreachable', words, 'issuer')
}

function isAnswer(error: unknown): boolean {
  return error instanceof Error && /^OAUTH_(?!TIMEOUT)/.test(String(Reflect.get(error, 'code')))
}

function refusalIn(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined
  const [code, description, status] = ['error', 'error_description', 'status'].map(name =>
    Reflect.get(error, name),
  )
  // Some tell it in WWW-Authenticate instead (RFC 6749 section 5.2): it is only said of a client that isn't known.
  const name = typeof code === 'string' ? code : status === 401 ? 'invalid_client' : undefined
  return name === undefined
    ? undefined
    : { error: name, description: oneLine(description), status: typeof status === 'number' ? status : 0 }
}

/** Microsoft puts a trace id and the time behind it. */
function oneLine(description: unknown): string {
  if (typeof description !== 'string') return ''
  const [first = ''] = description.split(/[\r\n]| Trace ID:/)
  return first
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 300)
}

function refused(refusal: Refusal, who: string): SignInFault {
  // Whose clock is ahead, the server's or ours, must make no difference.
  if (refusal.error === 'expired_token') return new SignInFault('ended', CODE_EXPIRED)
  const known = /\bAADSTS(\d+)/.exec(refusal.description)?.[1]
  const meant = (known !== undefined && MICROSOFT[known]) || USUAL[refusal.error]
  if (!meant) return new SignInFault('forbidden', `${who} refuses: ${saidIn(refusal)}`)
  const [reason, words, field] = meant
  const check = field === undefined ? '' : `: check ${fieldWords[field]} of the mail sender`
  return new SignInFault(reason, `${who} refuses, since ${words} (${saidIn(refusal)})${check}`, field)
}

function saidIn({ error, description, status }: Refusal): string {
  const said = description === '' ? error : description
  return status >= 500 ? `${status} ${said}` : said
}

type Meant = readonly [SignInReason, words: string, LoginField?]

/** In the device flow (RFC 8628 section 3.5). */
export const CODE_EXPIRED = 'nobody signed in before the code expired'

/** RFC 6749 sections 4.1.2.1 and 5.2, RFC 8628 section 3.5. */
const USUAL: Readonly<Record<string, Meant>> = {
  invalid_grant: ['ended', 'what was allowed has expired or was taken back'],
  invalid_client: ['settings', 'it does not accept the client id or its secret', 'clientId'],
  unauthorized_client: ['settings', 'the registration may not sign in this way', 'clientId'],
  invalid_scope: ['settings', 'the registration may not ask for sending mail', 'scopes'],
  unsupported_grant_type: ['settings', 'it does not sign in this way', 'provider'],
  access_denied: ['forbidden', 'somebody said no, or may not allow it'],
  interaction_required: ['ended', 'a person must sign in again'],
  consent_required: ['ended', 'a person must allow it again'],
  login_required: ['ended', 'a person must sign in again'],
}

/** Microsoft Entra's error codes reference. */
const MICROSOFT: Readonly<Record<string, Meant>> = {
  '16000': ['ended', 'it must be said which account signs in'],
  '50034': ['forbidden', 'there is no such account in the directory'],
  '50053': ['forbidden', 'the account is locked'],
  '50055': ['ended', 'the password has expired'],
  '50057': ['forbidden', 'the account is disabled'],
  '50076': ['ended', 'the office asks for a second factor now'],
  '50079': ['ended', 'the office asks for a second factor, and none is set up for the account'],
  '50105': ['forbidden', 'the account is not assigned to the registered app'],
  '50126': ['ended', 'user name or password are wrong'],
  '50158': ['ended', 'another check is asked for at the sign-in'],
  '50173': ['ended', 'the password was changed or all sign-ins were ended'],
  '50194': ['settings', 'the registration is for one directory only: write its domain as tenant', 'tenant'],
  '53000': ['forbidden', 'conditional access asks for a managed device'],
  '53001': ['forbidden', 'conditional access asks for a device that is joined to the domain'],
  '53003': ['forbidden', 'conditional access blocks it'],
  '65001': ['ended', 'nobody has consented to the registered app yet'],
  '70008': ['ended', 'what was allowed has expired'],
  '70011': ['settings', 'the registration may not ask for sending mail', 'clientId'],
  '90002': ['settings', 'there is no such directory', 'tenant'],
  '700016': ['settings', 'the client id is not registered in this directory', 'clientId'],
  '700082': ['ended', 'it was not used for too long and has expired'],
  '700084': ['ended', 'it has expired'],
  '7000215': ['settings', "the client's secret is wrong", 'clientSecret'],
  '7000218': [
    'settings',
    'the registration does not allow public client flows, or wants a secret',
    'clientId',
  ],
  '7000222': ['settings', "the client's secret has expired", 'clientSecret'],
}

/** Of an error that the server didn't say: the innermost tells most. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an answer that makes no sense'
  const status = statusOf(error)
  if (status === 200) return 'its answer is none that a sign-in service gives'
  if (status !== undefined) return `it answered with the HTTP status ${status}`
  const inner = innermost(error)
  const { code } = inner as NodeJS.ErrnoException
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return "its name isn't found: check it, and this machine's DNS"
    case 'OAUTH_TIMEOUT':
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return "it didn't answer in time"
  }
  return oneLine(inner.message) || 'an answer that makes no sense'
}

/** HTTP's, of an answer that makes no sense. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || typeof error.cause !== 'object') return undefined
  const status: unknown = Reflect.get(error.cause ?? {}, 'status')
  return typeof status === 'number' ? status : undefined
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error
}
