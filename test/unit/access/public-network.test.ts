/** A local network that isn't private counts as the Internet: in the proof, on saving, and at the first start. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { findingsOf } from '../../../app/access/findings.ts'
import type { Machine } from '../../../app/access/machine.ts'
import { mapOf } from '../../../app/access/map.ts'
import { formatSpan } from '../../../app/access/network.ts'
import { openRelay } from '../../../app/access/open-relay.ts'
import { compilePolicy } from '../../../app/access/policy.ts'
import { firstNetworks, firstNetworksWords } from '../../../app/access/public-network.ts'
import { openRelayWords, refuseOpening } from '../../../app/control/open-relay-guard.ts'
import { setupState } from '../../../app/control/setup.ts'
import { CHECKS } from '../../../app/relay/checks.ts'
import { Relay } from '../../../app/relay.ts'
import { firstSettings } from '../../../app/settings/defaults.ts'
import { parseSettings } from '../../../app/settings/parse.ts'
import type { Settings } from '../../../app/settings/settings.ts'
import { makeFolder } from '../../support/folder.ts'
import { office, machine as private_, row, span } from './office.ts'

const found: Machine = {
  localNetworks: ['127.0.0.0/8', '10.1.0.0/16', '203.0.113.0/24', '2001:db8:1::/64', '::1'].map(span),
  routers: ['203.0.113.1'].map(span),
}
const policyFor = (settings: Settings) => compilePolicy(settings, found)
const WHY = /Your local network 203\.0\.113\.0\/24 isn't a private one: it counts as the Internet/

test('what the audit calls open is what must be said on saving, for rows and for localNetworks', () => {
  const closed = office({ smtp: { access: ['block 203.0.113.1', 'allow 10.0.0.0/8 noauth'].map(row) } })
  const open = office()
  const byHand = office({ localNetworks: ['203.0.113.0/24'] })
  for (const next of [open, byHand]) {
    const policy = policyFor(next)
    const spans = openRelay(policy)?.map(formatSpan)
    assert.deepEqual(spans, ['203.0.113.0', '203.0.113.2-203.0.113.255'])
    for (const by of ['command line', 'window', 'file'] as const) {
      const refused = refuseOpening(next, closed, by, policyFor)
      assert.ok(refused && !refused.ok)
      assert.deepEqual(refused.openRelay, spans)
      assert.match(refused.problems[0]?.text ?? '', WHY)
    }
    const [finding] = findingsOf({ settings: next, policy, map: mapOf(policy) })
    assert.equal(finding?.kind, 'open-relay')
    assert.match(finding?.text ?? '', WHY)
    assert.match(openRelayWords(openRelay(policy), policy) ?? '', WHY)
  }
  assert.equal(refuseOpening(open, open, 'window', policyFor), undefined)
  assert.equal(
    refuseOpening(open, closed, 'window', settings => compilePolicy(settings, private_)),
    undefined,
  )
})

test('the reason is a sentence about the whole network where all of it is open', () => {
  const next = office({ smtp: { access: [row('allow local-networks noauth')] } })
  const refused = refuseOpening(next, undefined, 'command line', policyFor)
  assert.ok(refused && !refused.ok)
  assert.match(refused.problems[0]?.text ?? '', WHY)
  const other = office({ smtp: { access: [row('allow 198.51.100.7 noauth')] } })
  const text = openRelayWords(openRelay(policyFor(other)), policyFor(other)) ?? ''
  assert.doesNotMatch(text, /local network/)
})

test('a first start takes the private networks only, where one is public, and says so', () => {
  assert.equal(firstNetworks(private_), 'auto')
  assert.equal(firstNetworksWords(private_), '')
  assert.deepEqual(firstNetworks(found), ['127.0.0.0/8', '10.1.0.0/16', '::1'])
  assert.match(firstNetworksWords(found), WHY)
  const raw = firstSettings(25, firstNetworks(found))
  const parsed = parseSettings(raw, CHECKS)
  assert.ok(parsed.ok)
  assert.equal(openRelay(policyFor(parsed.value)), undefined)
  assert.equal(setupState(raw, parsed.value, 0), 'never')
  const auto = parseSettings(firstSettings(25), CHECKS)
  assert.ok(auto.ok && openRelay(policyFor(auto.value)))
})

test('a first start on this very machine, whatever its networks are, is no open relay', async t => {
  const folder = await makeFolder(t)
  const relay = await Relay.open(folder, { version: '0.1.0', say: () => {} })
  t.after(() => relay.stop())
  const audit = await relay.control.audit({ kind: 'current' })
  assert.deepEqual([audit.openRelay, audit.findings], [false, []])
  assert.equal((await relay.control.status()).openRelay, undefined)
  const here = await relay.control.explain({ client: '127.0.0.1', to: 'a@elsewhere.example' })
  assert.equal(here.verdict, 'accept')
  const { localNetworks } = JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))
  assert.ok(localNetworks === 'auto' || localNetworks.includes('127.0.0.0/8'))
})
