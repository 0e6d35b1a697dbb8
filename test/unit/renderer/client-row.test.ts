/** The row that "Allow this client" makes lets in that client as it came, and nobody else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide } from '../../../app/access/decide.ts'
import { differenceOf, sideOf } from '../../../app/access/difference.ts'
import { parseFrom } from '../../../app/access/network.ts'
import { compilePolicy, spansOf } from '../../../app/access/policy.ts'
import { sameSpans } from '../../../app/access/spans.ts'
import { clientRow, rowsWith } from '../../../renderer/access/client-row.ts'
import { newRow } from '../../../renderer/access/rows.ts'
import { anyMachine, anySettings, NAMES, probes } from '../access/list.ts'
import { address } from '../access/office.ts'

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

test('of 3,000 random lists it lets the refused client in, no other address, and nobody loses', t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`SEED=${seed}`)
  const outside = address('a@elsewhere.org')
  let allowed = 0
  const oneOf = <T>(list: readonly T[], at: number) => list[at % list.length]
  fc.assert(
    fc.property(anySettings, anyMachine, fc.nat(999), fc.nat(3), (settings, machine, which, who) => {
      const policy = compilePolicy(settings, machine)
      const spans = settings.smtp.access.flatMap(({ from }) => spansOf(from, machine))
      const refused = oneOf(probes(spans), which) ?? assert.fail()
      const user = [undefined, ...NAMES][who]
      const { verdict, reply, list, row } = decide(policy, refused, user, outside)
      const deciding = row === null ? undefined : settings.smtp.access[row - 1]
      // As "Why?" offers it: to another user of an allowed address it says to add the name.
      const isOffered =
        list === 'service' && (reply.code === 530 || user === undefined || deciding?.action !== 'allow')
      if (verdict === 'accept' || !isOffered) return
      const fresh = clientRow(refused.text, user, settings.smtp)
      if (!fresh) return
      allowed++
      const { rows } = rowsWith(fresh, row, settings.smtp.access)
      const after = { ...settings, smtp: { ...settings.smtp, access: rows } }
      const opened = compilePolicy(after, machine)
      const parsed = parseFrom(fresh.from)
      assert.ok(parsed.ok && parsed.from.kind === 'span' && parsed.from.span.first === parsed.from.span.last)
      if (!opened.global) assert.equal(decide(opened, refused, user, outside).verdict, 'accept')
      const changes = differenceOf(sideOf(policy, settings.users), sideOf(opened, settings.users))
      for (const { change, recipients, spans: told } of changes) {
        assert.ok(sameSpans(told, [{ family: refused.family, first: refused.value, last: refused.value }]))
        if (recipients === 'external') assert.equal(change, 'gained')
      }
    }),
    { numRuns: 3000, seed },
  )
  assert.ok(allowed > 500, String(allowed))
})

test('it mends line ends where the row did that refused', () => {
  const settings = { authentication: 'required', antiRelay: 'client-address' } as const
  const below = { ...newRow, from: 'any', mendLineEnds: true }
  assert.equal(clientRow(client, undefined, settings, below)?.mendLineEnds, true)
  assert.equal(clientRow(client, undefined, settings)?.mendLineEnds, false)
})
