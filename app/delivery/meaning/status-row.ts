/** A row of the registry of enhanced status codes, in a person's words. */
import type { MendKind } from './entry.ts'

export type StatusRow = readonly [
  /** Without its class, as in `2.2`; `2.*` for every other one of a subject. */
  detail: string,
  means: string,
  todo: string,
  mends: readonly [MendKind, ...MendKind[]],
]

export const AGAIN = 'Nothing where it is tried again; else read the answer of the other server.'
export const CORRECT = 'Correct the address and send the message again.'
export const ASK = 'Ask the recipient, by another way, for another address or to mend it.'
export const SIGN = "Sign the domain's mail with DKIM, and name this server in the SPF record."
