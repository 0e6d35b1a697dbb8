/** A challenge: what an authority asks for, to see that a name is ours (RFC 8555 section 8). */

export interface Challenge {
  /** As it stands in the certificate, but without the `*.`. */
  readonly name: string
  readonly token: string
  /** What is to be found: the key authorization, or for the DNS its digest. */
  readonly answer: string
}

/** One of the ways to answer. */
export interface Answering {
  readonly kind: 'http-01' | 'dns-01'
  /** Resolves when the authority can look; rejects with an error whose message says why not. */
  answer(challenge: Challenge): Promise<void>
  /** What was put there is taken away; rejects as `answer` does. */
  forget(challenge: Challenge): Promise<void>
  /** When all of it is over. */
  close(): Promise<void>
}
