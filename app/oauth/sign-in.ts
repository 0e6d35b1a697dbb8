/** A sign-in: the tokens behind one entry of the secret store, renewed in time, and what keeps them from us. */
import type { Emit } from '../log/event.ts'
import type { SignInReason } from '../mail/sign-in-reason.ts'
import type { Secrets } from '../settings/secrets.ts'
import type { OAuthLogin } from '../settings/settings.ts'
import { errorText } from '../settings/system-error.ts'
import { AccessToken, type Clocks } from './access-token.ts'
import { SignInFault } from './fault.ts'
import { type Grant, Issuer } from './issuer.ts'
import { formatKept, isFor, type KeptSignIn, parseKept } from './kept-sign-in.ts'
import { type LoginField, type Provider, providerOf } from './provider.ts'

export interface SignInParts {
  readonly secrets: Pick<Secrets, 'get' | 'set'>
  readonly clocks: Clocks
  readonly emit: Emit
}

/** Times are milliseconds since the epoch, reasons sentences without their full stop. */
export type Standing =
  | { readonly kind: 'signed-in'; readonly since: number; readonly renewed?: number }
  /** It may work again by itself. */
  | {
      readonly kind: 'passing'
      readonly since: number
      readonly reason: SignInReason
      readonly why: string
    }
  | NeedsPerson

export interface NeedsPerson {
  readonly kind: 'needs-person'
  readonly reason: SignInReason
  /** What of the login is missing or wrong, where that is known. */
  readonly field?: LoginField
  readonly why: string
}

/** A refresh token that was refused is tried again after this, milliseconds: an administrator may have mended it. */
const AGAIN = 3_600_000

interface Trouble {
  readonly fault: SignInFault
  /** By the steady clock. */
  readonly at: number
}

export class SignIn {
  readonly login: OAuthLogin
  readonly #parts: SignInParts
  #access: AccessToken | undefined
  #renewing: Promise<string> | undefined
  #renewed: number | undefined
  #trouble: Trouble | undefined
  /** Why a next hop refused a token that was just made. */
  #refusedThere: string | undefined
  /** What was given in place of the text `from`, and isn't stored yet. */
  #unstored: { readonly from: string; readonly next: KeptSignIn } | undefined

  constructor(login: OAuthLogin, parts: SignInParts) {
    this.login = login
    this.#parts = parts
  }

  get standing(): Standing {
    const chosen = providerOf(this.login)
    if (!chosen.ok) return needsPerson('settings', chosen.why, chosen.field)
    const kept = this.#kept(chosen.provider)
    if (!kept) return needsPerson('never', this.#nobodyYet(chosen.provider))
    const fault = this.#trouble?.fault
    if (fault && !fault.passes) return needsPerson(fault.reason, fault.message, fault.field)
    if (kept.refused) {
      const { reason = 'ended', why, field } = kept.refused
      return needsPerson(reason, why, field)
    }
    if (this.#refusedThere !== undefined) return needsPerson('not-taken', this.#refusedThere)
    if (fault) return { kind: 'passing', since: kept.signedIn, reason: fault.reason, why: fault.message }
    const renewed = this.#renewed
    return { kind: 'signed-in', since: kept.signedIn, ...(renewed !== undefined && { renewed }) }
  }

  /** One that is good for a while; rejects with a `SignInFault`. */
  async token(): Promise<string> {
    // A person may have removed it from the store meanwhile.
    if (!this.#kept(this.#provider())) this.#access = undefined
    if (!this.#unstored && this.#access?.isFresh) return this.#access.value
    const trouble = this.#trouble
    if (trouble && !trouble.fault.passes && this.#parts.clocks.steady() - trouble.at < AGAIN)
      throw trouble.fault
    return this.#renewOnce()
  }

  /** Another one than this, which a next hop refused. */
  async tokenAfter(refused: string): Promise<string> {
    if (this.#access?.value === refused) this.#access = undefined
    return this.token()
  }

  /** Resolves when no token is being renewed any more. */
  async settled(): Promise<void> {
    await this.#renewing?.catch(() => undefined)
  }

  /** A next hop let us log on. */
  accepted(): void {
    this.#refusedThere = undefined
  }

  /** A next hop refused a token that was just made. */
  refusedThere(why: string): void {
    if (this.#refusedThere === undefined) this.#tell('not-taken', why)
    this.#refusedThere = why
  }

  /** A person signed in; rejects where that can't be stored. */
  async granted(grant: Grant, provider: Provider): Promise<void> {
    const { secrets, clocks, emit } = this.#parts
    const { user, secret } = this.login
    const { issuer, clientId, name } = provider
    const refreshToken = grant.refreshToken ?? ''
    const kept = { issuer, clientId, user, refreshToken, signedIn: clocks.wall() }
    await secrets.set(secret, formatKept(kept))
    this.#take(grant)
    this.#unstored = undefined
    this.#refusedThere = undefined
    emit({ kind: 'signed-in', name: secret, user, provider: name })
  }

  #kept(provider: Provider): KeptSignIn | undefined {
    const kept = parseKept(this.#parts.secrets.get(this.login.secret))
    return kept && isFor(kept, { ...provider, user: this.login.user }) ? kept : undefined
  }

  /** However many ask, the server is asked once: it may take a refresh token that comes twice for a stolen one. */
  #renewOnce(): Promise<string> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  async #renew(): Promise<string> {
    await this.#store()
    if (this.#access?.isFresh) return this.#access.value
    const provider = this.#provider()
    const from = this.#parts.secrets.get(this.login.secret) ?? ''
    const kept = this.#kept(provider)
    if (!kept) throw new SignInFault('never', this.#nobodyYet(provider))
    const grant = await this.issuer(provider)
      .refresh(kept.refreshToken)
      .catch(error => this.#failed(error, from, kept))
    // A person signed in meanwhile: this is of the time before.
    if (this.#parts.secrets.get(this.login.secret) !== from) return this.#access?.value ?? grant.accessToken
    this.#take(grant)
    const { refused, ...good } = kept
    const { refreshToken = kept.refreshToken } = grant
    if (refreshToken !== kept.refreshToken || refused)
      this.#unstored = { from, next: { ...good, refreshToken } }
    await this.#store()
    return grant.accessToken
  }

  /** For asking the provider as this registration; rejects with a `SignInFault` where its secret is missing. */
  issuer(provider: Provider): Issuer {
    const name = provider.clientSecret
    const secret = name === undefined ? undefined : this.#parts.secrets.get(name)
    if (name !== undefined && secret === undefined)
      throw new SignInFault(
        'settings',
        `the client's secret "${name}" isn't in the secret store: set it with  postern secret set ${name}`,
        'clientSecret',
      )
    return new Issuer(provider, secret)
  }

  #provider(): Provider {
    const chosen = providerOf(this.login)
    if (!chosen.ok) throw new SignInFault('settings', chosen.why, chosen.field)
    return chosen.provider
  }

  #take({ accessToken, lifetime }: Grant): void {
    this.#access = new AccessToken(accessToken, lifetime, this.#parts.clocks)
    this.#renewed = this.#parts.clocks.wall()
    this.#trouble = undefined
  }

  /** The old refresh token may be worth nothing any more: the new one is used when it is on the disk, not before. */
  async #store(): Promise<void> {
    const { secrets } = this.#parts
    const unstored = this.#unstored
    if (!unstored) return
    if (secrets.get(this.login.secret) === unstored.from)
      await secrets.set(this.login.secret, formatKept(unstored.next)).catch(error => {
        throw this.#passing(new SignInFault('unkept', `the new token can't be kept (${errorText(error)})`))
      })
    this.#unstored = undefined
  }

  async #failed(error: unknown, from: string, kept: KeptSignIn): Promise<never> {
    if (!(error instanceof SignInFault)) throw error
    if (error.passes) throw this.#passing(error)
    const { secrets, clocks } = this.#parts
    const { message: why, reason, field } = error
    if (this.standing.kind !== 'needs-person') this.#tell(reason, why)
    this.#access = undefined
    this.#trouble = { fault: error, at: clocks.steady() }
    // For the next start; where it can't be written that learns it from the server.
    const refused = { at: clocks.wall(), why, reason, ...(field !== undefined && { field }) }
    if (secrets.get(this.login.secret) === from && kept.refused?.why !== why)
      await secrets.set(this.login.secret, formatKept({ ...kept, refused })).catch(() => undefined)
    throw error
  }

  #passing(fault: SignInFault): SignInFault {
    this.#trouble = { fault, at: this.#parts.clocks.steady() }
    return fault
  }

  #tell(reason: SignInReason, why: string): void {
    const { user, secret } = this.login
    this.#parts.emit({ kind: 'sign-in-refused', name: secret, user, reason, why })
  }

  /** What is kept may be of the time before the settings were changed. */
  #nobodyYet({ name }: Provider): string {
    const isOther = parseKept(this.#parts.secrets.get(this.login.secret)) !== undefined
    return isOther
      ? `nobody has signed in with ${name} since user name, provider or client id were changed`
      : `nobody has signed in with ${name} yet`
  }
}

function needsPerson(reason: SignInReason, why: string, field?: LoginField): NeedsPerson {
  return { kind: 'needs-person', reason, why, ...(field !== undefined && { field }) }
}
