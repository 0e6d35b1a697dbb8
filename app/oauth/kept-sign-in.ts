/** A kept sign-in: what the secret store has of one, for whom and with whom. */
import type { SignInReason } from '../mail/sign-in-reason.ts'
import { isObject } from '../settings/path.ts'
import type { LoginField } from './provider.ts'

export interface KeptSignIn {
  readonly issuer: string
  readonly clientId: string
  readonly user: string
  readonly refreshToken: string
  /** When a person signed in, milliseconds since the epoch. */
  readonly signedIn: number
  /** Why it was refused since. */
  readonly refused?: {
    readonly at: number
    readonly why: string
    readonly reason?: SignInReason
    readonly field?: LoginField
  }
}

/** Tells it from a password, which must never be taken for one, nor sent as one. */
const KIND = 'oauth2'

export function formatKept(kept: KeptSignIn): string {
  return JSON.stringify({ kind: KIND, ...kept })
}

/** Undefined for anything else. */
export function parseKept(text: string | undefined): KeptSignIn | undefined {
  if (!text?.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isKept(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isKept(value: unknown): value is KeptSignIn {
  if (!isObject(value) || value['kind'] !== KIND) return false
  const texts = ['issuer', 'clientId', 'user', 'refreshToken'].every(name => typeof value[name] === 'string')
  return texts && typeof value['signedIn'] === 'number'
}

/** A token is shown to nobody but whom it is from. */
export function isFor(kept: KeptSignIn, whom: Pick<KeptSignIn, 'issuer' | 'clientId' | 'user'>): boolean {
  return (['issuer', 'clientId', 'user'] as const).every(name => kept[name] === whom[name])
}
