import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { accountKey, accountNames } from '../../../app/access/account.ts'
import { decide } from '../../../app/access/decide.ts'
import { type Change, differenceOf, sideOf } from '../../../app/access/difference.ts'
import { differenceLines } from '../../../app/access/difference-lines.ts'
import { turnedAway } from '../../../app/access/door.ts'
import { isOfferedLogOn } from '../../../app/access/log-on-offer.ts'
import type { Client } from '../../../app/access/network.ts'
import { compilePolicy, type Policy, spansOf } from '../../../app/access/policy.ts'
import { commonSpans, holdsSpans } from '../../../app/access/spans.ts'
import type { Settings } from '../../../app/settings/settings.ts'
import { anyMachine, anySettings, idsSpans, NAMES, probes } from './list.ts'
import { address, type Change as Edited, machine, office, row, user } from './office.ts'

const recipients = {
  external: address('a@elsewhere.org'),
  internal: address('postmaster@example.com'),
} as const

/** `postmaster@example.com` is there, whoever else is. */
const postmaster = user('box', { addresses: ['postmaster@example.com'], enabled: true })

const anySide = fc
  .record({ settings: anySettings, users: fc.subarray(NAMES) })
  .map(({ settings, users }) => ({
    ...settings,
    users: [...users.map(name => user(name)), postmaster],
  }))

function difference(before: Settings, after: Settings, found = machine): readonly Change[] {
  const [old, fresh] = [before, after].map(settings => sideOf(compilePolicy(settings, found), settings.users))
  return differenceOf(old ?? assert.fail(), fresh ?? assert.fail())
}

function can(
  policy: Policy,
  { users }: Settings,
  client: Client,
  account: string | undefined,
  to: 'external' | 'internal',
) {
  const isThere = isOfferedLogOn(policy, client) && users.some(({ name }) => name === account)
  return (
    !turnedAway(policy, client) &&
    decide(policy, client, isThere ? account : undefined, recipients[to]).verdict === 'accept'
  )
}

function lines(before: Edited, after: Edited): readonly string[] {
  const settings = office(after)
  return differenceLines(
    difference(office(before), settings),
    compilePolicy(settings, machine),
    accountNames(settings),
  ).map(({ words }) => words)
}

describe('the difference', () => {
  it('says of 3,000 pairs of settings what decide says of both, at every boundary', () => {
    fc.assert(
      fc.property(anySide, anySide, anyMachine, (before, after, found) => {
        const changes = difference(before, after, found)
        const [old, fresh] = [compilePolicy(before, found), compilePolicy(after, found)]
        const rows = [before, after].flatMap(it => [...it.smtp.access, ...it.globalAccess])
        for (const client of probes([
          ...rows.flatMap(({ from }) => spansOf(from, found)),
          ...found.localNetworks,
          ...[before, after].flatMap(it => idsSpans(it, found)),
        ])) {
          const here = changes.filter(({ spans }) =>
            spans.some(
              it => it.family === client.family && it.first <= client.value && client.value <= it.last,
            ),
          )
          for (const to of ['external', 'internal'] as const) {
            for (const account of [undefined, ...accountsOf(before, after)]) {
              const was = can(old, before, client, account, to)
              const is = can(fresh, after, client, account, to)
              const told = here.filter(change => concerns(change, account, to)).map(({ change }) => change)
              const expected = was === is ? [] : [is ? 'gained' : 'lost']
              // Who may send without logging on gains no more by an account, so that it isn't told apart.
              if (account === undefined || told.length > 0) assert.deepEqual(told, expected)
              else assert.ok(was === is || isCovered(here, to), `${client.text} ${account} ${to}`)
            }
          }
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('never says of 3,000 pairs that nobody need log on where it says that somebody can after logging on', () => {
    let both = 0
    fc.assert(
      fc.property(anySide, anySide, anyMachine, (before, after, found) => {
        const changes = difference(before, after, found)
        const told = differenceLines(changes, compilePolicy(after, found), accountNames(after))
        for (const [at, one] of changes.entries()) {
          if (one.change !== 'gained' || typeof one.who !== 'string') continue
          for (const [index, other] of changes.entries()) {
            if (index === at || other.recipients !== one.recipients) continue
            if (commonSpans(one.spans, other.spans).length === 0) continue
            both++
            assert.doesNotMatch(told[index]?.words ?? '', /after logging on|no longer|any more/)
          }
        }
      }),
      { numRuns: 3000 },
    )
    assert.ok(both > 50, String(both))
  })

  it('of 5,000 lists with a host name: an answer changes nothing beyond the addresses answered', () => {
    let changed = 0
    fc.assert(
      fc.property(anySettings, anyMachine, (settings, found) => {
        const answered = [...(found.names ?? [])].flatMap(([, { taken }]) => taken)
        const [before, after] = [{ ...found, names: new Map() }, found].map(it =>
          sideOf(compilePolicy(settings, it), settings.users),
        )
        const changes = differenceOf(before ?? assert.fail(), after ?? assert.fail())
        changed += changes.length > 0 ? 1 : 0
        for (const { spans } of changes) assert.ok(holdsSpans(answered, spans))
      }),
      { numRuns: 5000 },
    )
    assert.ok(changed > 100, String(changed))
  })

  it('is none between settings that say the same in other words', () => {
    const one = { smtp: { access: [row('allow 10.0.0.0/8 noauth'), row('allow any - fred')] } }
    const other = {
      smtp: {
        access: [
          'allow 10.0.0.0/9 noauth',
          'allow 10.128.0.0/9 noauth',
          'off allow any',
          'allow any - fred',
        ].map(row),
      },
    }
    assert.deepEqual(lines(one, other), [])
  })

  it('is told in words that name the office', () => {
    assert.deepEqual(lines({}, { smtp: { access: [row('allow any - support webmaster')] } }), [
      'support and webmaster can send to addresses outside after logging on, from your router 192.168.1.1.',
      'Sending to addresses outside needs a log-on now, from your network 192.168.1.0/24 without the router.',
      'fred can no longer send to addresses outside, from your network 192.168.1.0/24 without the router.',
    ])
    assert.deepEqual(lines({}, { users: [user('support'), user('webmaster')] }), [])
    assert.deepEqual(lines({}, { users: [user('support'), user('fred')] }), [
      'webmaster can no longer send to addresses outside, from every address except your network 192.168.1.0/24.',
    ])
    assert.deepEqual(lines({}, { smtp: { internalMailWithoutAuthentication: false } }), [
      'Sending to your own users needs a log-on now, from every address except your network 192.168.1.0/24 without the router.',
    ])
    const listeners = [{ address: '0.0.0.0', port: 25, encryption: 'none' }] as const
    assert.deepEqual(lines({}, { smtp: { listeners } }), [
      'support and webmaster can no longer send to addresses outside, from every address except your network 192.168.1.0/24.',
    ])
    const old = { address: '192.168.1.10', port: 25, encryption: 'starttls', oldDevices: true } as const
    const outside = 'every address except your network 192.168.1.0/24'
    assert.deepEqual(lines({}, { smtp: { listeners: [old] } }), [
      `support and webmaster can no longer send to addresses outside, from ${outside}.`,
      `Nobody can send to your own users any more, from ${outside}.`,
    ])
    assert.match(
      lines({}, { smtp: { listeners: [] } }).join('\n'),
      /^support and webmaster can no longer .*\nNobody can send to addresses outside any more, .*\nNobody can send to your own users any more, from every address\.$/,
    )
    const ids = { ...office().smtp.ids, alwaysBlock: ['203.0.113.0/24'] }
    assert.deepEqual(lines({}, { smtp: { ids } }), [
      'support and webmaster can no longer send to addresses outside, from 203.0.113.0/24.',
      'Nobody can send to your own users any more, from 203.0.113.0/24.',
    ])
    assert.match(
      lines({}, { smtp: { enabled: false } }).join(),
      /Nobody can send to your own users any more, from every address\./,
    )
  })
})

function concerns({ who, recipients }: Change, account: string | undefined, to: string): boolean {
  if (recipients !== to) return false
  if (who === 'anyone') return true
  return typeof who === 'string'
    ? account === undefined
    : account !== undefined && who.map(accountKey).includes(account)
}

function accountsOf(...sides: readonly Settings[]): ReadonlySet<string> {
  return new Set(sides.flatMap(({ users }) => users.map(({ name }) => name)))
}

function isCovered(changes: readonly Change[], to: string): boolean {
  return changes.some(({ who, recipients }) => recipients === to && who === 'anyone')
}
