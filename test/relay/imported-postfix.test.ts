/** A Postfix's rules, imported, decide as that real Postfix does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide } from '../../app/access/decide.ts'
import { type Client, formatSpan } from '../../app/access/network.ts'
import { compilePolicy } from '../../app/access/policy.ts'
import { blocksOf, formatBlock } from '../../app/exchange/blocks.ts'
import { SmtpClient } from '../support/client.ts'
import { type Ending, inTurn } from '../support/ending.ts'
import { type Postfix, startPostfix } from '../support/postfix.ts'
import { anySpan, probes } from '../unit/access/list.ts'
import { address, machine, office } from '../unit/access/office.ts'
import { read, said } from '../unit/exchange/lists.ts'

const RESULTS = ['OK', 'REJECT', 'DUNNO', '550 5.7.1 No', '1234', 'permit_sasl_authenticated, reject']
const TABLES = ['a.cidr', 'b.cidr'] as const

const entries = fc.array(fc.record({ span: anySpan, result: fc.constantFrom(...RESULTS) }), { maxLength: 5 })

const anyConfig = fc.record({
  networks: fc.array(fc.record({ span: anySpan, isOut: fc.boolean() }), { maxLength: 4 }),
  tables: fc.tuple(entries, entries),
  logOns: fc.constantFrom(true, true, true, false),
  restrictions: fc.shuffledSubarray([
    'permit_mynetworks',
    'permit_sasl_authenticated',
    'permit_auth_destination',
    ...TABLES.map(name => `check_client_access cidr:$config_directory/${name}`),
  ]),
  // Postfix doesn't start where nothing refuses.
  end: fc.constantFrom('reject_unauth_destination', 'defer_unauth_destination', 'reject'),
  /** Where they stand; the other list lets everybody through, or isn't there at all. */
  place: fc.constantFrom(
    ...([
      ['smtpd_relay_restrictions'],
      ['smtpd_relay_restrictions'],
      ['smtpd_recipient_restrictions', 'smtpd_relay_restrictions ='],
      ['smtpd_recipient_restrictions', 'smtpd_relay_restrictions = permit_mynetworks'],
      ['smtpd_recipient_restrictions', 'compatibility_level = 0'],
    ] as const),
  ),
})

const SETTINGS = 12
const CASES = 25

test(`${SETTINGS * CASES} cases, the client's address and log-on claimed by XCLIENT`, async () => {
  for (const { networks, tables, logOns, restrictions, end, place } of fc.sample(anyConfig, SETTINGS)) {
    const files = TABLES.map((name, index) => ({
      name,
      text: (tables[index] ?? [])
        .flatMap(({ span, result }) => blocksOf(span).map(block => `${formatBlock(block)} ${result}\n`))
        .join(''),
    }))
    const lines = [
      ...(place[1]?.startsWith('compatibility') ? [] : ['compatibility_level = 3.6']),
      'relay_domains =',
      'mydestination =',
      `smtpd_sasl_auth_enable = ${logOns ? 'yes' : 'no'}`,
      `mynetworks = ${networks.flatMap(({ span, isOut }) => blocksOf(span).map(block => `${isOut ? '!' : ''}${bracketed(formatBlock(block))}`)).join(' ')}`,
      `${place[0]} = ${[...restrictions, end].join(', ')}`,
      ...place.slice(1),
    ]
    const main = lines.map(line => `${line}\n`).join('')
    const imported = read(main, 'postfix', Object.fromEntries(files.map(({ name, text }) => [name, text])))
    assert.equal(imported.lostCount, 0, said(imported).join('\n'))
    const access = imported.entries.map(({ row }) => row)
    const policy = compilePolicy(office({ smtp: { ...imported.smtp, access } }), machine)
    const spans = [...networks, ...tables.flat()].map(({ span }) => span)
    const clients = probes(spans).filter(({ text }) => text !== '::' && !text.startsWith('0.'))
    await inTurn(async ending => {
      const exported = [{ name: 'main.cf', text: main }, ...files]
      const settings = { smtpd_authorized_xclient_hosts: '127.0.0.0/8', inet_protocols: 'all' }
      const postfix = await startPostfix(ending, { exported, settings, users: {} })
      for (const client of fc.sample(fc.constantFrom(...clients), CASES)) {
        const [user] = fc.sample(fc.constantFrom(undefined, 'support'), 1)
        const account = logOns ? user : undefined
        assert.equal(
          await accepts(ending, postfix, client, account),
          decide(policy, client, account, address('a@elsewhere.example')).verdict === 'accept',
          `${client.text} ${account}\n${main}${files.map(({ text }) => text).join('--\n')}${access.map(({ action, from, withoutAuthentication }) => `${action} ${from} ${withoutAuthentication}`).join('\n')} ${spans.map(formatSpan)}`,
        )
      }
    })
  }
})

/** As mynetworks wants IPv6. */
function bracketed(block: string): string {
  return block.includes(':') ? block.replace(/^(.*)\//, '[$1]/') : block
}

async function accepts(
  ending: Ending,
  { host, port }: Postfix,
  from: Client,
  user: string | undefined,
): Promise<boolean> {
  const client = await SmtpClient.open(ending, { host, port })
  try {
    await client.ask('EHLO client.example')
    const addr = from.family === 6 ? `IPV6:${from.text}` : from.text
    const greeting = await client.ask(
      `XCLIENT NAME=[UNAVAILABLE] ADDR=${addr} LOGIN=${user ?? '[UNAVAILABLE]'}`,
    )
    assert.match(greeting, /^220/)
    await client.ask('EHLO client.example')
    await client.ask('MAIL FROM:<sender@client.example>')
    return (await client.ask('RCPT TO:<a@elsewhere.example>')).startsWith('2')
  } finally {
    client.socket.destroy()
  }
}
