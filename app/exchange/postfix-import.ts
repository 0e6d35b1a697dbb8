/** Reads who may relay through a Postfix out of its main.cf and the tables beside it. */
import { isDeepStrictEqual } from 'node:util'
import { formatSpan } from '../access/network.ts'
import { AFTER_LOGIN, ANYONE } from '../access/relaying.ts'
import { LONGEST_PARAMETER, linesOf } from './decode.ts'
import type { Entry, Read } from './imported.ts'
import { ClassReader } from './postfix-class.ts'
import { type PostfixConfig, readPostfixConfig, type Word } from './postfix-config.ts'
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
  const reader = new RestrictionReader(parts)
  reader.read(config.words('smtpd_relay_restrictions', remarks) ?? standard(config, remarks))
  const rows = rowsOf(reader, parts, texts, text.startsWith(OURS))
  const logOns = config.word('smtpd_sasl_auth_enable', remarks) === 'yes'
  tellOfOthers(config, remarks, {
    isRepeated: isRepeated(config, texts, reader.ruled),
    connects: rows.connects,
  })
  for (const name of parts.tables.unused)
    remarks.note(0, 'Nothing that says who may send asks for this table; it was left out.', name)
  return {
    entries: rows.entries,
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
function isRepeated(config: PostfixConfig, texts: Texts, ruled: readonly Ruled[]): boolean {
  const trial = new Remarks()
  const again = new RestrictionReader(partsOf(config, texts, trial))
  again.read(config.words('smtpd_recipient_restrictions', trial) ?? [])
  const rows = (all: readonly Ruled[]) => plainRows(all).map(({ row }: Entry) => row)
  return trial.lostCount === 0 && isDeepStrictEqual(rows(again.ruled), rows(ruled))
}
