/** The sign-ins: one for each entry of the secret store that routes log on with, and at most one round at a time. */
import type { OAuthLogin, Route } from '../settings/settings.ts'
import { providerOf } from './provider.ts'
import { type Begun, beginRound, type Round, type SignInWay } from './round.ts'
import { SignIn, type SignInParts, type Standing } from './sign-in.ts'

/** What delivery asks for and tells. */
export interface Tokens {
  /** One that is good for a while; rejects with a `SignInFault`. */
  token(login: OAuthLogin): Promise<string>
  /** Another than this one, which a next hop refused; likewise. */
  tokenAfter(login: OAuthLogin, refused: string): Promise<string>
  /** A next hop let us log on. */
  accepted(login: OAuthLogin): void
  /** A next hop refused a token that was just made. */
  refusedThere(login: OAuthLogin, why: string): void
}

export interface SignInFacts {
  /** The name in the secret store. */
  readonly name: string
  readonly user: string
  /** In words. */
  readonly provider: string
  /** The routes that log on with it, counted from 0. */
  readonly routes: readonly number[]
  readonly standing: Standing
  /** The ways a person can sign in. */
  readonly ways: readonly SignInWay[]
}

export type SignInEnd = { readonly ok: true } | { readonly ok: false; readonly why: string }

export interface SignInsParts extends SignInParts {
  readonly routes: () => readonly Route[]
  /** A person signed in under this name: what waited for it may go. */
  readonly granted: (name: string) => void
  /** Milliseconds a person has with the browser; `LIMIT` where absent. */
  readonly limit?: number
}

const LIMIT = 600_000
const NO_ROUND = 'it was ended, or another sign-in was begun'

export class SignIns implements Tokens {
  readonly #parts: SignInsParts
  readonly #byName = new Map<string, SignIn>()
  /** Also when it has ended, until the next one: whoever asks late is answered too. */
  #round: Round | undefined
  #beginning: Promise<unknown> = Promise.resolve()

  constructor(parts: SignInsParts) {
    this.#parts = parts
  }

  get facts(): readonly SignInFacts[] {
    return [...this.#logins()].map(([name, { login, routes }]) => {
      const chosen = providerOf(login)
      const noCode = !chosen.ok || chosen.provider.noDeviceCode !== undefined
      return {
        name,
        user: login.user,
        provider: chosen.ok ? chosen.provider.name : 'nobody yet',
        routes,
        standing: this.#of(login).standing,
        ways: noCode ? ['browser'] : ['browser', 'device'],
      }
    })
  }

  token(login: OAuthLogin): Promise<string> {
    return this.#of(login).token()
  }

  tokenAfter(login: OAuthLogin, refused: string): Promise<string> {
    return this.#of(login).tokenAfter(refused)
  }

  accepted(login: OAuthLogin): void {
    this.#of(login).accepted()
  }

  refusedThere(login: OAuthLogin, why: string): void {
    this.#of(login).refusedThere(why)
  }

  /** What a person is to do now; a round that was begun before ends. Rejects with a sentence. */
  begin(name: string, way: SignInWay): Promise<Begun> {
    const begun = this.#beginning.then(() => this.#begin(name, way))
    this.#beginning = begun.catch(() => undefined)
    return begun
  }

  /** Resolves when the round has ended. */
  async wait(id: string): Promise<SignInEnd> {
    const round = this.#round
    if (round?.begun.id !== id) return { ok: false, why: NO_ROUND }
    return round.ended.then(
      () => ({ ok: true }),
      error => ({ ok: false, why: wordsOf(error) }),
    )
  }

  /** False where it isn't under way any more. */
  cancel(id: string): boolean {
    if (this.#round?.begun.id !== id) return false
    this.#round.cancel('it was ended')
    this.#round = undefined
    return true
  }

  /** Resolves when nobody is waited for any more. */
  async close(): Promise<void> {
    await this.#beginning
    this.#round?.cancel('Postern was stopped')
    await this.#round?.ended.catch(() => undefined)
  }

  /** Resolves when no token is being renewed any more, or after so many milliseconds. */
  async settled(grace: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>(resolve => {
      timer = setTimeout(resolve, grace)
    })
    const all = Promise.all([...this.#byName.values()].map(signIn => signIn.settled()))
    await Promise.race([all, late])
    clearTimeout(timer)
  }

  async #begin(name: string, way: SignInWay): Promise<Begun> {
    const { limit = LIMIT, clocks } = this.#parts
    const login = this.#logins().get(name)?.login
    if (!login) throw new Error(this.#noSuch(name))
    const chosen = providerOf(login)
    if (!chosen.ok) throw new Error(sentence(chosen.why))
    this.#round?.cancel('another sign-in was begun')
    this.#round = undefined
    const { provider } = chosen
    const signIn = this.#of(login)
    const keep = async (grant: Parameters<SignIn['granted']>[0]) => {
      await signIn.granted(grant, provider)
      this.#parts.granted(name)
    }
    try {
      const issuer = signIn.issuer(provider)
      const parts = { provider, issuer, user: login.user, keep, now: clocks.wall, limit }
      this.#round = await beginRound(way, parts)
      return this.#round.begun
    } catch (error) {
      throw new Error(sentence(wordsOf(error)))
    }
  }

  #noSuch(name: string): string {
    const others = [...this.#logins().keys()]
    if (this.#parts.routes().some(({ login }) => login?.secret === name))
      return `The mail sender that logs on as ${name} does so with a password: set its method to oauth2 first.`
    const words = `No mail sender signs in with OAuth2 as ${name}`
    return others.length === 0 ? `${words}: set that up first.` : `${words}: there is ${others.join(', ')}.`
  }

  /** Those of the settings in force, each with its routes; of several logins under one name the first counts. */
  #logins(): Map<string, { readonly login: OAuthLogin; readonly routes: number[] }> {
    const logins = new Map<string, { readonly login: OAuthLogin; readonly routes: number[] }>()
    this.#parts.routes().forEach(({ login }, index) => {
      if (login?.method !== 'oauth2') return
      const known = logins.get(login.secret)
      if (known) known.routes.push(index)
      else logins.set(login.secret, { login, routes: [index] })
    })
    return logins
  }

  /** A login that changed begins anew: its tokens may be somebody else's. */
  #of(login: OAuthLogin): SignIn {
    const known = this.#byName.get(login.secret)
    if (known && JSON.stringify(known.login) === JSON.stringify(login)) return known
    const fresh = new SignIn(login, this.#parts)
    this.#byName.set(login.secret, fresh)
    return fresh
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A host's name stays as it is. */
function sentence(words: string): string {
  return /^\S*[.:]/.test(words) ? `${words}.` : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}
