/** Host names that nobody has looked up yet: the difference, the map and the guard count whoever is at them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Machine } from '../../../app/access/machine.ts'
import { compilePolicy, type Policy } from '../../../app/access/policy.ts'
import { auditAnswer } from '../../../app/control/audit-answer.ts'
import { compareSenders } from '../../../app/control/comparison.ts'
import { opensRelay } from '../../../app/control/open-relay-guard.ts'
import type { Settings, SmtpSettings } from '../../../app/settings/settings.ts'
import { machine, office, row, span } from '../access/office.ts'

const home = 'home.example.net'

function settings(rows: readonly string[], smtp: Partial<SmtpSettings> = {}): Settings {
  return office({ smtp: { access: rows.map(row), ...smtp } })
}

/** With the addresses that the DNS answered for `home.example.net`. */
function knowing(...addresses: readonly string[]): (settings: Settings) => Policy {
  const found: Machine = {
    ...machine,
    names: new Map([[home, { taken: addresses.map(span), refused: [] }]]),
  }
  return of => compilePolicy(of, found)
}

const knowingNone = (of: Settings) => compilePolicy(of, machine)

function words(
  before: readonly string[],
  after: readonly string[],
  policyFor: (settings: Settings) => Policy = knowingNone,
): readonly string[] {
  return compareSenders(settings(before), settings(after), policyFor).map(line => line.words)
}

describe('a host name in the difference', () => {
  const office = ['block routers', 'allow local-networks noauth']

  it('gains before it is looked up', () => {
    assert.deepEqual(words(office, [...office, `allow ${home} - support`]), [
      `support can send to addresses outside after logging on, from ${home}.`,
    ])
    assert.deepEqual(words(office, [...office, `allow ${home} noauth`]), [
      `Anyone can send to addresses outside without logging on, from ${home}.`,
    ])
    assert.deepEqual(words([...office, `allow ${home} - support`], office), [
      `support can no longer send to addresses outside, from ${home}.`,
    ])
  })

  it('is told with the addresses that it has', () => {
    const policyFor = knowing('203.0.113.7')
    assert.deepEqual(words(office, [...office, `allow ${home} - support`], policyFor), [
      `support can send to addresses outside after logging on, from ${home} (now 203.0.113.7).`,
    ])
    // Its address may send already; the next one it has may not.
    const network = [...office, 'allow 203.0.113.0/24 - support']
    assert.deepEqual(words(network, [...network, `allow ${home} - support`], policyFor), [
      `support can send to addresses outside after logging on, from the next addresses of ${home}.`,
    ])
    assert.deepEqual(
      words([`allow ${home} - support`], ['block 203.0.113.0/24', `allow ${home} - support`], policyFor),
      ['support can no longer send to addresses outside, from 203.0.113.7.'],
    )
  })

  it('is left out of what everybody gains, and keeps what its row says', () => {
    assert.deepEqual(words([`allow ${home} - fred`], [`allow ${home} - fred`, 'allow any - support']), [
      `support can send to addresses outside after logging on, from every address except ${home}.`,
    ])
    assert.deepEqual(words(['allow any - support'], ['allow any - support', `allow ${home} noauth`]), [])
  })

  it('counts by IPv6 too, where a network of IPv4 above takes all of that', () => {
    const v4 = 'allow 0.0.0.0/0 - support'
    assert.deepEqual(words([v4], [v4, `allow ${home} noauth`]), [
      `Anyone can send to addresses outside without logging on, from ${home} by IPv6.`,
    ])
  })

  it('counts below a row that blocks addresses which nobody has', () => {
    const bogons = ['block 240.0.0.0/4', 'block 4000::/2', 'block 8000::/1']
    assert.deepEqual(words(bogons, [...bogons, `allow ${home} - support`]), [
      `support can send to addresses outside after logging on, from ${home}.`,
    ])
  })
})

describe('a host name before the guard', () => {
  it('is asked about below such rows as well', () => {
    for (const above of ['allow 0.0.0.0/0 - support', 'block 240.0.0.0/4', 'block 224.0.0.0/3']) {
      const opened = opensRelay(settings([above, `allow ${home} noauth`]), settings([above]), knowingNone)
      assert.deepEqual(opened, [home], above)
    }
    for (const above of ['allow any - support', 'block any'])
      assert.equal(
        opensRelay(settings([above, `allow ${home} noauth`]), settings([above]), knowingNone),
        undefined,
      )
  })
})

describe('a host name in the map', () => {
  const lines = (rows: readonly string[], policyFor = knowingNone) =>
    auditAnswer(settings(rows), policyFor).lines.map(
      ({ who, words, isOpen, rows }) => `${who}: ${words} (${rows.join()})${isOpen ? ' open' : ''}`,
    )

  it('stands there before it is looked up', () => {
    assert.deepEqual(lines(['allow local-networks noauth', `allow ${home} - support`, 'allow any - fred']), [
      'Your network 192.168.1.0/24: anyone, without logging on (1)',
      `${home}, once looked up: support, after logging on (2)`,
      'The rest of the Internet: fred, after logging on (3)',
    ])
    assert.deepEqual(lines([`allow ${home} noauth`, 'block away.example.net']), [
      `${home}, once looked up: anyone, without logging on (1) open`,
      'away.example.net, once looked up: never (2)',
      'Everybody: never: no row lets them in ()',
    ])
  })

  it('is told by its addresses once it has some', () => {
    assert.deepEqual(lines([`allow ${home} - support`], knowing('203.0.113.7')), [
      `home.example.net (203.0.113.7): support, after logging on (1)`,
      'Everybody else: never: no row lets them in ()',
    ])
  })
})
