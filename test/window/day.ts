/** A day in an office, for pictures with something on them: the log of the hours before, as the relay writes it. */
import { mkdir } from 'node:fs/promises'
import type { EventBody } from '../../app/log/event.ts'
import { Journal } from '../../app/log/journal.ts'

const hour = 3_600_000
/** Messages in each of the last 24 hours, the newest last. */
const load = [2, 1, 0, 0, 1, 3, 9, 16, 21, 18, 14, 9, 12, 19, 23, 17, 11, 6, 4, 3, 2, 3, 2, 4]

const senders = [
  { client: '192.168.1.20', from: 'webmaster@example.com' },
  { client: '192.168.1.31', from: 'scanner@example.com' },
  { client: '203.0.113.40', from: 'support@example.com', user: 'support' },
] as const

const recipients = ['orders@supplier.example', 'anna@customer.example', 'post@council.example'] as const

const relaying = { code: 550, status: '5.7.1', text: 'Relaying is not permitted from your IP address' }
const logOn = { code: 530, status: '5.7.0', text: 'Log on first, then send to this recipient' }
const busy = { code: 451, status: '4.7.1', text: 'Greylisted, please come back in five minutes' }

/** One message's events; what it is depends on its number only. */
function message(number: number): readonly EventBody[] {
  const { client, from, ...who } = senders[number % senders.length] ?? senders[0]
  const to = recipients[number % recipients.length] ?? recipients[0]
  const session = `S${number}`
  const id = `M${number}`
  const via = 'smtp.provider.example:587'
  if (number % 13 === 5) {
    const refused = {
      client: '203.0.113.9',
      from: 'offers@bulk.example',
      to,
      session,
      list: 'service',
    } as const
    return [{ kind: 'recipient-refused', ...refused, reply: logOn, row: 3 }]
  }
  if (number % 29 === 7) {
    const refused = {
      client: '192.168.1.1',
      from: 'offers@bulk.example',
      to,
      session,
      list: 'service',
    } as const
    return [{ kind: 'recipient-refused', ...refused, reply: relaying, row: 1 }]
  }
  const late: readonly EventBody[] =
    number % 11 === 3 ? [{ kind: 'deferred', id, to, via, reply: busy, next: 0 }] : []
  return [
    ...('user' in who ? [{ kind: 'logged-on', client, session, user: who.user } as const] : []),
    { kind: 'accepted', client, session, id, from, to: [to], size: 4000 + 977 * (number % 40), ...who },
    ...late,
    { kind: 'delivered', id, to, via, reply: { code: 250, status: '2.0.0', text: 'queued' } },
  ]
}

/** Writes it into a journal's folder. */
export async function writeDay(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  let time = Date.now() - load.length * hour
  const journal = new Journal(folder, () => time)
  let number = 0
  for (const messages of load) {
    for (let at = 0; at < messages; at++) {
      for (const event of message(number)) journal.emit(event)
      number += 1
      time += Math.floor(hour / messages)
    }
    if (messages === 0) time += hour
    // A file is a day's: what was emitted goes to the day that it is then.
    await journal.flush()
  }
  await journal.close()
}
