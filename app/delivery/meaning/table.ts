/** The table of replies, in the order it is looked through: the first entry that matches wins. */
import { blockLists } from './block-lists.ts'
import type { Entry } from './entry.ts'
import { googleReceiving } from './google-receiving.ts'
import { googleSending } from './google-sending.ts'
import { mailboxes } from './mailboxes.ts'
import { microsoftOthers } from './microsoft-others.ts'
import { microsoftReceiving } from './microsoft-receiving.ts'
import { microsoftSending } from './microsoft-sending.ts'
import { ownDirect } from './own-direct.ts'
import { ownNetwork } from './own-network.ts'
import { ownOthers } from './own-others.ts'
import { ownSignIns } from './own-sign-ins.ts'
import { replyCodes } from './reply-codes.ts'
import { servers } from './servers.ts'
import { statusCodes } from './status-codes.ts'
import { limitWordings } from './wordings-limits.ts'
import { ruleWordings } from './wordings-rules.ts'

type Table = readonly Entry[]

/** What next hops say in words that are known. */
export const said: readonly Table[] = [
  [...microsoftSending, ...microsoftReceiving, ...microsoftOthers],
  [...googleSending, ...googleReceiving],
  mailboxes,
  blockLists,
  servers,
  [...limitWordings, ...ruleWordings],
]

/** What we say ourselves. */
export const own: Table = [...Object.values(ownSignIns), ...ownDirect, ...ownNetwork, ...ownOthers]

/** Ours first: their words quote what the next hop said. */
export const tables: readonly Table[] = [own, ...said, statusCodes, replyCodes]

const fromCode: ReadonlySet<string> = new Set([...statusCodes, ...replyCodes].map(({ name }) => name))

/** Whether the entry of this name knows no words, only the code. */
export function isFromCode(name: string): boolean {
  return fromCode.has(name)
}
