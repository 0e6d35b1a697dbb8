/** The envelope: who a message is from and for, as it stays from RCPT to the wire (RFC 5321 section 2.3.1). */

export type Notify = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY'

/** One place a message must reach. Addresses are in the canonical form of `formatAddress`. */
export interface Recipient {
  readonly address: string
  /** The account whose mailbox gets it; absent for a recipient that leaves this machine. */
  readonly mailbox?: string
  /** NOTIFY of RFC 3461 section 4.1; absent where the client asked for nothing. */
  readonly notify?: readonly Notify[]
  /** It only stands for those that an alias leads to, who stand beside it: its sender wants to know that. */
  readonly expanded?: true
  /** ORCPT of RFC 3461 section 4.2, `type;address`, decoded. */
  readonly orcpt?: string
  /** It came for an address here, from a client that may not itself send there: its From is anybody's claim. */
  readonly forwarded?: true
}

export interface Envelope {
  /** Canonical address; empty for the null reverse-path `<>`. */
  readonly reversePath: string
  readonly recipients: readonly Recipient[]
  /** BODY of RFC 6152. */
  readonly body: '7bit' | '8bitmime'
  /** SMTPUTF8 was given (RFC 6531). */
  readonly smtpUtf8: boolean
  /** RET of RFC 3461 section 4.3. */
  readonly ret?: 'FULL' | 'HDRS'
  /** ENVID of RFC 3461 section 4.4, decoded. */
  readonly envid?: string
}
