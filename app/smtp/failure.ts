/** A failure beneath the dialogue, as smtp-server reports it: what of it belongs in the log. */
import type { EventBody } from '../log/event.ts'

/** The library adds to an error what it knows. */
export type Failure = Error & {
  /** OpenSSL's words, without the place in its source. */
  readonly reason?: string
  readonly session?: string
  readonly remoteAddress?: string
  /** Only where a TLS handshake failed. */
  readonly meta?: { readonly remoteAddress?: string }
}

/** Undefined for a client that is gone in the middle of a session: whatever it lost is in the log already. */
export function failureEvent(failure: Failure): EventBody | undefined {
  const { meta, session, reason, message } = failure
  if (meta) {
    const client = failure.remoteAddress ?? meta.remoteAddress ?? 'unknown'
    const text = `The TLS handshake failed: ${reason ?? message}.`
    return { kind: 'tls-failed', session: session ?? '', client, text }
  }
  return session === undefined ? { kind: 'error', text: `The SMTP server failed: ${message}.` } : undefined
}
