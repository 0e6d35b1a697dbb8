/** The protocol: what the library's side of a session asks ours, and what ours may know of it. */
import type { Readable } from 'node:stream'
import type { MailCommand, RcptCommand } from '../mail/path.ts'
import type { Reply } from '../mail/reply.ts'

/** What is known of the connection at the moment of asking. */
export interface SessionFacts {
  readonly id: string
  /** The client's address, as the library gives it. */
  readonly client: string
  /** The listener's own address, without port. */
  readonly local: string
  readonly helo: string
  /** `ESMTP`, `ESMTPSA`, … (RFC 3848). */
  readonly protocol: string
  /** Protocol version and cipher; absent without TLS. */
  readonly tls?: string
}

/** Whether AUTH is offered now; `after-tls`: it will be when STARTTLS has been done. */
export type Offer = 'offered' | 'after-tls' | 'not-offered'

/** Our side of one session. The library's side keeps the order of commands; this says yes or no. */
export interface Dialogue {
  /** At the connection; 220 lets it in. */
  greet(): Reply
  authentication(): Offer
  /** 235 logs on. */
  logOn(user: string, password: string): Promise<Reply>
  mail(command: MailCommand): Reply
  recipient(command: RcptCommand): Reply
  /** Takes the content in; the reply answers the final dot. */
  data(content: Readable): Promise<Reply>
  /** TLS has begun: who logged on before it is forgotten (RFC 3207 section 4.2). */
  secured(): void
  /** The transaction, if there was one, is over. */
  reset(): void
  closed(): void
}

export interface ProtocolOptions {
  readonly hostname: string
  /** Bytes. */
  readonly maxMessageSize: number
  /** Milliseconds. */
  readonly idleTimeout: number
  readonly tls: { readonly key: string; readonly cert: string }
}
