/** The recipients of a transaction: each decided for who the client is at that moment, and told where it is refused. */
import { decide } from '../access/decide.ts'
import type { Resolution } from '../access/directory.ts'
import type { Client } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import type { OffenceKind } from '../guard/offence.ts'
import type { Emit, Who } from '../log/event.ts'
import { formatAddress } from '../mail/address.ts'
import type { RcptCommand } from '../mail/path.ts'
import type { Reply } from '../mail/reply.ts'
import { markForwarded } from './forwarding.ts'
import type { Transaction } from './transaction.ts'

/** Who names them, and by what it is decided. */
export interface Naming {
  readonly policy: Policy
  readonly who: Who
  readonly client: Client
  readonly user: string | undefined
  readonly canLogOn: boolean
  readonly emit: Emit
  /** A refusal that counts against a stranger. */
  readonly offend: (kind: OffenceKind, to: string) => void
}

/** Into the transaction, unless the reply refuses it. */
export function nameRecipient(naming: Naming, transaction: Transaction, command: RcptCommand): Reply {
  const { policy, client, user, canLogOn, emit } = naming
  const { forwardPath } = command
  const { verdict, reply, list, row } = decide(policy, client, user, forwardPath, canLogOn)
  const to = forwardPath === 'postmaster' ? forwardPath : formatAddress(forwardPath)
  const resolution = policy.directory.resolve(forwardPath)
  if (verdict === 'refuse') {
    const who = { ...(user !== undefined && { user }), from: transaction.sender, to }
    emit({ kind: 'recipient-refused', ...who, reply, list, row, ...naming.who })
    const offence = offenceOf(resolution.kind)
    if (offence) naming.offend(offence, to)
    return reply
  }
  const isHere = resolution.kind === 'internal'
  const places = isHere ? markForwarded(resolution.recipients, policy, client, user) : [{ address: to }]
  transaction.accept(to, places, command, user)
  return reply
}

/** Recipients accepted for an account that is gone since are decided again: for nobody logged on. */
export function refuseOrphans(naming: Naming, transaction: Transaction): Reply | undefined {
  const { policy, client, user, canLogOn, emit } = naming
  const decisions = transaction.acceptedForOthers(user).map(to => decide(policy, client, user, to, canLogOn))
  const refused = decisions.find(({ verdict }) => verdict === 'refuse')?.reply
  if (!refused) return undefined
  const gone = transaction.acceptedByUser().find(accepted => accepted.user !== user)?.user
  const who = { ...(user !== undefined && { user }), ...(gone !== undefined && { gone }) }
  emit({
    kind: 'message-refused',
    ...who,
    from: transaction.sender,
    reply: refused,
    ...naming.who,
  })
  return refused
}

function offenceOf(resolution: Resolution['kind']): OffenceKind | undefined {
  if (resolution === 'external') return 'relayDenied'
  return resolution === 'internal' ? undefined : 'unknownRecipient'
}
