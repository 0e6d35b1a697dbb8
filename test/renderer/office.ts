/** The document's office for the tests of the pages: its settings, its machine, its mail. */

import type { Event } from '../../app/log/event.ts'
import type { Message, RecipientState } from '../../app/queue/message.ts'
import type { Snapshot } from '../../main/bridge.ts'

export const hash = `scrypt$16384$8$1$${'A'.repeat(22)}$${'B'.repeat(43)}`

/** Before anybody followed the document: VPOP3's default rows. */
export function officeSettings(): Record<string, unknown> {
  const user = (name: string) => ({ name, password: hash, addresses: [`${name}@example.com`] })
  return {
    schema: 1,
    hostname: 'mail.example.com',
    localDomains: ['example.com'],
    users: [
      { ...user('support'), addresses: ['support@example.com', 'help@example.com'] },
      user('webmaster'),
      { ...user('fred'), forwardTo: ['fred@elsewhere.example'] },
    ],
    aliases: { 'info@example.com': ['support', 'boss@elsewhere.example'] },
    catchAll: {},
    smtp: {
      listeners: [
        { address: '0.0.0.0', port: 25, encryption: 'starttls' },
        { address: '0.0.0.0', port: 465, encryption: 'tls' },
      ],
      access: [
        { action: 'block', from: 'routers', comment: 'Forwarded traffic' },
        { action: 'allow', from: 'local-networks', comment: 'Office and printers' },
      ],
    },
    delivery: {
      routes: [
        { to: ['partner.example', '*.partner.example'], via: 'smart-host', hosts: ['10.1.1.4:25'] },
        {
          to: ['*'],
          via: 'smart-host',
          hosts: ['smtp.provider.example:587', 'backup.provider.example:587'],
          encryption: 'starttls-required',
          login: { method: 'password', user: 'office', secret: 'provider' },
        },
      ],
    },
  }
}

export const machine: Snapshot['machine'] = {
  localNetworks: ['192.168.1.0/24', 'fe80::/64', '127.0.0.0/8', '::1'],
  routers: ['192.168.1.1'],
  hostname: 'office-pc',
}

const minute = 60_000

export function officeEvents(now: number): Event[] {
  const relayingRefused = {
    code: 550,
    status: '5.7.1',
    text: 'Relaying is not permitted from your IP address',
  }
  const taken = { code: 250, status: '2.0.0', text: 'OK queued as 4F1' }
  const later = { code: 451, status: '4.7.1', text: 'Greylisted, try again in 5 minutes' }
  const events: Event[] = []
  for (let hour = 23; hour >= 0; hour--) {
    const many = [2, 1, 0, 0, 1, 3, 8, 14, 12, 9, 7, 11][hour % 12] ?? 0
    for (let index = 0; index < many; index++) {
      const time = now - hour * 60 * minute - index * minute
      const id = `M${hour}${index}`
      events.push({
        kind: 'accepted',
        time,
        session: 's',
        client: '192.168.1.50',
        from: 'fred@example.com',
        to: ['jo@elsewhere.example'],
        size: 18_400,
        id,
      })
      if (index % 4 !== 3)
        events.push({
          kind: 'delivered',
          time: time + 2000,
          id,
          to: 'jo@elsewhere.example',
          via: 'smart host smtp.provider.example:587',
          reply: taken,
        })
      else
        events.push({
          kind: 'deferred',
          time: time + 2000,
          id,
          to: 'jo@elsewhere.example',
          via: 'smart host smtp.provider.example:587',
          reply: later,
          next: now + 5 * minute,
        })
    }
  }
  const session = { session: 'x1', client: '203.0.113.9' }
  events.push(
    { kind: 'logged-on', time: now - 3.5 * minute, session: 'x2', client: '192.168.1.50', user: 'fred' },
    {
      kind: 'logon-failed',
      time: now - 3 * minute,
      ...session,
      user: 'admin',
      reply: { code: 535, status: '5.7.8', text: 'Authentication failed' },
    },
    {
      kind: 'recipient-refused',
      time: now - 2 * minute,
      ...session,
      from: 'spam@bad.example',
      to: 'victim@elsewhere.org',
      reply: relayingRefused,
      list: null,
      row: null,
    },
    {
      kind: 'recipient-refused',
      time: now - minute,
      session: 'x3',
      client: '192.168.1.1',
      from: 'x@bad.example',
      to: 'y@elsewhere.org',
      reply: relayingRefused,
      list: 'service',
      row: 1,
    },
  )
  return events.sort((a, b) => a.time - b.time)
}

export function officeQueue(now: number): Message[] {
  const message = (id: string, from: string, to: string, ago: number, state: RecipientState): Message => ({
    id,
    received: now - ago,
    size: 18_400 + ago / 100,
    envelope: { reversePath: from, recipients: [{ address: to }], body: '7bit', smtpUtf8: false },
    origin: { client: '192.168.1.50', user: 'fred' },
    states: [state],
    warned: false,
  })
  const later = { code: 451, status: '4.7.1', text: 'Greylisted, try again in 5 minutes' }
  return [
    message('0KA1', 'fred@example.com', 'jo@elsewhere.example', 40 * minute, {
      kind: 'waiting',
      attempts: 3,
      next: now + 12 * minute,
      reply: later,
    }),
    message('0KA2', 'support@example.com', 'orders@partner.example', 9 * minute, {
      kind: 'waiting',
      attempts: 0,
      next: now + 1000,
    }),
    message('0KA3', '', 'webmaster@nowhere.example', 300 * minute, {
      kind: 'held',
      attempts: 1,
      by: 'person',
      why: 'held by hand',
    }),
  ]
}
