/** Who a recipient is here: a mailbox, an alias, a catch-all, or nobody. */
import { type Address, formatAddress } from '../mail/address.ts'
import type { Recipient } from '../mail/envelope.ts'
import type { Settings, User } from '../settings/settings.ts'
import { type Book, compileBook, isInternal, isKnown, keyOf, type Target, targetsAt } from './book.ts'

export type Resolution =
  | { readonly kind: 'external' }
  /** Never empty; each mailbox and each address once. */
  | { readonly kind: 'internal'; readonly recipients: readonly Recipient[] }
  | { readonly kind: 'unknown' }
  /** A local part that names a way through other servers, and no such mailbox. */
  | { readonly kind: 'malformed' }

export interface Directory {
  /** `postmaster` without a domain is the first local domain's (RFC 5321 section 4.1.1.3). */
  resolve(to: Address | 'postmaster'): Resolution
}

/** An expansion on its way; each account and each address is entered once, so circles end. */
interface Walk {
  readonly seen: Set<User | string>
  readonly pending: { readonly target: Target; readonly via: Address }[]
  readonly recipients: Recipient[]
  /** The first account that was reached. */
  first?: Recipient
}

const EXTERNAL: Resolution = { kind: 'external' }

/** `user%other`, `other!user` and `"user@other"` ask to be unpacked, which never happens. */
const ROUTED = /[%!@]/

/**
 * A disabled account is as if it were not there: its addresses are unknown unless an alias or a catch-all takes them,
 * and aliases that name it lead nowhere. `ownLiterals` are the canonical literal domains that name this server, as
 * `[192.0.2.1]`; they are treated as the first local domain.
 */
export function createDirectory(settings: Settings, ownLiterals: ReadonlySet<string> = new Set()): Directory {
  const book = compileBook(settings, ownLiterals)
  return {
    resolve(to) {
      if (to !== 'postmaster') return resolve(book, to)
      const domain = book.firstDomain
      return domain === undefined ? { kind: 'unknown' } : resolve(book, { localPart: to, domain })
    },
  }
}

function resolve(book: Book, to: Address): Resolution {
  if (!isInternal(book, to.domain)) return EXTERNAL
  if (ROUTED.test(to.localPart) && !isKnown(book, keyOf(book, to))) return { kind: 'malformed' }
  const recipients = expand(book, to)
  return recipients.length > 0 ? { kind: 'internal', recipients } : { kind: 'unknown' }
}

/** Follows aliases and forwards to their ends; what leads in a circle or to nobody ends there. */
function expand(book: Book, start: Address): readonly Recipient[] {
  const walk: Walk = { seen: new Set(), pending: [], recipients: [] }
  reachAddress(book, walk, start)
  // The list grows while it is walked.
  for (const { target, via } of walk.pending) {
    if (target.kind === 'account') reachAccount(book, walk, target.user, via)
    else reachAddress(book, walk, target.address)
  }
  // Forwards that only lead in a circle or to nobody: the mail stays in the mailbox where it came in.
  if (walk.recipients.length === 0 && walk.first) return [walk.first]
  return walk.recipients
}

function reachAccount(book: Book, walk: Walk, user: User, via: Address): void {
  if (walk.seen.has(user)) return
  walk.seen.add(user)
  const recipient = { address: formatAddress(via), mailbox: user.name }
  walk.first ??= recipient
  const forwards = book.forwards.get(user) ?? []
  if (user.keepCopy || user.forwardTo.length === 0) walk.recipients.push(recipient)
  for (const target of forwards) walk.pending.push({ target, via })
}

function reachAddress(book: Book, walk: Walk, address: Address): void {
  if (!isInternal(book, address.domain)) {
    reachElsewhere(walk, formatAddress(address))
    return
  }
  const key = keyOf(book, address)
  if (walk.seen.has(key)) return
  walk.seen.add(key)
  // A catch-all takes none of these.
  if (ROUTED.test(address.localPart) && !isKnown(book, key)) return
  for (const target of targetsAt(book, key)) walk.pending.push({ target, via: address })
}

function reachElsewhere(walk: Walk, address: string): void {
  if (walk.seen.has(address)) return
  walk.seen.add(address)
  walk.recipients.push({ address })
}
