/** Reads who may relay through a Postfix out of its main.cf and the tables beside it. */
import { isDeepStrictEqual } from 'node:util'
import { formatSpan } from '../access/network.ts'
import { AFTER_LOGIN, ANYONE } from '../access/relaying.ts'
import { LONGEST_PARAMETER, linesOf } from './decode.ts'
import type { Entry, Read } from './imported.ts'
import { ClassReader } from './postfix-class.ts'
import { type PostfixConfig, readPostfixConfig, type Word } from './postfix-config.ts'
import { withLineEnds } from './postfix-line-ends.ts'
import { tellOfOthers } from './postfix-others.ts'
import { type PostfixParts, RestrictionReader, type Ruled } from './postfix-restrictions.ts'
import { type Joined, joinedRows, plainRows } from './postfix-rows.ts'
import { readResult } from './postfix-table.ts'
import { Tables, type Texts } from './postfix-tables.ts'
import { Remarks } from './remarks.ts'

/** How the main.cf of an export begins. */
export const OURS = '# Written by Postern.'

/** What Postfix does where main.cf doesn't say (postconf(5)). */
const DEFAULT = ['permit_mynetworks', 'permit_sasl_authenticated', 'defer_unauth_destination']

export function readPostfix(text: string, texts: Texts, remarks: Remarks, file?: string): Read {
  const config = readPostfixConfig(linesOf(text, remarks, file, LONGEST_PARAMETER), remarks)
  const parts = partsOf(config, texts, remarks)
  const decides = decidingList(config, texts)
  const reader = new RestrictionReader(parts)
  reader.read(restrictions(decides, config, remarks))
  const rows = rowsOf(reader, parts, texts, text.startsWith(OURS))
  const entries = withLineEnds(rows.entries, parts)
  const logOns = config.word('smtpd_sasl_auth_enable', remarks) === 'yes'
  tellOfOthers(config, remarks, {
    recipients: decides === RECIPIENT ? 'decide' : repeats(config, texts, reader.ruled, remarks),
    connects: rows.connects,
  })
  for (const name of parts.tables.unused)
    remarks.note(0, 'Nothing that says who may send asks for this table; it was left out.', name)
  return {
    entries,
    smtp: {
      authentication: rows.connects && !logOns ? 'disabled' : 'required',
      internalMailWithoutAuthentication: !rows.asksInternal,
      antiRelay: rows.connects ? 'authenticated-users' : 'client-address',
      useGlobalAccess: false,
    },
    emptyMeant: 'nobody',
  }
}

function partsOf(config: PostfixConfig, texts: Texts, remarks: Remarks): PostfixParts {
  const tables = new Tables(texts, remarks)
  return { config, tables, classes: new ClassReader(config, tables, remarks), remarks }
}

const RELAY = 'smtpd_relay_restrictions'
const RECIPIENT = 'smtpd_recipient_restrictions'

/**
 * Both lists must let a recipient through. Where the first lets everybody through, be it empty, the other alone decides
 * (SMTPD_ACCESS_README). Not said at all it is empty as long as compatibility_level is less than 1 (postconf(5)).
 */
function decidingList(config: PostfixConfig, texts: Texts): typeof RELAY | typeof RECIPIENT {
  const trial = new Remarks()
  const others = config.words(RECIPIENT, trial) ?? []
  const words = config.words(RELAY, trial) ?? (isCompatible(config, trial) ? [] : undefined)
  if (others.length === 0 || !words) return RELAY
  const reader = new RestrictionReader(partsOf(config, texts, trial))
  reader.read(words)
  const isOpen =
    reader.ruled.at(-1)?.from === 'any' && reader.ruled.every(({ relaying }) => relaying.kind === 'anyone')
  return isOpen && trial.lostCount === 0 ? RECIPIENT : RELAY
}

function isCompatible(config: PostfixConfig, remarks: Remarks): boolean {
  return Number.parseFloat(config.word('compatibility_level', remarks) ?? '0') < 1
}

function restrictions(
  decides: ReturnType<typeof decidingList>,
  config: PostfixConfig,
  remarks: Remarks,
): readonly Word[] {
  const words = config.words(decides, remarks)
  if (decides === RECIPIENT) {
    const line = config.lineOf(RELAY)
    const why = line === 0 ? `is not set, and compatibility_level is below 1` : 'refuses nobody'
    remarks.note(line, `${RELAY} ${why}: ${RECIPIENT} alone decides.`)
  } else if (words?.length === 0) {
    remarks.lose(
      config.lineOf(RELAY),
      `Postfix takes no mail like this: neither ${RELAY} nor ${RECIPIENT} says anything.`,
    )
    return [{ text: 'reject', line: config.lineOf(RELAY) }]
  }
  return words ?? standard(config, remarks)
}

function standard(config: PostfixConfig, remarks: Remarks): readonly Word[] {
  remarks.note(0, 'main.cf has no smtpd_relay_restrictions: what Postfix does without them was taken.')
  return DEFAULT.map(text => ({ text, line: config.lineOf('mynetworks') }))
}

interface Rows extends Joined {
  /** Whether smtpd_client_restrictions are in them. */
  readonly connects: boolean
}

function rowsOf(
  { ruled, internal: own }: RestrictionReader,
  { config, remarks }: PostfixParts,
  texts: Texts,
  isOurs: boolean,
): Rows {
  const logOns = config.word('smtpd_sasl_auth_enable', remarks) === 'yes'
  const internal = isOurs ? own?.map(everyAccount) : own
  const connect = connectList(config, texts)
  if (connect) {
    const trial = new Remarks()
    const joined = joinedRows({ external: ruled, internal, connect, logOns }, trial)
    if (trial.lostCount === 0) return { ...joined, connects: true }
  }
  // Our own tables cover all addresses in very many networks: whole ranges are easier to read.
  if (!internal && !isOurs) return { entries: plainRows(ruled), asksInternal: false, connects: false }
  return {
    ...joinedRows({ external: ruled, internal, connect: undefined, logOns }, remarks),
    connects: false,
  }
}

/** Our own tables name the accounts that there are, and any of them may send to mailboxes here. */
function everyAccount(ruled: Ruled): Ruled {
  return ruled.relaying.kind === 'after-login' ? { ...ruled, relaying: AFTER_LOGIN } : ruled
}

/** Who may connect, where that is one table and no more; what isn't of that kind is told as not taken. */
function connectList(config: PostfixConfig, texts: Texts): readonly Ruled[] | undefined {
  const trial = new Remarks()
  const [check, table, ...more] = config.words('smtpd_client_restrictions', trial) ?? []
  if (check?.text.toLowerCase() !== 'check_client_access' || !table || more.length > 0) return undefined
  const entries = new Tables(texts, trial).networks(table, readResult)
  const isPlain = trial.lostCount === 0 && entries?.every(({ result }) => result.kind !== 'after-login')
  if (!isPlain) return undefined
  return entries?.map(({ span, result, line }) => ({
    from: formatSpan(span),
    relaying: result.kind === 'pass' ? ANYONE : result,
    line,
  }))
}

/** Whether smtpd_recipient_restrictions, which counts as well, says the same once more: before Postfix 2.10 it stood there. */
function repeats(
  config: PostfixConfig,
  texts: Texts,
  ruled: readonly Ruled[],
  remarks: Remarks,
): 'repeat' | 'unread' {
  const trial = new Remarks()
  const again = new RestrictionReader(partsOf(config, texts, trial))
  again.read(config.words('smtpd_recipient_restrictions', trial) ?? [])
  const rows = (all: readonly Ruled[]) => plainRows(all).map(({ row }: Entry) => row)
  const isSame = trial.lostCount === 0 && isDeepStrictEqual(rows(again.ruled), rows(ruled))
  if (!isSame) return 'unread'
  again.tellOfRest(remarks)
  return 'repeat'
}
