/** Forwarding: recipients outside that an address here leads to, marked where the client itself may not send to them. */
import { decide } from '../access/decide.ts'
import type { Client } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import { parseAddress } from '../mail/address.ts'
import type { Recipient } from '../mail/envelope.ts'

/** `user`: who is logged on. What comes from anybody at all must not leave signed as ours. */
export function markForwarded(
  recipients: readonly Recipient[],
  policy: Policy,
  client: Client,
  user: string | undefined,
): readonly Recipient[] {
  const mayRelay = ({ address }: Recipient) => {
    const parsed = parseAddress(address)
    return parsed.ok && decide(policy, client, user, parsed.address).verdict === 'accept'
  }
  return recipients.map(recipient =>
    recipient.mailbox !== undefined || mayRelay(recipient) ? recipient : { ...recipient, forwarded: true },
  )
}
