/** A login with the test's authorization server, secrets in a folder, and clocks that a test sets. */
import assert from 'node:assert/strict'
import type { EventBody } from '../../../app/log/event.ts'
import type { SignInReason } from '../../../app/mail/sign-in-reason.ts'
import type { Clocks } from '../../../app/oauth/access-token.ts'
import { SignInFault } from '../../../app/oauth/fault.ts'
import { SignIns, type SignInsParts } from '../../../app/oauth/sign-ins.ts'
import { KeyFileSecrets } from '../../../app/settings/keyfile.ts'
import type { OAuthLogin, Route } from '../../../app/settings/settings.ts'
import { type AuthorizationServer, Browser, CLIENT, USER } from '../../support/authorization-server.ts'

export function loginWith(
  { issuer }: Pick<AuthorizationServer, 'issuer'>,
  change: Partial<OAuthLogin> = {},
): OAuthLogin {
  return {
    method: 'oauth2',
    user: USER,
    secret: 'cloud',
    provider: 'other',
    issuer,
    scopes: ['smtp.send', 'offline_access'],
    clientId: CLIENT,
    ...change,
  }
}

export function routeWith(login: OAuthLogin): Route {
  const hosts = [{ host: 'smtp.cloud.example', port: 587 }]
  const rest = { senders: [], users: [], encryption: 'starttls-required', plaintextLogin: 'never' } as const
  return { to: ['*'], via: 'smart-host', hosts, login, ...rest }
}

/** Milliseconds that a test adds to each. */
export class TestClocks implements Clocks {
  ahead = { wall: 0, steady: 0 }
  readonly wall = () => Date.now() + this.ahead.wall
  readonly steady = () => performance.now() + this.ahead.steady
}

export interface Office {
  readonly signIns: SignIns
  readonly secrets: KeyFileSecrets
  readonly clocks: TestClocks
  readonly events: EventBody[]
  /** Names that somebody signed in under. */
  readonly granted: string[]
}

export async function openOffice(
  folder: string,
  login: OAuthLogin,
  change: Partial<SignInsParts> = {},
): Promise<Office> {
  const secrets = await KeyFileSecrets.open(folder)
  const clocks = new TestClocks()
  const events: EventBody[] = []
  const granted: string[] = []
  const signIns = new SignIns({
    secrets,
    clocks,
    emit: event => void events.push(event),
    routes: () => [routeWith(login)],
    granted: name => void granted.push(name),
    ...change,
  })
  return { signIns, secrets, clocks, events, granted }
}

/** As a person does, with a browser on this machine; the page that the browser shows at the end. */
export async function signInByBrowser({ signIns }: Pick<Office, 'signIns'>, name = 'cloud'): Promise<string> {
  const begun = await signIns.begin(name, 'browser')
  const [shown] = await Promise.all([new Browser().open(begun.page), signIns.wait(begun.id)])
  return shown
}

export async function signInByDevice({ signIns }: Pick<Office, 'signIns'>, name = 'cloud'): Promise<void> {
  const begun = await signIns.begin(name, 'device')
  if (begun.way !== 'device') throw new Error('no code')
  await Promise.all([new Browser().enterCode(begun.page, begun.code), signIns.wait(begun.id)])
}

export function faultLike(reason: SignInReason, words: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof SignInFault, String(error))
    assert.equal(error.reason, reason, error.message)
    assert.match(error.message, words)
    return true
  }
}
