import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decide } from '../../../app/access/decide.ts'
import { turnedAway } from '../../../app/access/door.ts'
import type { Machine } from '../../../app/access/machine.ts'
import { formatSpan } from '../../../app/access/network.ts'
import { openRelay } from '../../../app/access/open-relay.ts'
import { compilePolicy, spansOf } from '../../../app/access/policy.ts'
import { anyMachine, anySettings, idsSpans, probes } from './list.ts'
import { address, machine, office, policyOf, row, span } from './office.ts'

const external = address('a@elsewhere.org')

/** By the page's own words, for one address. */
function isPrivate(text: string): boolean {
  return /^(10|127|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.|^::1$|^f[cd][\da-f]{2}:|^fe[89ab][\da-f]:/.test(
    text,
  )
}

function open(access: readonly string[], found: Machine = machine, authentication = 'required' as const) {
  const settings = office({ smtp: { access: access.map(row), authentication } })
  return openRelay(compilePolicy(settings, found))?.map(formatSpan)
}

describe('the open relay', () => {
  it('is proved absent of the document’s office', () => {
    assert.equal(openRelay(policyOf()), undefined)
    assert.equal(open([]), undefined)
  })

  it('is shown with its ranges, without the private ones', () => {
    assert.deepEqual(open(['allow 9.0.0.0-11.0.0.255 noauth']), ['9.0.0.0/8', '11.0.0.0/24'])
    assert.deepEqual(open(['allow f800::-fd00:: noauth']), ['f800::/6'])
    assert.equal(open(['allow any noauth'])?.length, 11)
    assert.equal(open(['allow any - support']), undefined)
    assert.equal(open(['allow any']), undefined)
    assert.deepEqual(open(['block 0.0.0.0/0', 'block 8000::/1', 'allow ::/0 noauth']), [
      '::',
      '::2-::fffe:ffff:ffff',
      '::1:0:0:0-7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    ])
  })

  it('takes the IPv6 link on which this machine was found for the office, but no public IPv4 network', () => {
    const found = {
      localNetworks: ['2001:db8:1::/64', '203.0.113.0/24', '2001:db8::/48'].map(span),
      routers: [],
    }
    assert.deepEqual(open(['allow local-networks noauth'], found), ['203.0.113.0/24', '2001:db8::/48'])
  })

  it('says of 4,000 lists what decide says, at every boundary', () => {
    let opens = 0
    fc.assert(
      fc.property(anySettings, anyMachine, (settings, found) => {
        const policy = compilePolicy(settings, found)
        const ranges = openRelay(policy) ?? []
        opens += ranges.length > 0 ? 1 : 0
        const rows = [...settings.smtp.access, ...settings.globalAccess].flatMap(it =>
          spansOf(it.from, found),
        )
        for (const probe of probes([...rows, ...ranges, ...idsSpans(settings, found)])) {
          const { family, value } = probe
          const isIn = ranges.some(it => it.family === family && it.first <= value && value <= it.last)
          const onLink = policy.links.some(
            it => it.family === family && it.first <= value && value <= it.last,
          )
          const relays =
            !turnedAway(policy, probe) && decide(policy, probe, undefined, external).verdict === 'accept'
          assert.equal(isIn, relays && !isPrivate(probe.text) && !onLink, probe.text)
        }
      }),
      { numRuns: 4000 },
    )
    assert.ok(opens > 200, String(opens))
  })
})
