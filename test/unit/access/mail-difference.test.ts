import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mailDifference } from '../../../app/access/mail-difference.ts'
import { compilePolicy } from '../../../app/access/policy.ts'
import { type Change, machine, office, user } from './office.ts'

function words(before: Change, after: Change): readonly string[] {
  const [old, fresh] = [office(before), office(after)].map(settings => ({
    settings,
    directory: compilePolicy(settings, machine).directory,
  }))
  return mailDifference(old ?? assert.fail(), fresh ?? assert.fail()).map(
    ({ change, words }) => `${change}: ${words}`,
  )
}

const [support, fred] = [user('support'), user('fred')]

describe('the difference in who gets mail', () => {
  it('is none where the same addresses lead to the same mailboxes', () => {
    assert.deepEqual(words({}, {}), [])
    const loud = user('fred', { addresses: ['FRED@Example.com'] })
    assert.deepEqual(words({ users: [support, fred] }, { users: [loud, support] }), [])
  })

  it('tells of the service', () => {
    assert.deepEqual(words({}, { smtp: { enabled: false } }), [
      'lost: The SMTP service is switched off: nobody can connect, and no mail is taken. What waits in the queue still goes out.',
    ])
    assert.match(words({ smtp: { enabled: false } }, {})[0] ?? '', /^gained: .* switched on/)
  })

  it('tells of an account that is gone, or off: its address, and what its mailbox holds', () => {
    for (const [users, what] of [
      [[support], 'gone'],
      [[support, { ...fred, enabled: false }], 'off'],
    ] as const)
      assert.deepEqual(words({ users: [support, fred] }, { users }), [
        'lost: Mail to fred@example.com is refused now: nobody here has that address any more.',
        `lost: The account fred is ${what}: nobody logs on as it, and what its mailbox holds stays in the folder mail/fred.`,
      ])
    const heir = user('support', { addresses: ['support@example.com', 'fred@example.com'] })
    assert.deepEqual(words({ users: [support, fred] }, { users: [heir] }), [
      'gained: Mail to fred@example.com goes to the mailbox of support now; it went to the mailbox of fred.',
      'lost: The account fred is gone: nobody logs on as it, and what its mailbox holds stays in the folder mail/fred.',
    ])
  })

  it('tells of an account that can log on no more, or can now, since a password goes or comes', () => {
    const { password: _, ...mute } = fred
    const [able, unable] = [{ users: [support, fred] }, { users: [support, mute] }]
    assert.deepEqual(words(able, unable), [
      'lost: The account fred has no password any more: until it has one, nobody can log on as it, nor send where that needs a log-on.',
    ])
    assert.deepEqual(words(unable, able), [
      'gained: The account fred has a password now: whoever knows it can log on as it, and send where the access list lets it.',
    ])
    const other = { users: [support, { ...fred, password: 'another' }] }
    assert.deepEqual(words(able, other), [])
    const off = { users: [support, { ...mute, enabled: false }] }
    assert.match(
      words(able, off).join(),
      /^lost: Mail to fred@.*,lost: The account fred is off:[^,]*, [^,]*$/,
    )
    const both = { users: [support, fred].map(({ password: _gone, ...one }) => one) }
    assert.deepEqual(words(able, both), [
      'lost: The accounts support and fred have no password any more: until they have one, nobody can log on as one of them, nor send where that needs a log-on.',
    ])
  })

  it('tells of an account that is new, of aliases, forwards and catch-alls', () => {
    assert.deepEqual(words({ users: [support] }, { users: [support, fred] }), [
      'gained: Mail to fred@example.com is taken now, and goes to the mailbox of fred.',
    ])
    assert.deepEqual(words({}, { aliases: { 'info@example.com': ['support', 'boss@elsewhere.example'] } }), [
      'gained: Mail to info@example.com is taken now, and goes to the mailbox of support and boss@elsewhere.example.',
    ])
    const away = user('fred', { forwardTo: ['fred@home.example'], keepCopy: false })
    assert.deepEqual(words({ users: [support, fred] }, { users: [support, away] }), [
      'gained: Mail to fred@example.com goes to fred@home.example now; it went to the mailbox of fred.',
    ])
    assert.deepEqual(words({ catchAll: { 'example.com': 'fred' } }, {}), [
      'lost: Mail to addresses of example.com that nobody has is refused now: nobody here has those any more.',
    ])
  })

  it('tells of domains that are here now, or no longer', () => {
    const domains = ['example.com', 'new.example', '*.new.example']
    assert.deepEqual(words({}, { localDomains: domains }), [
      'gained: Mail for new.example and *.new.example is for mailboxes here now: it is no longer sent on, and refused where nobody here has the address.',
    ])
    assert.deepEqual(words({ localDomains: domains }, {}), [
      'lost: Mail for new.example and *.new.example is for elsewhere now: no mailbox here gets it, it is sent on, and taken only from those who can send to addresses outside.',
    ])
  })

  it('stays short with 10,000 accounts', () => {
    const users = Array.from({ length: 10_000 }, (_, at) =>
      user(`u${at}`, { addresses: [`u${at}@example.com`] }),
    )
    const found = words({ users }, { users: users.slice(0, 9_000).map(one => ({ ...one, addresses: [] })) })
    assert.match(found[0] ?? '', /^lost: Mail to u0@.* and 9995 more is refused now/)
    assert.equal(found.length, 2)
  })
})
