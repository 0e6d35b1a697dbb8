/** The answers to the first questions, as the window gives them. */
import type { NewUser } from './control.ts'

export interface FirstAnswers {
  readonly domain: string
  /** Where mail for the domain goes: to a provider, who collects it there; to mailboxes here; to another server in the office. */
  readonly mail: 'elsewhere' | 'here' | 'office-server'
  /** `host` or `host:port`, for `office-server`. */
  readonly officeServer: string
  readonly leaves: 'provider' | 'microsoft-365' | 'google' | 'direct'
  /** `host` or `host:port`, for `provider`. */
  readonly server: string
  readonly encryption: 'starttls-required' | 'tls' | 'starttls-if-offered'
  /** The name to sign in with; none where empty. */
  readonly signIn: string
  /** For Microsoft 365 and Google; other providers get a password. */
  readonly signInBy: 'oauth2' | 'password'
  /** Of the office's registration with them, for `oauth2`. */
  readonly clientId: string
  readonly people: 'office' | 'office-and-remote' | 'after-log-on'
  /** Who may send from outside, by name. */
  readonly users: readonly string[]
  readonly newUser?: NewUser
}
