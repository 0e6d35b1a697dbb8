/** The document's scenarios over real connections, each row asked of the session and of `explain` alike. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Decision } from '../../app/access/decision.ts'
import { formatReply, parseReply } from '../../app/mail/reply.ts'
import { SmtpClient } from '../support/client.ts'
import { type Ending, endOfSuite } from '../support/ending.ts'
import { account, password, type RunningRelay, startRelay } from '../support/relay.ts'

/** Client, user (`-` for none), recipient, reply code and status, list and row. */
type Row = readonly [string, string, string, string, string]

const [office, router, stranger] = ['127.0.1.50', '127.0.1.1', '127.0.9.9']
const external = 'someone@elsewhere.example'

scenario("the document's own", {}, [
  [office, '-', external, '250 2.1.5', 'service row 2'],
  [office, 'fred', external, '250 2.1.5', 'service row 2'],
  [router, '-', external, '550 5.7.1', 'service row 1'],
  [router, 'support', external, '550 5.7.1', 'service row 1'],
  [router, '-', 'support@example.com', '250 2.1.5', 'no row'],
  [stranger, '-', external, '530 5.7.0', 'service row 3'],
  [stranger, 'support', external, '250 2.1.5', 'service row 3'],
  [stranger, 'webmaster', external, '250 2.1.5', 'service row 3'],
  [stranger, 'fred', external, '550 5.7.1', 'service row 3'],
  [stranger, '-', 'fred@example.com', '250 2.1.5', 'no row'],
  [stranger, '-', 'FRED@Example.COM', '250 2.1.5', 'no row'],
  [stranger, '-', 'nobody@example.com', '550 5.1.1', 'no row'],
  [stranger, 'support', 'nobody@example.com', '550 5.1.1', 'no row'],
  [stranger, '-', 'someone%elsewhere.example@example.com', '550 5.1.3', 'no row'],
  [stranger, 'support', 'someone@[192.0.2.1]', '250 2.1.5', 'service row 3'],
  [stranger, '-', 'fred@[127.0.0.1]', '250 2.1.5', 'no row'],
])

scenario('incoming mail needs a log-on too', { smtp: { internalMailWithoutAuthentication: false } }, [
  [office, '-', 'fred@example.com', '250 2.1.5', 'service row 2'],
  [router, '-', 'fred@example.com', '530 5.7.0', 'service row 1'],
  [stranger, '-', 'fred@example.com', '530 5.7.0', 'service row 3'],
  [stranger, 'fred', 'fred@example.com', '250 2.1.5', 'no row'],
])

/* NOGLOBAL, "127.0.1.0 255.255.255.0 noauth", "0.0.0.0 0.0.0.0 fred bob" */
const version15 = {
  users: ['support', 'fred', 'bob'].map(account),
  globalAccess: [{ action: 'block', from: 'any' }],
  smtp: {
    useGlobalAccess: false,
    access: [
      { action: 'allow', from: '127.0.1.0 255.255.255.0', withoutAuthentication: true },
      { action: 'allow', from: '0.0.0.0 0.0.0.0', users: ['fred', 'bob'] },
    ],
  },
}

scenario('VPOP3 1.5', version15, [
  [office, '-', external, '250 2.1.5', 'service row 1'],
  [router, '-', external, '250 2.1.5', 'service row 1'],
  [stranger, '-', external, '530 5.7.0', 'service row 2'],
  [stranger, 'fred', external, '250 2.1.5', 'service row 2'],
  [stranger, 'bob', external, '250 2.1.5', 'service row 2'],
  [stranger, 'support', external, '550 5.7.1', 'service row 2'],
  [stranger, '-', 'fred@example.com', '250 2.1.5', 'no row'],
])

scenario('VPOP3 1.5 without NOGLOBAL', { ...version15, smtp: { ...version15.smtp, useGlobalAccess: true } }, [
  [office, '-', external, '550 5.7.1', 'global row 1'],
  [stranger, 'fred', external, '550 5.7.1', 'global row 1'],
  [stranger, '-', 'fred@example.com', '250 2.1.5', 'no row'],
])

/* "Allow 127.0.1.0/24", "No Auth" beside it; "Allow Any - fred bob" */
const version3 = {
  users: ['support', 'fred', 'bob'].map(account),
  smtp: {
    access: [
      { action: 'block', from: 'routers' },
      { action: 'allow', from: '127.0.1.0/24', withoutAuthentication: true },
      { action: 'allow', from: 'any', users: ['fred', 'bob'] },
    ],
  },
}

scenario('VPOP3 3 and 4', version3, [
  [office, '-', external, '250 2.1.5', 'service row 2'],
  [router, '-', external, '550 5.7.1', 'service row 1'],
  [router, 'fred', external, '550 5.7.1', 'service row 1'],
  [stranger, '-', external, '530 5.7.0', 'service row 3'],
  [stranger, 'fred', external, '250 2.1.5', 'service row 3'],
  [stranger, 'bob', external, '250 2.1.5', 'service row 3'],
  [stranger, 'support', external, '550 5.7.1', 'service row 3'],
  [stranger, '-', 'bob@example.com', '250 2.1.5', 'no row'],
])

scenario(
  'VPOP3 without "No Auth": everybody logs on',
  {
    smtp: {
      access: [
        { action: 'allow', from: 'local-networks' },
        { action: 'allow', from: 'any' },
      ],
    },
  },
  [
    [office, '-', external, '530 5.7.0', 'service row 1'],
    [office, 'fred', external, '250 2.1.5', 'service row 1'],
    [stranger, '-', external, '530 5.7.0', 'service row 2'],
    [stranger, 'fred', external, '250 2.1.5', 'service row 2'],
  ],
)

scenario('an empty list', { smtp: { access: [] } }, [
  [office, '-', external, '550 5.7.1', 'no row'],
  [office, 'support', external, '550 5.7.1', 'no row'],
  [stranger, '-', 'fred@example.com', '250 2.1.5', 'no row'],
])

scenario(
  'logging on is switched off',
  {
    smtp: {
      authentication: 'disabled',
      access: [
        { action: 'allow', from: 'local-networks' },
        { action: 'allow', from: 'any', users: ['support'] },
      ],
    },
  },
  [
    [office, '-', external, '250 2.1.5', 'service row 1'],
    [stranger, '-', external, '550 5.7.1', 'service row 2'],
  ],
)

scenario('only users may relay', { smtp: { antiRelay: 'authenticated-users' } }, [
  [office, '-', external, '530 5.7.0', 'service row 2'],
  [office, 'fred', external, '250 2.1.5', 'service row 2'],
  [stranger, 'support', external, '250 2.1.5', 'service row 3'],
  [stranger, 'fred', external, '550 5.7.1', 'service row 3'],
])

function scenario(name: string, settings: object, rows: readonly Row[]): void {
  describe(name, () => {
    const suite = endOfSuite()
    let relay: RunningRelay
    before(async () => {
      relay = await startRelay(suite, settings)
    })
    for (const [client, user, to, reply, by] of rows) {
      test(`${client} as ${user} to ${to}: ${reply}`, async t => {
        const decision = await relay.control.explain({ client, to, ...(user !== '-' && { user }) })
        assert.equal(`${decision.reply.code} ${decision.reply.status}`, reply)
        assert.equal(placeOf(decision), by)
        const answer = await replyTo(t, relay, client, user, to)
        assert.equal(answer, formatReply(decision.reply))
        if (!reply.startsWith('250')) await checkEvent(relay, client, to, decision)
      })
    }
  })
}

function placeOf({ list, row }: Decision): string {
  return list === null || row === null ? 'no row' : `${list} row ${row}`
}

/** What a session of that client gets for this recipient. */
async function replyTo(test: Ending, relay: RunningRelay, from: string, user: string, to: string) {
  const client = await SmtpClient.open(test, relay.endpoint(), { from })
  await client.ask('EHLO client.example')
  const credentials = Buffer.from(`\0${user}\0${password}`).toString('base64')
  if (user !== '-') assert.match(await client.ask(`AUTH PLAIN ${credentials}`), /^235 2\.7\.0 /)
  assert.match(await client.ask('MAIL FROM:<sender@client.example>'), /^250 2\.1\.0 /)
  const answer = parseReply(await client.ask(`RCPT TO:<${to}>`))
  assert.ok(answer)
  return formatReply(answer)
}

/** The log says the same as the reply. */
async function checkEvent(relay: RunningRelay, client: string, to: string, decision: Decision) {
  const event = relay.events.findLast(({ kind }) => kind === 'recipient-refused')
  assert.ok(event?.kind === 'recipient-refused')
  assert.equal(event.client, client)
  assert.equal(event.to.toLowerCase(), to.toLowerCase())
  const { reply, list, row } = decision
  assert.deepEqual({ reply: event.reply, list: event.list, row: event.row }, { reply, list, row })
}
