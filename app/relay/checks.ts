/** The checks that the settings' parser borrows from the layers above it. */
import { parseFrom } from '../access/network.ts'
import { parseAddress } from '../mail/address.ts'
import type { Checks } from '../settings/parse.ts'

export const CHECKS: Checks = {
  from(text) {
    const parsed = parseFrom(text)
    if (!parsed.ok) return { problem: parsed.problem }
    return parsed.from.kind === 'name' ? { hostName: parsed.from.name } : {}
  },
  address(text) {
    const parsed = parseAddress(text)
    return parsed.ok ? undefined : parsed.problem
  },
}
