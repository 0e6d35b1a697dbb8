/** A round of signing in: a person and the provider on one side, us waiting for what comes of it on the other. */
import { randomBytes } from 'node:crypto'
import { CODE_EXPIRED } from './fault.ts'
import type { Grant, Issuer } from './issuer.ts'
import { Loopback, type Shown } from './loopback.ts'
import type { Provider } from './provider.ts'

/** `browser`: one on this machine comes back to us; `device`: any browser, where a code is entered (RFC 8628). */
export type SignInWay = 'browser' | 'device'

/** What a person is to do. */
export type Begun = {
  readonly id: string
  readonly user: string
  readonly provider: string
  /** The page to open. */
  readonly page: string
  /** When it is too late, milliseconds since the epoch. */
  readonly until: number
} & ({ readonly way: 'browser' } | { readonly way: 'device'; readonly code: string })

export interface Round {
  readonly begun: Begun
  /** Resolves when a person has signed in and that is kept; rejects with an error whose message says why not. */
  readonly ended: Promise<void>
  /** Rejects `ended` with these words. */
  cancel(words: string): void
}

export interface RoundParts {
  readonly provider: Provider
  readonly issuer: Issuer
  readonly user: string
  readonly keep: (grant: Grant) => Promise<void>
  readonly now: () => number
  /** Milliseconds for the browser; a device code has its own. */
  readonly limit: number
}

/** RFC 8628 section 3.5 lets a server choose; nobody comes back after so long, milliseconds. */
const LONGEST = 1_800_000

export function beginRound(way: SignInWay, parts: RoundParts): Promise<Round> {
  return way === 'browser' ? beginBrowser(parts) : beginDevice(parts)
}

async function beginDevice(parts: RoundParts): Promise<Round> {
  const { provider, issuer, keep, now } = parts
  if (provider.noDeviceCode !== undefined)
    throw new Error(`${provider.noDeviceCode}: sign in with a browser on this machine`)
  const code = await issuer.deviceCode()
  const limit = Math.min(code.lifetime, LONGEST)
  let trouble = ''
  const ending = new Ending(limit, () => `${CODE_EXPIRED}${trouble}`)
  const troubled = (why: string) => {
    trouble = `, and ${why}`
  }
  const granted = code.granted(ending.signal, troubled).then(keep)
  const facts = { ...factsOf(parts), page: code.page, until: now() + limit }
  return { begun: { ...facts, way: 'device', code: code.code }, ...ending.of(granted) }
}

async function beginBrowser(parts: RoundParts): Promise<Round> {
  const { provider, issuer, user, keep, now, limit } = parts
  const state = randomBytes(32).toString('base64url')
  const loopback = await Loopback.open(provider.redirect, state)
  try {
    const round = await issuer.browserRound(loopback.redirect, state, user)
    const ending = new Ending(limit, () => 'nobody signed in before it was too late')
    const granted = new Promise<void>((resolve, reject) => {
      loopback.onReturn(async returned => {
        try {
          await keep(await round.granted(returned))
          resolve()
          return doneWords(user)
        } catch (error) {
          reject(error)
          return failedWords(error)
        }
      })
    })
    const { ended, cancel } = ending.of(granted)
    const facts = { ...factsOf(parts), page: round.page, until: now() + limit }
    const closed = ended.finally(() => loopback.close())
    closed.catch(() => undefined)
    return { begun: { ...facts, way: 'browser' }, cancel, ended: closed }
  } catch (error) {
    await loopback.close()
    throw error
  }
}

function factsOf({ user, provider }: RoundParts) {
  return { id: randomBytes(16).toString('hex'), user, provider: provider.name }
}

function doneWords(user: string): Shown {
  return { title: 'Signed in', text: `Postern now sends mail as ${user}. You can close this page.` }
}

function failedWords(error: unknown): Shown {
  const why = error instanceof Error ? error.message : String(error)
  return { title: 'Not signed in', text: `${why}. Begin it again from Postern.` }
}

/** Ends a round before it is done: by a person, or because it takes too long. */
class Ending {
  readonly #abort = new AbortController()
  readonly #timer: NodeJS.Timeout

  constructor(limit: number, late: () => string) {
    this.#timer = setTimeout(() => this.#end(late()), limit)
    this.#timer.unref()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  of(granted: Promise<void>): Pick<Round, 'ended' | 'cancel'> {
    const broken = new Promise<never>((_, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason))
    })
    // Whichever is later has nobody to tell.
    granted.catch(() => undefined)
    const ended = Promise.race([granted, broken]).finally(() => clearTimeout(this.#timer))
    ended.catch(() => undefined)
    return { ended, cancel: words => this.#end(words) }
  }

  #end(words: string): void {
    this.#abort.abort(new Error(words))
  }
}
