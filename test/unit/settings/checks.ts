/** The checks as the relay passes them to the parser. */
import { parseFrom } from '../../../app/access/network.ts'
import { parseAddress } from '../../../app/mail/address.ts'
import type { Checks } from '../../../app/settings/parse.ts'

export const checks: Checks = {
  from: text => problemOf(parseFrom(text)),
  address: text => problemOf(parseAddress(text)),
}

function problemOf(parsed: { ok: true } | { ok: false; problem: string }): string | undefined {
  return parsed.ok ? undefined : parsed.problem
}
