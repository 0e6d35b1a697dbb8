/** A decision: what the list says of one recipient, with its reply, its row and its reasons. */
import type { Reply } from '../mail/reply.ts'

export interface Decision {
  readonly verdict: 'accept' | 'refuse'
  readonly reply: Reply
  /** The list that decided; null where none did. */
  readonly list: 'service' | 'global' | null
  /** Counted from 1; null where no row decided. */
  readonly row: number | null
  /** In order, each a sentence a person understands. */
  readonly steps: readonly string[]
}

/** The case that is decided. */
export interface Case {
  /** The client's address, as text; parsed by `parseClient`. */
  readonly client: string
  /** The account that logged on in this session. */
  readonly user?: string
  /** Of the listener it comes to; any of them where absent. */
  readonly port?: number
  /** Canonical reverse-path; empty for `<>`. */
  readonly from?: string
  /** Canonical recipient. */
  readonly to: string
}
