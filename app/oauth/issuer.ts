/** An issuer of tokens, asked through openid-client; the only file that knows it. */
/*
 * The library is loaded when a token is first asked for: a start doesn't wait for it, and an office that signs in
 * with passwords never needs it.
 */
import type { Configuration, DeviceAuthorizationResponse } from 'openid-client'
import { faultOf, SignInFault, unsuited } from './fault.ts'
import type { Provider } from './provider.ts'

type Library = typeof import('openid-client')

export interface Grant {
  readonly accessToken: string
  /** Absent where the server leaves it as it was (RFC 6749 section 6). */
  readonly refreshToken?: string
  /** Milliseconds; absent where the server doesn't say. */
  readonly lifetime?: number
}

/** What a person is told (RFC 8628 section 3.2). */
export interface DeviceCode {
  readonly code: string
  /** Where it is entered. */
  readonly page: string
  /** Milliseconds from now. */
  readonly lifetime: number
  /**
   * Resolves when the person is done; rejects with a `SignInFault`, also when `signal` is aborted. While the server can't be
   * asked it goes on, and `troubled` hears why.
   */
  granted(signal: AbortSignal, troubled: (why: string) => void): Promise<Grant>
}

/** Where the browser is sent, and how its return is made a grant. */
export interface BrowserRound {
  readonly page: string
  /** `returned`: the whole address it came back to. */
  granted(returned: URL): Promise<Grant>
}

/** Made anew for each renewal and each sign-in: what the server tells of itself may be another by then. */
export class Issuer {
  readonly #provider: Provider
  readonly #secret: string | undefined
  #opened: Promise<{ readonly library: Library; readonly config: Configuration }> | undefined

  /** `secret`: the client's, where it has one. */
  constructor(provider: Provider, secret: string | undefined) {
    this.#provider = provider
    this.#secret = secret
  }

  /** Rejects with a `SignInFault`, as all of these do. */
  refresh(refreshToken: string): Promise<Grant> {
    return this.#ask(async ({ library, config }) =>
      grantOf(await library.refreshTokenGrant(config, refreshToken)),
    )
  }

  /** RFC 7636: only we can use the code that comes back. `redirect`: our address, with its port. */
  browserRound(redirect: string, state: string, user: string): Promise<BrowserRound> {
    return this.#ask(async ({ library, config }) => {
      const verifier = library.randomPKCECodeVerifier()
      const page = library.buildAuthorizationUrl(config, {
        ...this.#provider.parameters,
        redirect_uri: redirect,
        scope: this.#provider.scope,
        state,
        login_hint: user,
        code_challenge: await library.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      const checks = { pkceCodeVerifier: verifier, expectedState: state }
      return { page: page.href, granted: returned => this.#exchange(returned, checks) }
    })
  }

  deviceCode(): Promise<DeviceCode> {
    return this.#ask(async ({ library, config }) => {
      const who = this.#provider.name
      if (config.serverMetadata().device_authorization_endpoint === undefined)
        throw new SignInFault(
          'settings',
          `${who} gives no device codes: sign in with a browser on this machine`,
        )
      const given = await library.initiateDeviceAuthorization(config, { scope: this.#provider.scope })
      return {
        code: given.user_code,
        page: given.verification_uri,
        lifetime: given.expires_in * 1000,
        granted: (signal, troubled) => this.#polled(given, signal, troubled),
      }
    })
  }

  /** RFC 8628 section 3.5: whoever can't be asked is asked again, at longer intervals. */
  async #polled(
    given: DeviceAuthorizationResponse,
    signal: AbortSignal,
    troubled: (why: string) => void,
  ): Promise<Grant> {
    for (let interval = given.interval ?? 5; ; interval = Math.min(interval * 2, 60)) {
      try {
        const grant = await this.#ask(async ({ library, config }) =>
          grantOf(
            await library.pollDeviceAuthorizationGrant(config, { ...given, interval }, undefined, { signal }),
          ),
        )
        return this.#lasting(grant)
      } catch (error) {
        const fault = faultOf(error, this.#provider.name)
        if (!fault.passes || signal.aborted) throw fault
        troubled(fault.message)
      }
    }
  }

  #exchange(returned: URL, checks: { pkceCodeVerifier: string; expectedState: string }): Promise<Grant> {
    return this.#ask(async ({ library, config }) =>
      this.#lasting(grantOf(await library.authorizationCodeGrant(config, returned, checks))),
    )
  }

  #lasting(grant: Grant): Grant {
    if (grant.refreshToken !== undefined) return grant
    const words = `${this.#provider.name} gave a token for now, but none to renew it with: check what the registration may ask for`
    throw new SignInFault('settings', words, 'scopes')
  }

  async #ask<T>(question: (open: { library: Library; config: Configuration }) => Promise<T>): Promise<T> {
    try {
      this.#opened ??= this.#open()
      return await question(await this.#opened)
    } catch (error) {
      throw faultOf(error, this.#provider.name)
    }
  }

  async #open() {
    const library = await import('openid-client')
    const config = await this.#configure(library)
    // Without a path it is registered without the slash that an URL puts there.
    config[library.customFetch] = (url, options) => fetch(url, withRedirect(options))
    return { library, config }
  }

  #configure(library: Library): Promise<Configuration> | Configuration {
    const { issuer, endpoints, clientId } = this.#provider
    const auth = this.#secret === undefined ? library.None() : library.ClientSecretPost(this.#secret)
    if (endpoints !== 'told')
      return new library.Configuration(
        {
          issuer,
          authorization_endpoint: endpoints.authorization,
          token_endpoint: endpoints.token,
          device_authorization_endpoint: endpoints.device,
        },
        clientId,
        undefined,
        auth,
      )
    // The settings allow http on this machine only.
    const execute = issuer.startsWith('http:') ? [library.allowInsecureRequests] : []
    return library
      .discovery(new URL(issuer), clientId, undefined, auth, { execute })
      .catch((error: unknown) => Promise.reject(unsuited(error, this.#provider.name)))
  }
}

function withRedirect<Options extends { body?: unknown }>(options: Options): RequestInit {
  const { body } = options
  if (body instanceof URLSearchParams) {
    const redirect = body.get('redirect_uri')
    if (redirect !== null) body.set('redirect_uri', redirect.replace(/\/$/, ''))
  }
  return options as RequestInit
}

interface Answer {
  readonly access_token: string
  readonly refresh_token?: string
  readonly expires_in?: number
}

function grantOf({ access_token, refresh_token, expires_in }: Answer): Grant {
  return {
    accessToken: access_token,
    ...(refresh_token !== undefined && { refreshToken: refresh_token }),
    ...(expires_in !== undefined && { lifetime: expires_in * 1000 }),
  }
}
