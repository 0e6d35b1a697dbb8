/** The answer to "why?": the same decision that a session takes, with its reasons. */
import { decide, explained } from '../access/decide.ts'
import type { Case, Decision } from '../access/decision.ts'
import { parseClient } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import { parseAddress } from '../mail/address.ts'

/** Throws a sentence where the case can't be understood. */
export function explainAnswer({ client, user, from, to }: Case, policy: Policy): Decision {
  const address = parseClient(client)
  if (!address)
    throw new Error(`"${client}" is not an IP address: give one as in 192.168.1.50 or 2001:db8::5.`)
  if (from !== undefined && from !== '' && !parseAddress(from).ok)
    throw new Error(`"${from}" is not a mail address: give one as in someone@example.com, or leave it out.`)
  if (to.toLowerCase() === 'postmaster') return explained(decide(policy, address, user, 'postmaster'))
  const parsed = parseAddress(to)
  if (!parsed.ok)
    throw new Error(`"${to}" is not a mail address (${parsed.problem}): give one as in someone@example.com.`)
  return explained(decide(policy, address, user, parsed.address))
}
