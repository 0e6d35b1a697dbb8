import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { accountNames } from '../../../app/access/account.ts'
import { mapOf } from '../../../app/access/map.ts'
import { internalLines, type MapLine, relayLines } from '../../../app/access/map-lines.ts'
import { compilePolicy } from '../../../app/access/policy.ts'
import { type Change, machine, office, row, user } from './office.ts'

function lines(change: Change, of: typeof relayLines = relayLines): readonly MapLine[] {
  const settings = office(change)
  const policy = compilePolicy(settings, machine)
  return of(policy, mapOf(policy), accountNames(settings))
}

/** `Your router 192.168.1.1: never (row 1)`. */
function words(change: Change, of?: typeof relayLines): readonly string[] {
  return lines(change, of).map(({ who, words, rows }) =>
    rows.length === 0 ? `${who}: ${words}` : `${who}: ${words} (${rows.join()})`,
  )
}

function access(rows: readonly string[], change: Change['smtp'] = {}): Change {
  return { smtp: { access: rows.map(row), ...change } }
}

describe('the map in lines', () => {
  it('tells of the document’s office', () => {
    assert.deepEqual(words({}), [
      'Your router 192.168.1.1: never (1)',
      'Your network 192.168.1.0/24: anyone, without logging on (2)',
      'The rest of the Internet: support and webmaster, after logging on (3)',
    ])
    assert.deepEqual(words({}, internalLines), ['Everybody: anyone, without logging on'])
  })

  it('tells of those whom no row names', () => {
    assert.deepEqual(words(access([])), ['Everybody: never: no row lets them in'])
    assert.deepEqual(words(access(['allow 10.0.0.0/8'])), [
      '10.0.0.0/8: every user, after logging on (1)',
      'Everybody else: never: no row lets them in',
    ])
  })

  it('joins rows that say the same, and names what others leave of a row', () => {
    const rows = [
      'block 10.0.0.5',
      'allow 10.0.0.0/8 noauth',
      'allow 192.168.7.1 noauth',
      'block 172.16.0.0/12',
      'allow any',
    ]
    assert.deepEqual(words(access(rows)), [
      '10.0.0.5 and 172.16.0.0/12: never (1,4)',
      'The rest of 10.0.0.0/8 and 192.168.7.1: anyone, without logging on (2,3)',
      'The rest of the Internet: every user, after logging on (5)',
    ])
    assert.deepEqual(words(access(['allow any - fred'])), [
      'Everybody, from every address: fred, after logging on (1)',
    ])
  })

  it('keeps apart what lets strangers relay', () => {
    const rows = [
      'allow 10.0.0.0/8 noauth',
      'allow 203.0.113.0/24 noauth',
      'allow 9.0.0.0-10.255.255.255 noauth',
    ]
    assert.deepEqual(
      lines(access(rows)).map(({ who, isOpen }) => [who, isOpen]),
      [
        ['10.0.0.0/8', false],
        ['203.0.113.0/24 and the rest of 9.0.0.0-10.255.255.255', true],
        ['Everybody else', false],
      ],
    )
  })

  it('writes users as their accounts do', () => {
    const users = [user('Support'), user('fred')]
    assert.match(
      words({ users, ...access(['allow any - SUPPORT ghost']) })[0] ?? '',
      /: ghost and Support, after/,
    )
  })

  it('names the addresses themselves where two lists count', () => {
    const change = {
      globalAccess: [row('block 10.0.0.0/9')],
      ...access(['allow any noauth'], { useGlobalAccess: true }),
    }
    assert.deepEqual(words({ ...change, globalAccess: ['block 10.0.0.0/9', 'allow any noauth'].map(row) }), [
      'Every address except 10.0.0.0/9: anyone, without logging on (1)',
      '10.0.0.0/9: never (1)',
    ])
    assert.deepEqual(words(change), ['Every address: never (1)'])
  })

  it('tells of internal mail where it isn’t taken from everybody', () => {
    assert.deepEqual(
      words(
        access(['allow local-networks noauth'], { internalMailWithoutAuthentication: false }),
        internalLines,
      ),
      [
        'Every address except your network 192.168.1.0/24: every user, after logging on',
        'Your network 192.168.1.0/24: anyone, without logging on',
      ],
    )
    const shut = access(['block 10.0.0.0/8', 'allow any'], { antiRelay: 'authenticated-users' })
    assert.deepEqual(words(shut, internalLines), [
      'Every address except 10.0.0.0/8: anyone, without logging on',
      '10.0.0.0/8: never: they may not connect',
    ])
  })

  it('says where a log-on is asked for that no port offers', () => {
    const listeners = [{ address: '0.0.0.0', port: 25, encryption: 'none' }] as const
    assert.deepEqual(words({ smtp: { listeners } }), [
      'Your router 192.168.1.1: never (1)',
      'Your network 192.168.1.0/24: anyone, without logging on (2)',
      'The rest of the Internet: never: support and webmaster would have to log on, which no port offers them (3)',
    ])
    const inside = access(['allow local-networks', 'allow 203.0.113.0/24'], { listeners })
    assert.deepEqual(words(inside).slice(0, 2), [
      'Your network 192.168.1.0/24: every user, after logging on (1)',
      '203.0.113.0/24: never: every user would have to log on, which no port offers them (2)',
    ])
    const secure = [...listeners, { address: '0.0.0.0', port: 465, encryption: 'tls' }] as const
    assert.deepEqual(words({ smtp: { listeners: secure } }), words({}))
  })

  it('says who is always blocked, whatever the rows say', () => {
    const ids = { ...office().smtp.ids, alwaysBlock: ['203.0.113.0/24'], neverBlock: ['203.0.113.7'] }
    const blocked =
      '203.0.113.0-203.0.113.6 and 203.0.113.8-203.0.113.255: never: they are always blocked (IDS/IPS)'
    assert.deepEqual(words({ smtp: { ids } }), [...words({}), blocked])
    assert.deepEqual(words({ smtp: { ids } }, internalLines).slice(1), [blocked])
    assert.deepEqual(words({ smtp: { ids: { ...ids, enabled: false } } }), words({}))
  })

  it('says that nobody connects without a listener, and no stranger where all are for old devices', () => {
    const none = 'Everybody: never: nobody can connect, since no listener is set'
    assert.deepEqual(words({ smtp: { listeners: [] } }), [none])
    assert.deepEqual(words({ smtp: { listeners: [] } }, internalLines), [none])
    const lane = { address: '192.168.1.10', port: 25, encryption: 'none', oldDevices: true } as const
    const strangers =
      "Every address except your network 192.168.1.0/24: never: they can't connect, since every listener is for old devices in your local networks"
    assert.deepEqual(words({ smtp: { listeners: [lane] } }), [
      'Your router 192.168.1.1: never (1)',
      'Your network 192.168.1.0/24 without the router: anyone, without logging on (2)',
      strangers,
    ])
    assert.deepEqual(words(access(['allow any'], { listeners: [lane] })), [
      'Your network 192.168.1.0/24: every user, after logging on (1)',
      strangers,
    ])
    const usual = { address: '0.0.0.0', port: 25, encryption: 'starttls' } as const
    assert.deepEqual(words({ smtp: { listeners: [lane, usual] } }), words({}))
  })

  it('stays short with 10,000 rows', () => {
    const rows = Array.from({ length: 10_000 }, (_, at) =>
      row(`allow 11.${at >> 8}.${at & 255}.${(at * 7) & 255}`),
    )
    const found = lines({ smtp: { access: rows } })
    assert.deepEqual(
      found.map(({ who, rows, ranges, rangeCount }) => [who, rows.length, ranges.length, rangeCount]),
      [
        ['11.0.0.0, 11.0.1.7, 11.0.2.14, 11.0.3.21, 11.0.4.28 and 9995 more', 100, 100, 10_000],
        ['Everybody else', 0, 100, 10_002],
      ],
    )
  })
})
