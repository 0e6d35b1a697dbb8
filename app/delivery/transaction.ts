/** Transactions: how a message's recipients go out to one next hop, and what exactly is sent. */
import { formatAddress, isAscii, parseAddress } from '../mail/address.ts'
import type { Recipient } from '../mail/envelope.ts'
import { reply } from '../mail/reply.ts'
import type { Message } from '../queue/message.ts'
import type { Spool } from '../queue/spool.ts'
import { type Departure, leaving } from './departure.ts'
import { Failure } from './failure.ts'
import type { Outgoing } from './transport.ts'

/** RFC 5321 section 4.5.3.1.8: so many recipients every server takes. */
export const RECIPIENTS = 100

/**
 * Groups recipients that can share a transaction: at most `most`, alike in the DSNs they want, in their need of
 * SMTPUTF8 and in whether they were forwarded. ORCPT can't be given for several at once, so a recipient with one goes alone.
 */
export function transactionsOf(
  message: Message,
  recipients: readonly number[],
  most = RECIPIENTS,
): readonly (readonly number[])[] {
  if (recipients.length === 1) return [recipients]
  const groups = new Map<string, number[]>()
  for (const index of recipients) {
    const recipient = message.envelope.recipients[index]
    if (!recipient) continue
    const alike = recipient.orcpt === undefined ? wishesOf(recipient) : `${index}`
    groups.set(alike, [...(groups.get(alike) ?? []), index])
  }
  return [...groups.values()].flatMap(group => slices(group, most))
}

function wishesOf({ address, notify = [], forwarded }: Recipient): string {
  return [/^[ -~]*$/.test(address) ? 'ASCII' : 'UTF-8', forwarded ? 'forwarded' : '', ...notify].join()
}

function slices<T>(all: readonly T[], length: number): T[][] {
  const count = Math.ceil(all.length / length)
  return Array.from({ length: count }, (_, index) => all.slice(index * length, (index + 1) * length))
}

/** What goes out for these recipients; rejects with `DamagedContent`, or a `Failure` where it isn't what was stored. */
export async function outgoingOf(
  message: Message,
  indexes: readonly number[],
  spool: Spool,
  departure: Departure = {},
): Promise<Outgoing> {
  const { envelope, size, id } = message
  const recipients = indexes.flatMap(index => envelope.recipients[index] ?? [])
  const addresses = recipients.map(({ address }) => address)
  const { reversePath, isOther } = leavingAs(envelope.reversePath, departure)
  checkStored(envelope.reversePath)
  const newSender = departure.sendAs ?? ''
  const ascii = [reversePath, newSender, ...addresses].map(checkStored).every(Boolean)
  const leave = recipients.some(({ forwarded }) => forwarded) ? unsigned(departure) : departure
  return {
    reversePath,
    recipients: addresses,
    smtpUtf8: !ascii,
    eightBit: envelope.body === '8bitmime' || !checkStored(newSender),
    ...(envelope.ret && { ret: envelope.ret }),
    ...(envelope.envid !== undefined && { envid: envelope.envid }),
    ...(isOther ? { isOther, ...neverTold(recipients) } : dsnWishes(recipients)),
    ...(await leaving(await spool.content(id), size, leave)),
  }
}

/** The null reverse-path stays: whatever it reports on must not be reported on itself (RFC 5321 section 4.5.5). */
function leavingAs(reversePath: string, { sendAs }: Departure) {
  if (sendAs === undefined || reversePath === '') return { reversePath, isOther: false }
  return { reversePath: sendAs, isOther: reversePath !== sendAs }
}

/** Mail that only passes through may claim any sender; it is signed where it leaves as one of ours. */
function unsigned({ sendAs, signer }: Departure): Departure {
  return sendAs === undefined ? {} : { sendAs, signer }
}

/** The next hop would tell the other address: so only silence is asked for there, and our own DSN tells the sender. */
function neverTold([first]: readonly Recipient[]): Pick<Outgoing, 'notify'> {
  return first?.notify?.includes('NEVER') ? { notify: first.notify } : {}
}

function dsnWishes([first, ...others]: readonly Recipient[]): Pick<Outgoing, 'notify' | 'orcpt'> {
  return {
    ...(first?.notify && { notify: first.notify }),
    ...(others.length === 0 && first?.orcpt !== undefined && { orcpt: first.orcpt }),
  }
}

/** Whether the address is ASCII. Only canonical addresses are ever stored; any other must not go out. */
function checkStored(text: string): boolean {
  const known = checked.get(text)
  if (known !== undefined) return known
  const parsed = parseAddress(text)
  if (text !== '' && !(parsed.ok && formatAddress(parsed.address) === text))
    throw new Failure(
      reply(554, '5.1.3', 'the stored address is not in canonical form and was not sent'),
      'refused',
    )
  if (checked.size >= CHECKED) checked.clear()
  const ascii = !parsed.ok || isAscii(parsed.address)
  checked.set(text, ascii)
  return ascii
}

/** Addresses that were in canonical form, and whether they are ASCII: an office writes to the same ones. */
const checked = new Map<string, boolean>()
const CHECKED = 1000
