/** The protocol: what the library's side of a session asks ours, and what ours may know of it. */
import type { Reply } from '../mail/reply.ts'
import type { ListenerEncryption } from '../settings/settings.ts'
import type { KeyMaterial } from '../tls/certificate.ts'
import type { Strength } from '../tls/strength.ts'
import type { Host } from './connections.ts'
import type { TimeLimits } from './deadlines.ts'

/** What is known of the connection at the moment of asking. */
export interface SessionFacts {
  readonly id: string
  /** The client's address, as the library gives it. */
  readonly client: string
  readonly encryption: ListenerEncryption
  /** The listener's. */
  readonly port?: number
  readonly helo: string
  /** `ESMTP`, `ESMTPSA`, … (RFC 3848). */
  readonly protocol: string
  /** Protocol version and cipher; absent without TLS. */
  readonly tls?: string
}

/** Whether AUTH is offered now; `after-tls`: it will be when STARTTLS has been done. */
export type Offer = 'offered' | 'after-tls' | 'not-offered'

/** Takes a piece in; the next one comes when the promise, if there is one, has resolved. Never rejects. */
export type TakePiece = (piece: Buffer) => Promise<void> | undefined

/** The content of a message as it comes in, the dots of DATA taken out. */
export interface ContentSource {
  /** Once: every piece in order; undefined at the end, else the reply that says why it broke off in the middle. */
  read(take: TakePiece): Promise<Reply | undefined>
  /** Reads no more of it: the connection ends with this reply. */
  stop(refusal: Reply): void
}

/** Our side of one session. The library's side reads lines and keeps their order; this says yes or no. */
export interface Dialogue {
  /** At the connection; 220 lets it in. */
  greet(): Reply
  /** Milliseconds that the greeting waits for clients to give themselves away by talking first. */
  greetingDelay(): number
  /** The reply to a client that talked before the greeting. */
  refuseHaste(): Reply
  /** Whether lines may end in LF alone, to be mended; so the library's side must ask, for each chunk. */
  mendsLineEnds(): boolean
  /** They were mended. */
  mended(): void
  /** Each line, before it is looked at: the reply that ends the session of a stranger who asks much and brings nothing. */
  tooMuch(line: Buffer): Reply | undefined
  authentication(): Offer
  /** 235 logs on. `identity`: the authorization identity, empty where none is given. */
  logOn(user: string, password: string, identity: string): Promise<Reply>
  /** Forgets who logged on when the account is no longer what it was; so the library's side must ask, for each line. */
  staysLoggedOn(): boolean
  /** The whole line, without its CR LF; so in `recipient`. */
  mail(line: string): Reply
  recipient(line: string): Reply
  /** MAIL was accepted. */
  readonly inTransaction: boolean
  /** The reply to DATA when no content may come now. */
  refuseData(): Reply | undefined
  /** Takes the content in; the reply answers the final dot. */
  data(content: ContentSource): Promise<Reply>
  /** The client sent what is no command, or talked before it was its turn. */
  misbehaved(kind: 'protocolError' | 'earlyTalker'): void
  /** The library's side refused the client something, or ends the session, for what a person may mend. */
  turnedDown(reply: Reply): void
  /** TLS has begun: who logged on before it is forgotten (RFC 3207 section 4.2). */
  secured(): void
  /** The transaction, if there was one, is over; so it is when the connection is. */
  reset(): void
}

/** A connection that came in. */
export interface Arrival {
  /** Short, and unique in the log. */
  readonly id: string
  /** Why there is no place for it: what the greeting must say. */
  readonly refusal?: Reply
}

/** Our side of a listener. */
export interface Reception {
  /** Counts the connection in, unless it is refused. */
  enter(client: string, host: Host): Arrival
  /** When the connection is gone; more often does no harm. */
  leave(id: string): void
  begin(facts: () => SessionFacts, refusal: Reply | undefined): Dialogue
}

export interface ProtocolOptions extends TimeLimits {
  readonly hostname: string
  /** Bytes. */
  readonly maxMessageSize: number
  readonly tls: KeyMaterial
  /** `SERVING` where absent. */
  readonly strength?: Strength
}
