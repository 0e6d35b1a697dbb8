/** The keys that sign mail, as they are asked for, made and told. */
import type { KeyKind, RecordState } from '../delivery/dkim-key.ts'

/** A key to make, or with `pem` to import. */
export interface NewDkim {
  readonly domain: string
  /** One after the month where absent. */
  readonly selector?: string
  /** RSA where absent. */
  readonly kind?: KeyKind
  /** A private key. */
  readonly pem?: string
}

export interface DkimFacts {
  readonly domain: string
  readonly selector: string
  readonly enabled: boolean
  /** The name of the private key in the secret store. */
  readonly secret: string
  /** What to put in the DNS; absent while the private key is missing or can't be read. */
  readonly record?: {
    /** The whole name. */
    readonly name: string
    /** In one line, as web forms take it. */
    readonly value: string
    /** A line for a zone file, in strings that are short enough. */
    readonly zone: string
  }
}

/** What the DNS says of a key now. */
export interface DkimChecked extends DkimFacts {
  readonly state: RecordState | 'no-key'
  /** One sentence; says what to do unless it stands. */
  readonly text: string
}
