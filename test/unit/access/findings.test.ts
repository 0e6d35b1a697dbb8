import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Change as Difference, differenceOf, sideOf } from '../../../app/access/difference.ts'
import { FINDING_KINDS, type Finding, type FindingKind } from '../../../app/access/finding.ts'
import { findingsOf } from '../../../app/access/findings.ts'
import type { Machine } from '../../../app/access/machine.ts'
import { mapOf } from '../../../app/access/map.ts'
import { applyEdits } from '../../../app/access/mend.ts'
import { formatSpan } from '../../../app/access/network.ts'
import { internetOf } from '../../../app/access/open-relay.ts'
import { compilePolicy, spansOf } from '../../../app/access/policy.ts'
import { holdsSpans } from '../../../app/access/spans.ts'
import { CHECKS } from '../../../app/relay/checks.ts'
import { parseSettings } from '../../../app/settings/parse.ts'
import type { Settings } from '../../../app/settings/settings.ts'
import { anyMachine, anySettings } from './list.ts'
import { type Change, machine, office, row, user } from './office.ts'

const users = ['support', 'webmaster', 'fred'].map(name => user(name))

function find(settings: Settings, found: Machine = machine): readonly Finding[] {
  const policy = compilePolicy(settings, found)
  return findingsOf({ settings, policy, map: mapOf(policy) })
}

/** As the settings' own parser reads what the edits left. */
function mended(settings: Settings, { mend }: Finding): Settings {
  const edited = applyEdits({ smtp: settings.smtp, globalAccess: settings.globalAccess }, mend.edits)
  assert.ok(edited.ok)
  const { smtp, globalAccess } = edited.value as Pick<Settings, 'smtp' | 'globalAccess'>
  const raw = { smtp: { access: smtp.access }, globalAccess }
  const parsed = parseSettings(raw, CHECKS)
  assert.ok(parsed.ok, JSON.stringify(parsed))
  return {
    ...settings,
    globalAccess: parsed.value.globalAccess,
    smtp: { ...settings.smtp, ...smtp, access: parsed.value.smtp.access },
  }
}

function differ(before: Settings, after: Settings, found: Machine = machine): readonly Difference[] {
  const [old, fresh] = [before, after].map(it => sideOf(compilePolicy(it, found), it.users))
  return differenceOf(old ?? assert.fail(), fresh ?? assert.fail())
}

/** `lost external anyone: 192.168.1.1, fe80::1`. */
function brief(changes: readonly Difference[]): readonly string[] {
  return changes.map(
    ({ change, recipients, who, spans }) =>
      `${change} ${recipients} ${typeof who === 'string' ? who : who.join('+')}: ${spans.map(formatSpan).join(', ')}`,
  )
}

/** The one finding there is, and what its mend does to who can send. */
function only(change: Change, kind: FindingKind, number: number | null, list: Finding['list'] = 'service') {
  const settings = office({ users, ...change })
  const [finding, ...more] = find(settings)
  assert.ok(finding)
  assert.deepEqual(more, [])
  assert.deepEqual([finding.kind, finding.list, finding.row], [kind, list, number])
  const after = mended(settings, finding)
  assert.deepEqual(
    find(after).filter(one => one.kind === kind),
    [],
  )
  return { finding, after, did: brief(differ(settings, after)) }
}

describe('the findings', () => {
  it('are none in the document’s office', () => {
    assert.deepEqual(find(office({ users })), [])
  })

  it('shadowed: a row below those that take all its addresses goes, and nobody gains or loses', () => {
    const access = ['block routers', 'allow local-networks noauth', 'allow any - fred', 'allow 10.0.0.0/8']
    const { finding, after, did } = only({ smtp: { access: access.map(row) } }, 'shadowed', 4)
    assert.equal(finding.text, 'Row 4 can never decide: row 3 above it takes all its addresses.')
    assert.equal(finding.mend.words, 'Remove row 4. Who can send stays as it is.')
    assert.deepEqual(after.smtp.access, access.slice(0, 3).map(row))
    assert.deepEqual(did, [])
  })

  it('shadowed: by several rows together', () => {
    const access = ['block routers', 'allow 10.0.0.0/9', 'allow 10.128.0.0/9', 'block 10.0.0.0/8']
    const { finding, did } = only({ smtp: { access: access.map(row) } }, 'shadowed', 4)
    assert.equal(finding.text, 'Row 4 can never decide: rows 2 and 3 above it take all its addresses.')
    assert.deepEqual(did, [])
  })

  it('shadowed: a row that was to block moves up, where it silences no other', () => {
    const access = ['block routers', 'allow local-networks noauth', 'allow any - fred', 'block 192.168.1.99']
    const { finding, after, did } = only({ smtp: { access: access.map(row) } }, 'shadowed', 4)
    assert.match(
      finding.mend.words,
      /^Move row 4 above row 2, so that it blocks: .* 192\.168\.1\.99 any more\./,
    )
    assert.equal(after.smtp.access[1]?.from, '192.168.1.99')
    assert.deepEqual(did, ['lost external anyone: 192.168.1.99'])
  })

  it('shadowed: not a row for routers where there are none, nor one that is off', () => {
    const settings = office({
      users,
      smtp: { access: ['allow any - fred', 'off allow 10.0.0.1', 'block routers'].map(row) },
    })
    assert.deepEqual(find(settings, { ...machine, routers: [] }), [])
  })

  it('users-without-log-on: where logging on is switched off, it is switched on', () => {
    const access = ['block routers', 'allow 10.0.0.0/8', 'allow any - fred'].map(row)
    const { after, did } = only({ smtp: { authentication: 'disabled', access } }, 'users-without-log-on', 3)
    assert.equal(after.smtp.authentication, 'allowed')
    assert.equal(did.length, 1)
    assert.match(did[0] ?? '', /^gained external fred: 0\.0\.0\.0-9\.255/)
  })

  it('users-without-log-on: where none of them can, the row blocks, and nobody gains or loses', () => {
    const { password: _, ...silent } = user('silent')
    const off = [user('off', { enabled: false }), silent, ...users]
    const access = ['block routers', 'allow 10.0.0.0/8 - off ghost', 'allow any - fred off'].map(row)
    const { finding, did } = only({ users: off, smtp: { access } }, 'users-without-log-on', 2)
    assert.match(finding.text, /: off is switched off and ghost has no account here\.$/)
    assert.deepEqual(did, [])
    const without = office({ users: off, smtp: { access: [row('allow any - silent off')] } })
    const [told] = find(without)
    assert.equal(told?.kind, 'users-without-log-on')
    assert.match(told?.text ?? '', /: silent has no password yet and off is switched off\.$/)
    assert.match(told?.mend.words ?? '', /nobody can send by it then either, once they have passwords/)
    assert.deepEqual(find(office({ users: off, smtp: { access: [row('allow any - silent fred')] } })), [])
  })

  it('users-without-log-on: the mend says who may no longer connect, also while passwords are missing', () => {
    const { password: _, ...silent } = user('silent')
    const access = [row('allow any - silent')]
    const settings = office({ users: [silent], smtp: { antiRelay: 'authenticated-users', access } })
    const told = find(settings).find(({ kind }) => kind === 'users-without-log-on')
    assert.match(told?.mend.words ?? '', /may no longer connect then, not even with mail for your own users/)
  })

  it('block-with-users: a row that blocks names nobody, and nobody gains or loses', () => {
    for (const says of ['block 10.0.0.0/8 - fred', 'block 10.0.0.0/8 noauth - fred']) {
      const access = ['block routers', says, 'allow any - fred'].map(row)
      const { after, did, finding } = only({ smtp: { access } }, 'block-with-users', 2)
      assert.match(
        finding.text,
        says.includes('noauth')
          ? /^Row 2 blocks and names fred, and says “without authentication”: neither has an effect/
          : /^Row 2 blocks and names fred, which has no effect: it blocks everybody/,
      )
      assert.deepEqual(
        [after.smtp.access[1]?.users, after.smtp.access[1]?.withoutAuthentication],
        [[], false],
      )
      assert.deepEqual(did, [])
    }
  })

  it('waiver-on-block: is taken off where it does nothing, and nobody gains or loses', () => {
    const access = ['block routers', 'block 10.0.0.0/8 noauth', 'allow any - fred'].map(row)
    const without: readonly NonNullable<Change['smtp']>[] = [
      {},
      { authentication: 'allowed' },
      { antiRelay: 'authenticated-users', internalMailWithoutAuthentication: false },
    ]
    for (const smtp of without) {
      const settings = office({ users, smtp: { ...smtp, access } })
      const [finding] = find(settings).filter(({ kind }) => kind === 'waiver-on-block')
      assert.match(
        finding?.text ?? '',
        /^Row 2 blocks and says “without authentication”, which has no effect/,
      )
      assert.ok(finding)
      const after = mended(settings, finding)
      assert.equal(after.smtp.access[1]?.withoutAuthentication, false)
      assert.deepEqual(brief(differ(settings, after)), [])
    }
    // Here it lets go of the log-on for mail to the office's own users: taking it off would change something.
    const smtp = { internalMailWithoutAuthentication: false, access }
    const kinds = find(office({ users, smtp })).map(({ kind }) => kind)
    assert.ok(!kinds.includes('waiver-on-block'))
    const bare = { ...smtp, access: access.map(it => ({ ...it, withoutAuthentication: false })) }
    assert.equal(differ(office({ users, smtp }), office({ users, smtp: bare })).length, 1)
  })

  it('waiver-with-users: is taken off, and nobody gains or loses', () => {
    const access = ['block routers', 'allow any noauth - fred'].map(row)
    const { after, did } = only({ smtp: { access } }, 'waiver-with-users', 2)
    assert.equal(after.smtp.access[1]?.withoutAuthentication, false)
    assert.deepEqual(did, [])
  })

  it('router-not-blocked: is blocked above, and loses alone', () => {
    const access = ['allow any - fred', 'allow local-networks noauth'].map(row).reverse()
    const { after, did } = only({ smtp: { access } }, 'router-not-blocked', 1)
    assert.deepEqual(
      after.smtp.access.map(({ from }) => from),
      ['routers', 'local-networks', 'any'],
    )
    assert.deepEqual(did, ['lost external anyone: 192.168.1.1, fe80::1'])
  })

  it('router-not-blocked: by the row that is there, where it stands too low', () => {
    const access = ['allow 192.168.1.0/24 noauth', 'allow any - fred', 'block routers'].map(row)
    const settings = office({ users, smtp: { access } })
    const [finding] = find(settings)
    assert.equal(finding?.kind, 'router-not-blocked')
    const after = mended(settings, finding)
    assert.deepEqual(
      after.smtp.access.map(({ from }) => from),
      ['routers', '192.168.1.0/24', 'any'],
    )
    assert.deepEqual(find(after), [])
  })

  it('open-relay: the waiver goes off the row, and strangers must log on', () => {
    const access = ['block routers', 'allow 203.0.113.0/24 noauth', 'allow 10.0.0.0/8 noauth'].map(row)
    const { did } = only({ smtp: { access } }, 'open-relay', 2)
    assert.deepEqual(did, ['lost external not-logged-on: 203.0.113.0/24'])
  })

  it('wide-open: authentication is required, and the rows for the office go on without', () => {
    const access = ['block routers', 'allow local-networks', 'allow any'].map(row)
    const { finding, did } = only({ smtp: { authentication: 'allowed', access } }, 'wide-open', 3)
    assert.match(finding.text, /anyone can send from every address of the Internet\.$/)
    assert.equal(did.length, 1)
    assert.match(did[0] ?? '', /^lost external not-logged-on: 0\.0\.0\.0-126\.255\.255\.255, 128\./)
  })

  it('log-on-not-offered: STARTTLS is offered, and who had to log on in vain can', () => {
    const listeners = [{ address: '192.168.1.10', port: 25, encryption: 'none' }] as const
    const { finding, after, did } = only({ smtp: { listeners } }, 'log-on-not-offered', 3)
    assert.equal(
      finding.text,
      'Row 3 asks for a log-on that no port offers: without encryption passwords are taken from your local networks only, so that nobody can send by it from every address except your network 192.168.1.0/24.',
    )
    assert.equal(after.smtp.listeners[0]?.encryption, 'starttls')
    assert.match(did.join(), /^gained external support\+webmaster: 0\.0\.0\.0-126\.255\.255\.255, 128/)
    for (const change of [
      { listeners: [...listeners, { address: '0.0.0.0', port: 587, encryption: 'starttls' }] as const },
      { listeners, plaintextAuthentication: 'always' },
      { listeners, access: ['block routers', 'allow local-networks'].map(row) },
    ] as const)
      assert.deepEqual(find(office({ users, smtp: change })), [])
    const never = { listeners, plaintextAuthentication: 'never', access: [row('allow any')] } as const
    const [all] = find(office({ users, smtp: never }))
    assert.match(all?.text ?? '', /^Row 1 .* passwords are taken from nobody, .* from every address\.$/)
  })

  it('always-blocked: a row for addresses that are always blocked is switched off, and nobody gains or loses', () => {
    const { ids } = office().smtp
    const access = [
      'block routers',
      'allow 203.0.113.7 noauth',
      'allow 10.0.0.0/8 noauth',
      'allow any - fred',
    ]
    const smtp = { ids: { ...ids, alwaysBlock: ['203.0.113.0/24'] }, access: access.map(row) }
    const { finding, after, did } = only({ smtp }, 'always-blocked', 2)
    assert.equal(
      finding.text,
      'Row 2 lets nobody in: 203.0.113.7 is always blocked (IDS/IPS), whatever the access list says.',
    )
    assert.equal(after.smtp.access[1]?.enabled, false)
    assert.deepEqual(did, [])
    for (const change of [{ enabled: false }, { neverBlock: ['203.0.113.7'] }]) {
      const kinds = find(office({ users, smtp: { ...smtp, ids: { ...smtp.ids, ...change } } })).map(
        it => it.kind,
      )
      assert.deepEqual(kinds, ['open-relay'])
    }
    const global = {
      globalAccess: smtp.access,
      smtp: { ...smtp, useGlobalAccess: true, access: [row('allow any')] },
    }
    assert.match(
      only(global, 'always-blocked', 2, 'global').finding.mend.words,
      /^Switch row 2 of the global list off\./,
    )
  })

  it('no-listener: one is set, and who may send by the list can', () => {
    const { finding, after, did } = only({ smtp: { listeners: [] } }, 'no-listener', null, null)
    assert.match(finding.text, /^No listener is set: nobody can connect/)
    assert.equal(after.smtp.listeners.length, 1)
    assert.deepEqual(
      did.filter(it => !it.startsWith('gained')),
      [],
    )
    assert.equal(did.filter(it => it.startsWith('gained internal anyone: 0.0.0.0/0')).length, 1)
  })

  it('old-devices-only: a listener lets in everybody, and the office goes on', () => {
    const lane = { address: '192.168.1.10', port: 2525, oldDevices: true } as const
    const listeners = [
      { ...lane, encryption: 'none' },
      { ...lane, port: 587, encryption: 'starttls' },
    ] as const
    const { finding, after, did } = only({ smtp: { listeners } }, 'old-devices-only', null, null)
    assert.match(finding.text, /^Every listener is for old devices, which lets in your local networks alone/)
    assert.deepEqual(
      after.smtp.listeners.map(({ oldDevices }) => oldDevices),
      [true, false],
    )
    assert.equal(did.length, 2)
    assert.match(
      did.join('\n'),
      /^gained external support\+webmaster: 0\.0\.0\.0-.*\ngained internal anyone: 0\./,
    )
    const usual = { address: '0.0.0.0', port: 25, encryption: 'starttls' } as const
    assert.deepEqual(find(office({ users, smtp: { listeners: [...listeners, usual] } })), [])
  })

  it('incoming-mail-stops: internal mail needs no log-on any more, and relaying stays', () => {
    const { did } = only(
      { smtp: { internalMailWithoutAuthentication: false } },
      'incoming-mail-stops',
      null,
      null,
    )
    assert.equal(did.length, 1)
    assert.match(did[0] ?? '', /^gained internal not-logged-on: /)
  })

  it('no-user-in-both: the global list names the service’s users too', () => {
    const smtp = { useGlobalAccess: true, access: ['allow 10.0.0.0/8 noauth', 'allow any - fred'].map(row) }
    const globalAccess = ['allow 10.0.0.0/8 noauth', 'allow any - support'].map(row)
    const { finding, after, did } = only({ smtp, globalAccess }, 'no-user-in-both', 2)
    assert.match(
      finding.text,
      /^Row 2 of the service's list and row 2 of the global list name users, and nobody/,
    )
    assert.deepEqual(after.globalAccess[1]?.users, ['support', 'fred'])
    assert.match(did.join(), /^gained external fred: 0\.0\.0\.0-9\.255/)
  })

  it('users-without-log-on: says that logging on is off, and which list it is', () => {
    const { password: _, ...silent } = user('silent')
    const access = ['allow any - silent'].map(row)
    const [off] = find(office({ users: [silent], smtp: { authentication: 'disabled', access } }))
    assert.match(
      off?.text ?? '',
      /^Row 1 lets nobody send, since logging on is switched off .*: silent has no pass/,
    )
    const two = { globalAccess: access, smtp: { useGlobalAccess: true, access: [row('allow any')] } }
    const [global] = find(office({ users: [silent], ...two }))
    assert.match(global?.text ?? '', /^Row 1 of the global list lets nobody send, since no user/)
    assert.match(global?.mend.words ?? '', /^Make row 1 of the global list say Block/)
  })

  it('incoming-mail-stops: where the list decides who connects, a row lets everybody', () => {
    const antiRelay = 'authenticated-users'
    const smtp = { antiRelay, access: ['block routers', 'allow local-networks'].map(row) } as const
    const { finding, after, did } = only({ smtp }, 'incoming-mail-stops', null)
    assert.equal(
      finding.text,
      "Incoming mail stops: no row lets most of the Internet connect: the servers that bring mail to your own users can't.",
    )
    assert.equal(after.smtp.access[2]?.from, 'any')
    assert.match(did.join('\n'), /^gained external fred\+support\+webmaster: .*\ngained internal anyone: /)
    const blocked = [...smtp.access, row('block any - fred')]
    const other = only(
      { smtp: { antiRelay, access: blocked.slice(0, 2).concat(row('block any')) } },
      finding.kind,
      3,
    )
    assert.match(
      other.finding.mend.words,
      /^Make row 3 say Allow: mail to your own users is taken from there\./,
    )
    for (const access of [['allow any'], ['block 203.0.113.0/24', 'allow any']])
      assert.deepEqual(find(office({ users, smtp: { antiRelay, access: access.map(row) } })), [])
    assert.deepEqual(find(office({ users, localDomains: [], smtp })), [])
  })

  it('shadowed: a block that moves up stops incoming mail too, where the list decides who connects', () => {
    const access = ['block routers', 'allow any', 'block 203.0.113.0/24'].map(row)
    const { finding, did } = only({ smtp: { antiRelay: 'authenticated-users', access } }, 'shadowed', 3)
    assert.match(finding.mend.words, /nor even connect with mail to your own users: incoming mail from there/)
    assert.deepEqual(did, [
      'lost external fred+support+webmaster: 203.0.113.0/24',
      'lost internal anyone: 203.0.113.0/24',
    ])
  })

  it('empty-list: where the list decides who connects, says what becomes of incoming mail', () => {
    const settings = office({ users, smtp: { antiRelay: 'authenticated-users', access: [] } })
    const empty = find(settings).find(({ kind }) => kind === 'empty-list') ?? assert.fail()
    assert.match(empty.text, /nobody can connect, .* or to bring mail to your own users\.$/)
    assert.match(empty.mend.words, /Only they can connect then, with mail to your own users too: incoming/)
  })

  it('empty-list: gets the default for the LAN, and its computers can send', () => {
    for (const access of [[], [row('off allow any')]]) {
      const { after, did } = only({ smtp: { access } }, 'empty-list', null)
      assert.deepEqual(
        after.smtp.access.slice(-2).map(({ action, from }) => `${action} ${from}`),
        ['block routers', 'allow local-networks'],
      )
      assert.deepEqual(did, [
        'gained external fred+support+webmaster: 127.0.0.0/8, 192.168.1.0, 192.168.1.2-192.168.1.255, ::1, fe80::, fe80::2-fe80::ffff:ffff:ffff:ffff',
      ])
    }
  })

  it('empty-list: a global list of rows that are off no longer counts', () => {
    const change = { globalAccess: [row('off allow any')], smtp: { useGlobalAccess: true } }
    const { after } = only(change, 'empty-list', null, 'global')
    assert.equal(after.smtp.useGlobalAccess, false)
  })

  it('name the list where two count', () => {
    const change = {
      globalAccess: ['allow any', 'allow 10.0.0.1'].map(row),
      smtp: { useGlobalAccess: true },
    }
    const { finding } = only(change, 'shadowed', 2, 'global')
    assert.match(finding.text, /^Row 2 of the global list can never/)
    assert.equal(finding.mend.words, 'Remove row 2 of the global list. Who can send stays as it is.')
    const low = { ...change, globalAccess: ['allow any', 'block 10.0.0.1'].map(row) }
    assert.match(
      only(low, 'shadowed', 2, 'global').finding.mend.words,
      /^Move row 2 of the global list above row 1, /,
    )
  })

  it('of 3,000 random lists go by their mends, which do only what they say', t => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
    t.diagnostic(`SEED=${seed}`)
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(anySettings, anyMachine, (some, found) => {
        const settings = { ...some, users: [...users.slice(0, 2), user('fred', { enabled: false })] }
        const before = find(settings, found)
        for (const finding of before.slice(0, 8)) {
          seen.set(finding.kind, (seen.get(finding.kind) ?? 0) + 1)
          const after = mended(settings, finding)
          const left = find(after, found).filter(it => isSame(it, finding))
          // Where a row is removed, the next one gets its number.
          const next =
            finding.kind === 'shadowed' ? before.filter(({ kind }) => kind === 'shadowed').length - 1 : 0
          assert.ok(
            left.length === 0 || find(after, found).filter(({ kind }) => kind === 'shadowed').length === next,
          )
          const changes = differ(settings, after, found)
          const told = JSON.stringify([finding, brief(changes)])
          assert.ok(keepsPromise(finding, changes, settings, found), told)
        }
      }),
      { numRuns: 3000, seed },
    )
    assert.equal(seen.size, FINDING_KINDS.length, [...seen].join(' '))
  })
})

function isSame(one: Finding, other: Finding): boolean {
  return one.kind === other.kind && one.list === other.list && one.row === other.row
}

/** What each kind of mend says of who can send. */
function keepsPromise(
  { kind, list, mend }: Finding,
  changes: readonly Difference[],
  settings: Settings,
  found: Machine,
): boolean {
  const policy = compilePolicy(settings, found)
  const onlyLosses = changes.every(({ change }) => change === 'lost')
  const externalLosses = changes.every(it => it.change === 'lost' || it.recipients === 'internal')
  const external = changes.every(({ recipients }) => recipients === 'external')
  const within = (spans: typeof found.routers) => changes.every(it => holdsSpans(spans, it.spans))
  const isSilent = !/mail (to|for) your own users|internal mail/i.test(mend.words)
  if (isSilent && changes.some(({ recipients }) => recipients === 'internal')) return false
  switch (kind) {
    case 'waiver-with-users':
    case 'block-with-users':
    case 'waiver-on-block':
    case 'name-without-address':
    case 'always-blocked':
    case 'mends-for-everybody':
      return changes.length === 0
    case 'shadowed': {
      const [edit] = mend.edits
      if (edit?.kind !== 'move') return changes.length === 0
      const { from = '' } =
        (list === 'global' ? settings.globalAccess : settings.smtp.access)[edit.row - 1] ?? {}
      return externalLosses && within(spansOf(from, found))
    }
    case 'users-without-log-on':
      if (mend.words.includes('may no longer connect'))
        return onlyLosses && changes.every(it => it.recipients === 'internal')
      if (!mend.words.startsWith('Set')) return changes.length === 0
      return changes.every(({ change, who }) => change === 'gained' && typeof who !== 'string')
    case 'router-not-blocked':
      return externalLosses && within(found.routers)
    case 'open-relay':
      if (mend.words.includes('STARTTLS is offered'))
        return changes.every(({ change, who }) => change === 'lost' || typeof who !== 'string')
      return (
        onlyLosses && changes.every(({ who, recipients }) => recipients === 'internal' || who !== 'anyone')
      )
    case 'wide-open':
      return (
        external &&
        changes.every(({ change, who }) =>
          change === 'lost' ? who === 'not-logged-on' : typeof who !== 'string',
        ) &&
        changes.some(
          ({ change, spans }) => change === 'lost' && !within([]) && holdsSome(internetOf(policy), spans),
        )
      )
    case 'no-listener':
    case 'old-devices-only':
      return changes.every(({ change }) => change === 'gained')
    case 'no-user-in-both':
    case 'log-on-not-offered':
      return changes.every(({ change, who }) => change === 'gained' && typeof who !== 'string')
    case 'incoming-mail-stops':
      return changes.every(
        ({ change, recipients, who }) =>
          change === 'gained' && (recipients === 'internal' || (list !== null && typeof who !== 'string')),
      )
    case 'empty-list':
      return (
        changes.every(({ change }) => change === 'gained') &&
        (list === 'global' || within(found.localNetworks))
      )
  }
}

function holdsSome(spans: Difference['spans'], others: Difference['spans']): boolean {
  return others.some(other =>
    spans.some(it => it.family === other.family && it.first <= other.last && other.first <= it.last),
  )
}
