/** The difference in who gets mail: addresses, domains and mailboxes that come, go, or lead elsewhere. */
import { parseAddress } from '../mail/address.ts'
import type { Recipient } from '../mail/envelope.ts'
import type { Settings, User } from '../settings/settings.ts'
import { accountKey } from './account.ts'
import type { DifferenceLine } from './difference-lines.ts'
import type { Directory } from './directory.ts'
import { enumerate } from './wording.ts'

/** Settings, and the directory made from them. */
export interface Mailboxes {
  readonly settings: Settings
  readonly directory: Directory
}

/** A sentence for each, in the order of what concerns most people. */
export function mailDifference(before: Mailboxes, after: Mailboxes): readonly DifferenceLine[] {
  return [
    ...service(before.settings, after.settings),
    ...domains(before.settings, after.settings),
    ...addresses(before, after),
    ...catchAlls(before, after),
    ...accounts(before.settings, after.settings),
  ]
}

function line(
  change: DifferenceLine['change'],
  words: string,
  who: DifferenceLine['who'] = 'anyone',
): DifferenceLine {
  return { change, recipients: 'internal', who, words, ranges: [], rangeCount: 0 }
}

function service({ smtp: before }: Settings, { smtp: after }: Settings): readonly DifferenceLine[] {
  if (before.enabled === after.enabled) return []
  return after.enabled
    ? [line('gained', 'The SMTP service is switched on: mail is taken.')]
    : [
        line(
          'lost',
          'The SMTP service is switched off: nobody can connect, and no mail is taken. What waits in the queue still goes out.',
        ),
      ]
}

function domains(before: Settings, after: Settings): readonly DifferenceLine[] {
  const [gone, fresh] = [
    missing(before.localDomains, after.localDomains),
    missing(after.localDomains, before.localDomains),
  ]
  return [
    ...(fresh.length > 0
      ? [
          line(
            'gained',
            `Mail for ${enumerate(fresh)} is for mailboxes here now: it is no longer sent on, and refused where nobody here has the address.`,
          ),
        ]
      : []),
    ...(gone.length > 0
      ? [
          line(
            'lost',
            `Mail for ${enumerate(gone)} is for elsewhere now: no mailbox here gets it, it is sent on, and taken only from those who can send to addresses outside.`,
          ),
        ]
      : []),
  ]
}

function missing(some: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others.map(domain => domain.toLowerCase()))
  return some.filter(domain => !known.has(domain.toLowerCase()))
}

/** Where mail to an address of ours ends; an empty list where it is refused, undefined where it isn't ours. */
function endsOf({ directory }: Mailboxes, text: string): readonly string[] | undefined {
  const parsed = parseAddress(text)
  const found = parsed.ok ? directory.resolve(parsed.address) : undefined
  if (!found || found.kind === 'external') return undefined
  return found.kind === 'internal' ? found.recipients.map(placeOf) : []
}

function placeOf({ mailbox, address }: Recipient): string {
  return mailbox === undefined ? address : `the mailbox of ${mailbox}`
}

interface Moved {
  readonly was: readonly string[]
  readonly is: readonly string[]
}

/** Undefined where nothing differs, or where the domain does: that is told by itself. */
function movedTo(before: Mailboxes, after: Mailboxes, address: string): Moved | undefined {
  const [was, is] = [endsOf(before, address), endsOf(after, address)]
  if (!was || !is || sameTexts(was, is)) return undefined
  return { was, is }
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, at) => text === other[at])
}

/** Lines about addresses; those that go the same way are told together. */
const TOLD = 50

interface Group {
  readonly addresses: string[]
  /** Of the first of them. */
  readonly was: readonly string[]
  readonly is: Set<string>
}

function addresses(before: Mailboxes, after: Mailboxes): readonly DifferenceLine[] {
  const groups = new Map<string, Group>()
  for (const address of new Set([...written(before.settings), ...written(after.settings)])) {
    const moved = movedTo(before, after, address)
    if (!moved) continue
    const key = wayOf(moved)
    const group = groups.get(key) ?? { addresses: [], was: moved.was, is: new Set() }
    group.addresses.push(address)
    for (const end of moved.is) group.is.add(end)
    groups.set(key, group)
  }
  const [told, more] = [[...groups.values()].slice(0, TOLD), [...groups.values()].slice(TOLD)]
  const lines = told.map(({ was, is, addresses }) =>
    moveLine({ was, is: [...is] }, enumerate(addresses), addresses.length === 1 ? 'that address' : 'those'),
  )
  const count = more.reduce((sum, group) => sum + group.addresses.length, 0)
  return count === 0
    ? lines
    : [...lines, line('gained', `Mail to ${count} more addresses goes elsewhere now.`)]
}

/** All that are refused now go one way, and so do all that are taken by one place and weren't taken. */
function wayOf({ was, is }: Moved): string {
  if (is.length === 0) return 'refused'
  return was.length === 0 && is.length === 1 ? 'taken' : JSON.stringify([was, is])
}

function written({ users, aliases }: Settings): readonly string[] {
  const owned = users.filter(({ enabled }) => enabled).flatMap(user => user.addresses)
  return [...owned, ...Object.keys(aliases)].map(address => address.toLowerCase())
}

function moveLine({ was, is }: Moved, to: string, which: string): DifferenceLine {
  const goes = enumerate(is)
  if (is.length === 0) return line('lost', `Mail to ${to} is refused now: nobody here has ${which} any more.`)
  if (was.length === 0) return line('gained', `Mail to ${to} is taken now, and goes to ${goes}.`)
  return line(
    is.length < was.length ? 'lost' : 'gained',
    `Mail to ${to} goes to ${goes} now; it went to ${enumerate(was)}.`,
  )
}

/** By an address that nobody has. */
function catchAlls(before: Mailboxes, after: Mailboxes): readonly DifferenceLine[] {
  const { settings } = after
  const named = [...Object.keys(before.settings.catchAll), ...Object.keys(settings.catchAll)]
  return [...new Set(named)].flatMap(domain => {
    const moved = movedTo(before, after, `${NOBODY}@${domain.replace(/^\*\./, `${NOBODY}.`)}`)
    return moved ? [moveLine(moved, `addresses of ${domain} that nobody has`, 'those')] : []
  })
}

const NOBODY = 'nobody-has-this-address'

function accounts(before: Settings, after: Settings): readonly DifferenceLine[] {
  const left = new Map(after.users.map(user => [accountKey(user.name), user]))
  const gone = before.users.filter(({ name }) => !left.has(accountKey(name)))
  const off = before.users.filter(
    ({ name, enabled }) => enabled && left.get(accountKey(name))?.enabled === false,
  )
  return [
    ...accountLine(gone, 'gone'),
    ...accountLine(off, 'off'),
    ...passwordLine(
      'lost',
      keyed(before.users, left, (was, is) => hasPassword(was) && !hasPassword(is)),
    ),
    ...passwordLine(
      'gained',
      keyed(before.users, left, (was, is) => !hasPassword(was) && hasPassword(is)),
    ),
  ]
}

/** The accounts in use before and after of which that is so. */
function keyed(
  users: readonly User[],
  left: ReadonlyMap<string, User>,
  isSo: (was: User, is: User) => boolean,
): readonly string[] {
  return users.flatMap(was => {
    const is = left.get(accountKey(was.name))
    return is && was.enabled && is.enabled && isSo(was, is) ? [is.name] : []
  })
}

function hasPassword({ password }: User): boolean {
  return password !== undefined
}

/** The map counts an account without a password as it will be once it has one, so that this is told apart. */
function passwordLine(change: DifferenceLine['change'], names: readonly string[]): readonly DifferenceLine[] {
  if (names.length === 0) return []
  const [accounts, it, has, one] =
    names.length === 1
      ? [`The account ${enumerate(names)}`, 'it', 'has', 'it']
      : [`The accounts ${enumerate(names)}`, 'they', 'have', 'one of them']
  const words =
    change === 'lost'
      ? `${accounts} ${has} no password any more: until ${it} ${has} one, nobody can log on as ${one}, nor send where that needs a log-on.`
      : `${accounts} ${has} a password now: whoever knows it can log on as ${one}, and send where the access list lets ${names.length === 1 ? 'it' : 'that account'}.`
  return [line(change, words, names)]
}

function accountLine(users: readonly User[], what: 'gone' | 'off'): readonly DifferenceLine[] {
  const names = users.map(({ name }) => name)
  if (names.length === 0) return []
  const words =
    names.length === 1
      ? `The account ${enumerate(names)} is ${what}: nobody logs on as it, and what its mailbox holds stays in the folder mail/${names[0]}.`
      : `The accounts ${enumerate(names)} are ${what}: nobody logs on as one of them, and what their mailboxes hold stays in the folder mail.`
  return [line('lost', words, names)]
}
