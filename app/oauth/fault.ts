/** A fault: why there is no token, in words for a person, and whether it takes one to mend it. */

/** `person`: waiting helps nothing; `passing`: it may work the next time. */
export type FaultKind = 'person' | 'passing'

export class SignInFault extends Error {
  readonly kind: FaultKind

  constructor(kind: FaultKind, words: string) {
    super(words)
    this.kind = kind
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
    return new SignInFault('person', refusalWords(refusal, who))
  if (refusal) return new SignInFault('passing', `${who} can't sign us in at the moment (${saidIn(refusal)})`)
  return new SignInFault('passing', `${who} can't be asked for a token (${causeOf(error)})`)
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

function refusalWords(refusal: Refusal, who: string): string {
  const known = /\bAADSTS(\d+)/.exec(refusal.description)?.[1]
  const words = (known !== undefined && MICROSOFT[known]) || USUAL[refusal.error]
  return words === undefined
    ? `${who} refuses: ${saidIn(refusal)}`
    : `${who} refuses, since ${words} (${saidIn(refusal)})`
}

function saidIn({ error, description, status }: Refusal): string {
  const said = description === '' ? error : description
  return status >= 500 ? `${status} ${said}` : said
}

/** RFC 6749 section 5.2, RFC 8628 section 3.5. */
const USUAL: Readonly<Record<string, string>> = {
  invalid_grant: 'what was allowed has expired or was taken back',
  invalid_client: 'it does not accept the client id or its secret',
  unauthorized_client: 'the registration may not sign in this way',
  invalid_scope: 'the registration may not ask for sending mail',
  access_denied: 'somebody said no, or may not allow it',
  expired_token: 'nobody signed in before the code expired',
  interaction_required: 'a person must sign in again',
  consent_required: 'a person must allow it again',
  login_required: 'a person must sign in again',
}

/** Microsoft Entra's error codes reference. */
const MICROSOFT: Readonly<Record<string, string>> = {
  '16000': 'it must be said which account signs in',
  '50034': 'there is no such account in the directory',
  '50053': 'the account is locked',
  '50055': 'the password has expired',
  '50057': 'the account is disabled',
  '50076': 'the office asks for a second factor now',
  '50079': 'the office asks for a second factor, and none is set up for the account',
  '50105': 'the account is not assigned to the registered app',
  '50126': 'user name or password are wrong',
  '50158': 'another check is asked for at the sign-in',
  '50173': 'the password was changed or all sign-ins were ended',
  '50194': 'the registration is for one directory only: write its domain as tenant',
  '53000': 'conditional access asks for a managed device',
  '53001': 'conditional access asks for a device that is joined to the domain',
  '53003': 'conditional access blocks it',
  '65001': 'nobody has consented to the registered app yet',
  '70008': 'what was allowed has expired',
  '70011': 'the registration may not ask for sending mail',
  '90002': 'there is no such directory: check the tenant',
  '700016': 'the client id is not registered in this directory',
  '700082': 'it was not used for too long and has expired',
  '700084': 'it has expired',
  '7000215': "the client's secret is wrong",
  '7000218': 'the registration does not allow public client flows, or wants a secret',
  '7000222': "the client's secret has expired",
}

/** Of an error that the server didn't say: the innermost tells most. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an answer that makes no sense'
  const status: unknown = typeof error.cause === 'object' && Reflect.get(error.cause ?? {}, 'status')
  if (typeof status === 'number') return `it answered with the HTTP status ${status}`
  const inner = innermost(error)
  const { code } = inner as NodeJS.ErrnoException
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return "its name isn't found: check this machine's DNS"
    case 'OAUTH_TIMEOUT':
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return "it didn't answer in time"
  }
  return oneLine(inner.message) || 'an answer that makes no sense'
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error
}
