/** What a scripted next hop does, and what it records. */

export type Stage =
  | 'connect'
  | 'ehlo'
  | 'helo'
  | 'starttls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  /** After the final dot. */
  | 'content'
  | 'rset'
  | 'quit'
  | 'other'

/** Where a session is when its script is asked. */
export interface Moment {
  readonly stage: Stage
  /** The client's line; empty at `connect` and `content`. */
  readonly line: string
  /** Counted from 1. */
  readonly connection: number
  readonly secure: boolean
  /** The transaction so far. */
  readonly transaction: Transaction
}

/** A whole reply, lines parted by `\n`; `drop` ends the connection at once; undefined leaves it to the sink. */
export type Answer = string | undefined

export interface SinkScript {
  /** Asked at every stage before the sink answers by itself; it may wait. */
  readonly reply?: (moment: Moment) => Answer | Promise<Answer>
  /** EHLO keywords besides STARTTLS and AUTH; `usualExtensions` where absent. */
  readonly extensions?: readonly string[]
  /** PEM. Offers STARTTLS, or with `implicit` starts with TLS. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly implicit?: boolean }
  /** Name and password: offers AUTH PLAIN LOGIN, and refuses MAIL before it. */
  readonly users?: Readonly<Record<string, string>>
  /** 0 where absent. */
  readonly port?: number
}

export interface Transaction {
  readonly connection: number
  readonly secure: boolean
  /** Who logged on in its session. */
  readonly user: string | undefined
  /** `MAIL FROM:<a@b> SIZE=3`, as it came. */
  readonly mail: string
  /** The RCPT lines that were accepted, as they came. */
  readonly recipients: readonly string[]
  /** The RCPT lines that were not. */
  readonly refused: readonly string[]
  /** After DATA, dots undone; empty before. */
  readonly content: Buffer
}

export const usualExtensions: readonly string[] = [
  'PIPELINING',
  'SIZE 104857600',
  '8BITMIME',
  'SMTPUTF8',
  'DSN',
  'ENHANCEDSTATUSCODES',
]
