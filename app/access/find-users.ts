/** Findings about rows that name users. */
import type { AccessRow, Settings, User } from '../settings/settings.ts'
import { accountKey } from './account.ts'
import { offeringLogOn } from './find-log-on.ts'
import { type Edit, type Finding, MOST } from './finding.ts'
import { LIST_PATHS } from './mend.ts'
import type { AccessList, Policy } from './policy.ts'
import { enumerate } from './wording.ts'

/** Rows that name users of whom none can log on. */
export function findUsersWithoutLogOn(
  list: AccessList,
  settings: Settings,
  policy: Policy,
): readonly Finding[] {
  const accounts = new Map(settings.users.map(user => [accountKey(user.name), user]))
  const isOff = settings.smtp.authentication === 'disabled'
  return allowing(list)
    .flatMap(({ row, number }): readonly Finding[] => {
      const able = row.users.filter(name => whyNot(accounts.get(accountKey(name))) === undefined)
      if (able.length > 0)
        return isOff
          ? [switchedOff(list, row, number, able, policy, offeringLogOn(settings, policy, 'anybody'))]
          : []
      return [nobody(list, row, number, accounts, policy)]
    })
    .slice(0, MOST)
}

/** Why a user can't log on; undefined where nothing stands in the way. */
function whyNot(user: User | undefined): string | undefined {
  if (!user) return 'has no account here'
  if (!user.enabled) return 'is switched off'
  return user.password === undefined ? 'has no password yet' : undefined
}

/** Block rows that name users: they block everybody at their addresses, whoever is named. */
export function findBlockingUsers(list: AccessList, { global }: Policy): readonly Finding[] {
  const of = global ? ` of ${listWords(list)}` : ''
  return numbered(list)
    .filter(({ row }) => row.action === 'block' && row.users.length > 0)
    .slice(0, MOST)
    .map(({ row, number }) => ({
      kind: 'block-with-users',
      list: list.name,
      row: number,
      text: `Row ${number}${of} blocks and names ${enumerate(row.users)}${row.withoutAuthentication ? ', and says “without authentication”: neither has an effect, for' : ', which has no effect:'} it blocks everybody at its addresses.`,
      mend: {
        words: `Name no users in row ${number}${of}. Who can send stays as it is.`,
        // With users "without authentication" has no effect; without them it would have one on internal mail.
        edits: [
          { kind: 'set', path: `${LIST_PATHS[list.name]}[${number - 1}].users`, value: [] },
          waiverOff(list, number),
        ],
      },
    }))
}

/**
 * Block rows that say "without authentication" where it does nothing: they may be meant to block only those who don't
 * log on. Where a log-on is required for internal mail too, it lets go of that.
 */
export function findBlockingWaivers(list: AccessList, policy: Policy): readonly Finding[] {
  const { authentication, internalMailWithoutAuthentication, antiRelay, global } = policy
  const isConnecting = antiRelay === 'client-address'
  if (isConnecting && authentication === 'required' && !internalMailWithoutAuthentication) return []
  const of = global ? ` of ${listWords(list)}` : ''
  return numbered(list)
    .filter(({ row }) => row.action === 'block' && row.users.length === 0 && row.withoutAuthentication)
    .slice(0, MOST)
    .map(({ number }) => ({
      kind: 'waiver-on-block',
      list: list.name,
      row: number,
      text: `Row ${number}${of} blocks and says “without authentication”, which has no effect: it blocks whoever is logged on as well as whoever isn't.`,
      mend: {
        words: `Take “without authentication” off row ${number}${of}. Who can send stays as it is.`,
        edits: [waiverOff(list, number)],
      },
    }))
}

function waiverOff({ name }: AccessList, row: number): Edit {
  return { kind: 'set', path: `${LIST_PATHS[name]}[${row - 1}].withoutAuthentication`, value: false }
}

/** Rows on which "without authentication" has no effect. */
export function findContradictoryUsers(list: AccessList, { global }: Policy): readonly Finding[] {
  const of = global ? ` of ${listWords(list)}` : ''
  return allowing(list)
    .filter(({ row }) => row.withoutAuthentication)
    .slice(0, MOST)
    .map(({ row, number }) => ({
      kind: 'waiver-with-users',
      list: list.name,
      row: number,
      text: `Row ${number}${of} names ${enumerate(row.users)} and says “without authentication”, which has no effect: such a row needs a log-on always.`,
      mend: {
        words: `Take “without authentication” off row ${number}${of}. Who can send stays as it is.`,
        edits: [waiverOff(list, number)],
      },
    }))
}

/** What a row does that blocks instead of waiting for users who don't come. */
const BLOCKED: Readonly<Record<Settings['smtp']['antiRelay'], string>> = {
  'client-address': 'Who can send stays as it is.',
  'authenticated-users':
    'Its addresses may no longer connect then, not even with mail for your own users; who can send to addresses outside stays as it is.',
}

interface Numbered {
  readonly row: AccessRow
  readonly number: number
}

/** The rows that count, allow and name users. */
function allowing(list: AccessList): readonly Numbered[] {
  return numbered(list).filter(({ row: { action, users } }) => action === 'allow' && users.length > 0)
}

/** The rows that count. */
function numbered({ rows }: AccessList): readonly Numbered[] {
  return rows.map((row, index) => ({ row, number: index + 1 })).filter(({ row }) => row.enabled)
}

function switchedOff(
  list: AccessList,
  { users }: AccessRow,
  row: number,
  able: readonly string[],
  { global }: Policy,
  offer: ReturnType<typeof offeringLogOn>,
): Finding {
  return {
    kind: 'users-without-log-on',
    list: list.name,
    row,
    text: `Row ${row}${global ? ` of ${listWords(list)}` : ''} names ${enumerate(users)}, but logging on is switched off (SMTP Authentication is Disabled): nobody can send by it.`,
    mend: {
      words: `Set SMTP Authentication to Allowed: ${enumerate(able)} can log on and send, and so can everybody else who was refused for that alone.${offer.words} Who sends without logging on goes on.`,
      edits: [{ kind: 'set', path: 'smtp.authentication', value: 'allowed' }, ...offer.edits],
    },
  }
}

function nobody(
  list: AccessList,
  { users }: AccessRow,
  row: number,
  accounts: ReadonlyMap<string, User>,
  { antiRelay, authentication, global }: Policy,
): Finding {
  const { name } = list
  const of = global ? ` of ${listWords(list)}` : ''
  const whys = users.map(user => `${user} ${whyNot(accounts.get(accountKey(user))) ?? ''}`)
  const path = `${LIST_PATHS[name]}[${row - 1}]`
  const isWaiting = users.some(user => accounts.get(accountKey(user))?.enabled === true)
  const waiting = 'Of those users nobody can send by it then either, once they have passwords.'
  const connecting = antiRelay === 'authenticated-users' ? ` ${BLOCKED[antiRelay]}` : ''
  const effect = isWaiting ? `${waiting}${connecting}` : BLOCKED[antiRelay]
  return {
    kind: 'users-without-log-on',
    list: name,
    row,
    text: `Row ${row}${of} lets nobody send, since ${
      authentication === 'disabled'
        ? `logging on is switched off (SMTP Authentication is Disabled), and no user that it names could log on otherwise`
        : 'no user that it names can log on'
    }: ${enumerate(whys)}.`,
    mend: {
      words: `Make row ${row}${of} say Block instead of naming ${users.length === 1 ? 'that user' : 'those users'}. ${effect} To let somebody send by it, give ${users.length === 1 ? 'that user' : 'one of them'} an account in use with a password instead${authentication === 'disabled' ? ', and set SMTP Authentication to Allowed' : ''}.`,
      edits: [
        { kind: 'set', path: `${path}.action`, value: 'block' },
        { kind: 'set', path: `${path}.users`, value: [] },
        { kind: 'set', path: `${path}.withoutAuthentication`, value: false },
      ],
    },
  }
}

function listWords({ name }: AccessList): string {
  return name === 'global' ? 'the global list' : "the service's list"
}
