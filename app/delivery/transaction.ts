/** Transactions: how a message's recipients go out to one next hop, and what exactly is sent. */
import { formatAddress, isAscii, parseAddress } from '../mail/address.ts'
import type { Recipient } from '../mail/envelope.ts'
import { reply } from '../mail/reply.ts'
import { openContent } from '../queue/content.ts'
import type { Message } from '../queue/message.ts'
import type { Spool } from '../queue/spool.ts'
import { Failure } from './failure.ts'
import type { Outgoing } from './transport.ts'

/** RFC 5321 section 4.5.3.1.8: so many recipients every server takes. */
export const RECIPIENTS = 100

/**
 * Groups recipients that can share a transaction: at most `most`, alike in the DSNs they want and in their need
 * of SMTPUTF8. ORCPT can't be given for several at once, so a recipient with one goes alone.
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

function wishesOf({ address, notify = [] }: Recipient): string {
  return [/^[ -~]*$/.test(address) ? 'ASCII' : 'UTF-8', ...notify].join()
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
): Promise<Outgoing> {
  const { envelope, size, id } = message
  const recipients = indexes.flatMap(index => envelope.recipients[index] ?? [])
  const addresses = recipients.map(({ address }) => address)
  const ascii = [envelope.reversePath, ...addresses].map(checkStored).every(Boolean)
  return {
    reversePath: envelope.reversePath,
    recipients: addresses,
    smtpUtf8: !ascii,
    eightBit: envelope.body === '8bitmime',
    ...(envelope.ret && { ret: envelope.ret }),
    ...(envelope.envid !== undefined && { envid: envelope.envid }),
    ...dsnWishes(recipients),
    size,
    content: openContent(await spool.content(id)),
  }
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
