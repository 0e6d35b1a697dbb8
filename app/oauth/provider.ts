/** A provider: whom a login signs in with, where, for what, and as which registration. */
import type { OAuthLogin } from '../settings/settings.ts'

export interface Endpoints {
  readonly authorization: string
  readonly token: string
  /** RFC 8628 section 3.1. */
  readonly device: string
}

export interface Provider {
  /** In words. */
  readonly name: string
  readonly issuer: string
  /** `told`: the issuer tells them (RFC 8414 section 3). */
  readonly endpoints: Endpoints | 'told'
  /** Separated by spaces (RFC 6749 section 3.3). */
  readonly scope: string
  readonly clientId: string
  /** The name of the client's secret in the secret store. */
  readonly clientSecret?: string
  /** Where the browser comes back to, without the port. */
  readonly redirect: 'http://127.0.0.1' | 'http://localhost'
  /** More that the browser is sent with. */
  readonly parameters: Readonly<Record<string, string>>
  /** Why there are no device codes for mail; undefined where there are. */
  readonly noDeviceCode?: string
}

export type Chosen =
  | { readonly ok: true; readonly provider: Provider }
  /** What is missing, and that in one sentence without its full stop. */
  | { readonly ok: false; readonly field: LoginField; readonly why: string }

/** A setting of a login, by which the provider knows us, or we know it. */
export type LoginField = 'provider' | 'tenant' | 'issuer' | 'scopes' | 'clientId' | 'clientSecret'

export const fieldWords: Readonly<Record<LoginField, string>> = {
  provider: 'the provider',
  tenant: 'the directory (tenant)',
  issuer: 'the address of the sign-in service (issuer)',
  scopes: 'what is asked for (scopes)',
  clientId: 'the client id',
  clientSecret: 'the client secret',
}

export function providerOf(login: OAuthLogin): Chosen {
  const { provider, clientId, clientSecret } = login
  if (provider === undefined)
    return missing('provider', 'say in the settings who signs us in: "provider" of the login is missing')
  if (clientId === undefined)
    return missing(
      'clientId',
      'register Postern with the provider, and write the client id into the settings',
    )
  const registration = { clientId, ...(clientSecret !== undefined && { clientSecret }) }
  if (provider === 'google') return { ok: true, provider: { ...GOOGLE, ...registration } }
  if (provider === 'other') return other(login, registration)
  const tenant = login.tenant ?? login.user.split('@')[1]
  if (tenant === undefined)
    return missing('tenant', 'write the directory into the settings: "tenant" of the login is missing')
  return { ok: true, provider: { ...microsoft(tenant), ...registration } }
}

function missing(field: LoginField, why: string): Chosen {
  return { ok: false, field, why }
}

type Preset = Omit<Provider, 'clientId' | 'clientSecret'>

/**
 * Entra takes any port at `http://localhost`; a registration for 127.0.0.1 can only be made in its manifest (Microsoft,
 * "Redirect URI restrictions and limitations").
 */
function microsoft(tenant: string): Preset {
  const base = `https://login.microsoftonline.com/${tenant}`
  return {
    name: 'Microsoft',
    issuer: `${base}/v2.0`,
    endpoints: {
      authorization: `${base}/oauth2/v2.0/authorize`,
      token: `${base}/oauth2/v2.0/token`,
      device: `${base}/oauth2/v2.0/devicecode`,
    },
    scope: 'https://outlook.office.com/SMTP.Send offline_access',
    redirect: 'http://localhost',
    parameters: { prompt: 'select_account' },
  }
}

/** Without `access_type` there is no refresh token, and without `prompt` none the second time. */
const GOOGLE: Preset = {
  name: 'Google',
  issuer: 'https://accounts.google.com',
  endpoints: {
    authorization: 'https://accounts.google.com/o/oauth2/v2/auth',
    token: 'https://oauth2.googleapis.com/token',
    device: 'https://oauth2.googleapis.com/device/code',
  },
  scope: 'https://mail.google.com/',
  redirect: 'http://127.0.0.1',
  parameters: { access_type: 'offline', prompt: 'consent' },
  noDeviceCode: 'Google gives no device codes for mail',
}

function other({ issuer, scopes }: OAuthLogin, registration: { readonly clientId: string }): Chosen {
  if (issuer === undefined)
    return missing(
      'issuer',
      'write the address of the sign-in service into the settings: "issuer" of the login is missing',
    )
  const scope = (scopes ?? ['offline_access']).join(' ')
  const name = new URL(issuer).host
  return {
    ok: true,
    provider: {
      name,
      issuer,
      endpoints: 'told',
      scope,
      redirect: 'http://127.0.0.1',
      parameters: {},
      ...registration,
    },
  }
}
