import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decide } from '../../../app/access/decide.ts'
import { turnedAway } from '../../../app/access/door.ts'
import type { Machine } from '../../../app/access/machine.ts'
import { mapOf } from '../../../app/access/map.ts'
import { type Client, parseClient } from '../../../app/access/network.ts'
import { compilePolicy, type Policy, spansOf } from '../../../app/access/policy.ts'
import { permits } from '../../../app/access/relaying.ts'
import type { Stretch } from '../../../app/access/stretch.ts'
import type { Settings } from '../../../app/settings/settings.ts'
import { anyMachine, anySettings, idsSpans, NAMES, probes, TOP } from './list.ts'
import { address, client, policyOf, row } from './office.ts'

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

/** Nobody, the accounts, one that rows name though it isn't there, and one that no row names. */
const users = [undefined, ...NAMES, 'ghost', 'boss']
const recipients = { external: address('a@elsewhere.org'), internal: address('fred@example.com') } as const

function stretchAt(map: readonly Stretch[], { family, value }: Client): Stretch {
  const found = map.filter(one => one.family === family && one.first <= value && value <= one.last)
  assert.equal(found.length, 1)
  return found[0] ?? assert.fail()
}

function boundaries(settings: Settings, machine: Machine): readonly Client[] {
  const { smtp, globalAccess } = settings
  const rows = [...smtp.access, ...globalAccess]
  return probes([
    ...machine.localNetworks,
    ...machine.routers,
    ...rows.flatMap(it => spansOf(it.from, machine)),
    ...idsSpans(settings, machine),
  ])
}

function agree(policy: Policy, map: readonly Stretch[], probe: Client): void {
  const stretch = stretchAt(map, probe)
  for (const to of ['external', 'internal'] as const) {
    for (const user of users) {
      const isAccepted =
        !turnedAway(policy, probe) && decide(policy, probe, user, recipients[to]).verdict === 'accept'
      assert.equal(permits(stretch[to], user), isAccepted, `${probe.text} ${user} ${to}`)
    }
  }
}

describe('the map', () => {
  it('says of 10,000 lists what decide says, at every boundary and one beside it', t => {
    t.diagnostic(`SEED=${seed}`)
    const kinds = new Set<string>()
    fc.assert(
      fc.property(anySettings, anyMachine, (settings, machine) => {
        const policy = compilePolicy(settings, machine)
        const map = mapOf(policy)
        for (const { external, internal, shut } of map) kinds.add(shut ?? `${external.kind} ${internal.kind}`)
        for (const probe of boundaries(settings, machine)) agree(policy, map, probe)
      }),
      { numRuns: 10_000, seed },
    )
    // Else the lists are no longer what they were meant to be.
    assert.ok(kinds.size === 9, [...kinds].join())
  })

  it('leaves no gap and cuts only where another row decides, or the door', () => {
    fc.assert(
      fc.property(anySettings, anyMachine, (settings, machine) => {
        const map = mapOf(compilePolicy(settings, machine))
        for (const family of [4, 6] as const) {
          const own = map.filter(one => one.family === family)
          assert.equal(own[0]?.first, 0n)
          assert.equal(own.at(-1)?.last, TOP[family])
          for (const [at, stretch] of own.entries()) {
            const next = own[at + 1]
            if (!next) continue
            assert.equal(next.first, stretch.last + 1n)
            assert.ok(
              next.service !== stretch.service ||
                next.global !== stretch.global ||
                next.shut !== stretch.shut,
            )
          }
        }
      }),
      { numRuns: 1000, seed },
    )
  })

  it('has of the document the four stretches of its network, and the rest', () => {
    const map = mapOf(policyOf())
    const at = (text: string) => stretchAt(map, parseClient(text) ?? client(text))
    assert.deepEqual(at('192.168.1.1').external, { kind: 'never' })
    assert.deepEqual(at('192.168.1.50').external, { kind: 'anyone' })
    assert.deepEqual(at('203.0.113.9').external, { kind: 'after-login', users: ['support', 'webmaster'] })
    assert.deepEqual(at('203.0.113.9').internal, { kind: 'anyone' })
    assert.deepEqual(at('192.168.1.50').service, 2)
  })

  it('follows two lists, of which both must permit', () => {
    const map = mapOf(
      policyOf({
        globalAccess: [row('allow 10.0.0.0/8 noauth'), row('allow any - fred')],
        smtp: {
          useGlobalAccess: true,
          access: [row('allow 10.0.0.0/16 noauth'), row('allow any - fred support')],
        },
      }),
    )
    const at = (text: string) => stretchAt(map, client(text)).external
    assert.deepEqual(at('10.0.0.1'), { kind: 'anyone' })
    assert.deepEqual(at('10.1.0.1'), { kind: 'after-login', users: ['fred', 'support'] })
    assert.deepEqual(at('11.0.0.1'), { kind: 'after-login', users: ['fred'] })
  })
})
