import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { admit } from '../../../app/access/decide.ts'
import type { AccessRow, Settings } from '../../../app/settings/settings.ts'
import { client, decided, policyOf, row } from './office.ts'

const CLIENTS = ['10.0.0.1', '10.0.0.2', '192.168.1.1', '192.168.1.50', '2001:db8::1']
const FROM: Record<string, readonly string[]> = {
  any: CLIENTS,
  '10.0.0.0/8': ['10.0.0.1', '10.0.0.2'],
  '10.0.0.2': ['10.0.0.2'],
  routers: ['192.168.1.1'],
  'local-networks': ['192.168.1.1', '192.168.1.50'],
  '::/0': ['2001:db8::1'],
}
const NAMES = ['support', 'webmaster', 'fred']

const anyRow: fc.Arbitrary<AccessRow> = fc.record({
  action: fc.constantFrom('allow', 'allow', 'block'),
  from: fc.constantFrom(...Object.keys(FROM)),
  withoutAuthentication: fc.boolean(),
  mendLineEnds: fc.boolean(),
  users: fc.subarray(NAMES).map(users => (users.length === 3 ? [] : users)),
  comment: fc.constant(''),
  enabled: fc.constantFrom(true, true, true, false),
})

const anyCase = fc.record({
  authentication: fc.constantFrom('disabled', 'allowed', 'required'),
  internalMailWithoutAuthentication: fc.boolean(),
  antiRelay: fc.constantFrom('client-address', 'client-address', 'authenticated-users'),
  useGlobalAccess: fc.boolean(),
  access: fc.array(anyRow, { maxLength: 5 }),
  globalAccess: fc.array(anyRow, { maxLength: 5 }),
  from: fc.constantFrom(...CLIENTS),
  user: fc.constantFrom(undefined, ...NAMES),
  external: fc.boolean(),
})

type Asked = typeof anyCase extends fc.Arbitrary<infer T> ? T : never

/** What one list says of relaying, as the page has it, for a list read by hand. */
function relayingByHand(
  authentication: Settings['smtp']['authentication'],
  found: AccessRow | undefined,
  asked: Asked,
) {
  const account = authentication === 'disabled' ? undefined : asked.user
  const method = asked.antiRelay === 'authenticated-users'
  if (found === undefined || found.action === 'block') return 550
  const waives = found.withoutAuthentication && found.users.length === 0
  const asks = method || found.users.length > 0 || (authentication === 'required' && !waives)
  if (asks && authentication === 'disabled') return 550
  if (asks && account === undefined) return 530
  if (found.users.length > 0 && account !== undefined && !found.users.includes(account)) return 550
  return 250
}

function byHand(asked: Asked): number {
  const lists = [
    asked.access,
    ...(asked.useGlobalAccess && asked.globalAccess.length > 0 ? [asked.globalAccess] : []),
  ]
  const found = lists.map(rows =>
    rows.find(({ enabled, from }) => enabled && FROM[from]?.includes(asked.from)),
  )
  if (asked.antiRelay === 'authenticated-users' && found.some(it => it?.action !== 'allow')) return 554
  if (!asked.external) {
    const waived = found.every(it => it?.withoutAuthentication && it.users.length === 0)
    const free = asked.authentication !== 'required' || asked.internalMailWithoutAuthentication
    return free || asked.user !== undefined || waived ? 250 : 530
  }
  const answers = found.map(it => relayingByHand(asked.authentication, it, asked))
  if (answers.includes(550)) return 550
  if (!answers.includes(530)) return 250
  // A 530 is true only if some account would then be accepted.
  const helps = NAMES.some(user =>
    found.every(it => relayingByHand(asked.authentication, it, { ...asked, user }) === 250),
  )
  return helps ? 530 : 550
}

it('decides as the page does when it is read by hand', () => {
  const seen = new Map<number, number>()
  fc.assert(
    fc.property(anyCase, asked => {
      const { authentication, internalMailWithoutAuthentication, antiRelay, useGlobalAccess, access } = asked
      const policy = policyOf({
        globalAccess: asked.globalAccess,
        smtp: { authentication, internalMailWithoutAuthentication, antiRelay, useGlobalAccess, access },
      })
      const to = asked.external ? 'someone@elsewhere.org' : 'fred@example.com'
      const decision = decided(policy, asked.from, asked.user, to)
      const { code } = decision.reply
      seen.set(code, (seen.get(code) ?? 0) + 1)
      assert.equal(code, byHand(asked))
      assert.equal(decision.verdict, code === 250 ? 'accept' : 'refuse')
      assert.equal(admit(policy, client(asked.from)).verdict === 'refuse', code === 554)
      assert.ok(decision.steps.length >= 3 && decision.steps.length <= 30)
      for (const step of decision.steps) assert.match(step, /^\S.*\.$/)
      // A relayed message always has a row, and that row allows.
      if (code === 250 && asked.external) {
        assert.equal(decision.list, 'service')
        assert.equal(access[(decision.row ?? 0) - 1]?.action, 'allow')
      }
      // A promise is kept: after a 530 some account is accepted; after a 550 none of those that may be tried is.
      if (code === 530 && asked.external) {
        assert.ok(NAMES.some(user => decided(policy, asked.from, user, to).verdict === 'accept'))
      }
      if (code === 550 && asked.user === undefined) {
        assert.ok(NAMES.every(user => decided(policy, asked.from, user, to).verdict === 'refuse'))
      }
    }),
    { numRuns: 20_000 },
  )
  assert.deepEqual([...seen.keys()].sort(), [250, 530, 550, 554])
})

it('says the same of a user as of nobody where a list refuses for good', () => {
  const policy = policyOf({ smtp: { access: [row('block any')] } })
  const replies = [undefined, ...NAMES].map(
    user => decided(policy, '10.0.0.1', user, 'a@elsewhere.org').reply,
  )
  for (const reply of replies) assert.deepEqual(reply, replies[0])
})
