/** The row that "Allow this client" makes lets in that client as it came, and nobody else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide } from '../../../app/access/decide.ts'
import { differenceOf, sideOf } from '../../../app/access/difference.ts'
import type { Machine } from '../../../app/access/machine.ts'
import { type Client, parseClient } from '../../../app/access/network.ts'
import { compilePolicy, spansOf } from '../../../app/access/policy.ts'
import { sameSpans } from '../../../app/access/spans.ts'
import type { Settings } from '../../../app/settings/settings.ts'
import { clientRow, proposalFor } from '../../../renderer/access/client-row.ts'
import { newRow } from '../../../renderer/access/rows.ts'
import { anyMachine, anySettings, NAMES, probes } from '../access/list.ts'
import { address, machine, office, row } from '../access/office.ts'

const client = '203.0.113.9'

test('it needs no log-on only where one would be asked for', () => {
  const required = { authentication: 'required', antiRelay: 'client-address' } as const
  const allowed = { authentication: 'allowed', antiRelay: 'client-address' } as const
  assert.equal(clientRow(client, undefined, required)?.withoutAuthentication, true)
  assert.equal(clientRow(client, undefined, allowed)?.withoutAuthentication, false)
  assert.equal(clientRow(client, undefined, required)?.from, client)
})

test('for a user who logged on it is for that user alone, after logging on', () => {
  const row = clientRow(client, 'fred', { authentication: 'required', antiRelay: 'client-address' })
  assert.deepEqual(row?.users, ['fred'])
  assert.equal(row?.withoutAuthentication, false)
})

test('where only users may send, none lets in who did not log on', () => {
  const users = { authentication: 'required', antiRelay: 'authenticated-users' } as const
  assert.equal(clientRow(client, undefined, users), undefined)
  assert.deepEqual(clientRow(client, 'fred', users)?.users, ['fred'])
})

test('with logging on switched off a user who logged on before is anybody', () => {
  const off = { authentication: 'disabled', antiRelay: 'client-address' } as const
  assert.deepEqual(clientRow(client, 'fred', off)?.users, [])
})

/** What the relay's own decision says with those lists. */
function judgeOf(settings: Settings, machine: Machine, client: Client, user: string | undefined) {
  const to = address('a@elsewhere.org')
  return async ({ globalAccess, smtp: { access } }: Pick<Settings, 'globalAccess' | 'smtp'>) =>
    decide(
      compilePolicy({ ...settings, globalAccess, smtp: { ...settings.smtp, access } }, machine),
      client,
      user,
      to,
    )
}

test('where the global list refuses it too, the proposal has a row for each list', async () => {
  const settings = office({
    globalAccess: [row('block 203.0.113.0/24'), row('allow any')],
    smtp: { useGlobalAccess: true, access: [row('allow local-networks')] },
  })
  const asked = parseClient(client) ?? assert.fail()
  const judge = judgeOf(settings, machine, asked, 'fred')
  const proposal = await proposalFor(client, 'fred', settings, judge)
  assert.ok(proposal.kind === 'rows' && proposal.service && proposal.global)
  assert.deepEqual([proposal.service.at, proposal.global.at], [1, 0])
  assert.deepEqual(
    [...proposal.service.rows.slice(1), ...proposal.global.rows.slice(0, 1)].map(({ from, users }) => [
      from,
      users,
    ]),
    [
      [client, ['fred']],
      [client, ['fred']],
    ],
  )
})

test('no row is offered where another rule stands in the way', async () => {
  const { ids } = office().smtp
  const blocked = office({ smtp: { ids: { ...ids, alwaysBlock: [client] } } })
  const asked = parseClient(client) ?? assert.fail()
  const said = await proposalFor(client, 'fred', blocked, judgeOf(blocked, machine, asked, 'fred'))
  assert.ok(said.kind === 'in-the-way')
  assert.match(said.why, /always blocked/)
  const router = office({
    globalAccess: [row('block routers'), row('allow any')],
    smtp: { useGlobalAccess: true },
  })
  const its = parseClient('192.168.1.1') ?? assert.fail()
  const passed = await proposalFor('192.168.1.1', undefined, router, judgeOf(router, machine, its, undefined))
  assert.equal(passed.kind, 'in-the-way')
})

test('of 3,000 random lists it lets the refused client in, no other address, and nobody loses', async t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEED=${seed}`)
  let allowed = 0
  let both = 0
  const oneOf = <T>(list: readonly T[], at: number) => list[at % list.length]
  await fc.assert(
    fc.asyncProperty(
      anySettings,
      anyMachine,
      fc.nat(999),
      fc.nat(3),
      async (settings, machine, which, who) => {
        const policy = compilePolicy(settings, machine)
        const spans = settings.smtp.access.flatMap(({ from }) => spansOf(from, machine))
        const refused = oneOf(probes(spans), which) ?? assert.fail()
        const user = [undefined, ...NAMES][who]
        const judge = judgeOf(settings, machine, refused, user)
        const { verdict } = await judge(settings)
        const proposal = await proposalFor(refused.text, user, settings, judge)
        if (verdict === 'accept') {
          assert.deepEqual(proposal, { kind: 'rows' })
          return
        }
        if (proposal.kind !== 'rows') return
        allowed++
        const { service, global } = proposal
        both += service && global ? 1 : 0
        const after = {
          ...settings,
          globalAccess: global?.rows ?? settings.globalAccess,
          smtp: { ...settings.smtp, access: service?.rows ?? settings.smtp.access },
        }
        assert.equal((await judge(after)).verdict, 'accept')
        const opened = compilePolicy(after, machine)
        const changes = differenceOf(sideOf(policy, settings.users), sideOf(opened, settings.users))
        for (const { change, recipients, spans: told } of changes) {
          assert.ok(sameSpans(told, [{ family: refused.family, first: refused.value, last: refused.value }]))
          if (recipients === 'external') assert.equal(change, 'gained')
        }
      },
    ),
    { numRuns: 3000, seed },
  )
  assert.ok(allowed > 500 && both > 20, `${allowed} ${both}`)
})

test('it mends line ends where the row did that refused', () => {
  const settings = { authentication: 'required', antiRelay: 'client-address' } as const
  const below = { ...newRow, from: 'any', mendLineEnds: true }
  assert.equal(clientRow(client, undefined, settings, below)?.mendLineEnds, true)
  assert.equal(clientRow(client, undefined, settings)?.mendLineEnds, false)
})
