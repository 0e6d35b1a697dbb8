/** Everything that happens, as one union: the journal, the command line, the tray and the window all read it. */
import type { Reply } from '../mail/reply.ts'
import type { SignInReason } from '../mail/sign-in-reason.ts'

/** Whose session it was. */
export interface Who {
  /** The SMTP session's id. */
  readonly session: string
  /** The client's address. */
  readonly client: string
  /** The port it came to; absent where it wasn't let in, and in older logs. */
  readonly port?: number
}

interface OneMessage {
  /** The message's queue id. */
  readonly id: string
}

interface Attempt {
  readonly to: string
  /** The next hop, as `host:port`, or `mailbox NAME`. */
  readonly via: string
  readonly reply: Reply
  /** The reply's words are Postern's own: no next hop said them. */
  readonly own?: true
}

export type EventBody =
  | { readonly kind: 'started'; readonly version: string; readonly folder: string }
  | { readonly kind: 'stopped' }
  | {
      readonly kind: 'listening'
      readonly address: string
      readonly port: number
      readonly encryption: string
    }
  | { readonly kind: 'settings-applied'; readonly by: string; readonly words: string }
  | { readonly kind: 'settings-refused'; readonly by: string; readonly problems: readonly string[] }
  | ({
      readonly kind: 'connection-refused'
      readonly reply: Reply
      /** The list that doesn't let the client connect, and its row; absent where there was no place for one more. */
      readonly list?: 'service' | 'global' | null
      readonly row?: number | null
      /** Where the client is blocked: as what, an address or an IPv6 network. Told once in a while, not each time. */
      readonly blocked?: string
    } & Who)
  | {
      /** It erred too often, and is turned away for a time. */
      readonly kind: 'blocked'
      /** An address, or an IPv6 network of 64 bits. */
      readonly address: string
      readonly points: number
      /** Milliseconds since the epoch. */
      readonly until: number
      /** What led to it, in words: `9 wrong passwords`. */
      readonly why: string
    }
  | { readonly kind: 'unblocked'; readonly address: string; readonly by: string }
  | ({ readonly kind: 'tls-failed'; readonly text: string } & Who)
  | ({ readonly kind: 'logged-on'; readonly user: string } & Who)
  | ({ readonly kind: 'logon-failed'; readonly user: string; readonly reply: Reply } & Who)
  | ({
      readonly kind: 'recipient-refused'
      readonly user?: string
      readonly from: string
      readonly to: string
      readonly reply: Reply
      readonly list: 'service' | 'global' | null
      readonly row: number | null
    } & Who)
  | ({
      readonly kind: 'message-refused'
      readonly user?: string
      readonly from: string
      /** Whom it was for, where it is over with that. */
      readonly to?: readonly string[]
      /** Who was logged on for its recipients, and is no longer: the account was changed meanwhile. */
      readonly gone?: string
      readonly reply: Reply
    } & Who)
  | ({
      /** What a client was told that is no answer to a message: told once a session of each reply. */
      readonly kind: 'session-refused'
      readonly user?: string
      readonly reply: Reply
    } & Who)
  | ({
      /** Recipients were accepted, and then no message came for them: one of these a transaction. */
      readonly kind: 'abandoned'
      readonly user?: string
      readonly from: string
      readonly to: readonly string[]
    } & Who)
  | ({
      readonly kind: 'accepted'
      readonly user?: string
      readonly from: string
      readonly to: readonly string[]
      readonly size: number
      /** Lines of its session ended in LF alone, and were mended. */
      readonly mended?: true
    } & Who &
      OneMessage)
  | ({ readonly kind: 'delivered' } & Attempt & OneMessage)
  | ({
      readonly kind: 'deferred'
      /** Milliseconds since the epoch. */
      readonly next: number
    } & Attempt &
      OneMessage)
  | ({ readonly kind: 'failed' } & Attempt & OneMessage)
  | {
      /** Nothing gets to a next hop: its mail waits until it is tried again. */
      readonly kind: 'hop-down'
      /** As `host:port`, or the domain whose exchangers it is. */
      readonly hop: string
      readonly reply: Reply
      readonly own?: true
      /** Milliseconds since the epoch. */
      readonly next: number
      /** Messages. */
      readonly waiting: number
    }
  | {
      /** It answers again, and what waits for it goes. */
      readonly kind: 'hop-up'
      readonly hop: string
      /** When it went down. */
      readonly since: number
      readonly waiting: number
    }
  | ({ readonly kind: 'held'; readonly to: string; readonly why: string } & OneMessage)
  | ({
      /** A report to the sender. */
      readonly kind: 'bounced'
      /** The report's queue id. */
      readonly dsn: string
      /** The sender it goes to. */
      readonly to: string
      /** Of a failure, where absent. */
      readonly about?: 'delay' | 'success'
    } & OneMessage)
  | ({
      readonly kind: 'queue-changed'
      readonly change: 'hold' | 'release' | 'retry' | 'remove'
      /** Those it was done for; all of them where absent. */
      readonly recipients?: readonly string[]
    } & OneMessage)
  | ({
      /** Other settings send it elsewhere. */
      readonly kind: 'rerouted'
      readonly to: string
      /** The ways in words. */
      readonly before: string
      readonly after: string
    } & OneMessage)
  | {
      /** Of more than are told one by one. */
      readonly kind: 'rerouted-all'
      readonly recipients: number
      readonly messages: number
    }
  | {
      /** Another certificate is shown to clients from now on. */
      readonly kind: 'certificate-used'
      readonly names: readonly string[]
      /** Milliseconds since the epoch. */
      readonly until: number
    }
  | {
      /** What a row's host name stands for changed, or the DNS answers again. */
      readonly kind: 'name-resolved'
      readonly name: string
      readonly addresses: readonly string[]
      /** What it stood for. */
      readonly before: readonly string[]
      /** Answered, but no host name stands for these: they are private, say. */
      readonly refused: readonly string[]
    }
  | {
      /** Told once, until it can be looked up again. */
      readonly kind: 'name-unresolved'
      readonly name: string
      readonly why: string
      /** The last answer, which still counts. */
      readonly addresses: readonly string[]
      readonly refused: readonly string[]
    }
  | {
      /** A person signed in with a provider, so that mail goes out with its tokens. */
      readonly kind: 'signed-in'
      /** Of the entry in the secret store. */
      readonly name: string
      readonly user: string
      readonly provider: string
    }
  | {
      /** No more tokens, until a person mends it; told once. */
      readonly kind: 'sign-in-refused'
      readonly name: string
      readonly user: string
      /** Absent in logs of before it was told. */
      readonly reason?: SignInReason
      readonly why: string
    }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }

/** An event as it is written: `time` in milliseconds since the epoch. */
export type Event = EventBody & { readonly time: number }

/** Where events go; never throws, never waits. */
export type Emit = (event: EventBody) => void
