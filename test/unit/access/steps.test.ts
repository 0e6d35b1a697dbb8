import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { admit, decide } from '../../../app/access/decide.ts'
import { address, type Change, client, decided, policyOf, row } from './office.ts'

const ELSEWHERE = 'someone@elsewhere.org'

function steps(change: Change, from: string, account: string | undefined, to = ELSEWHERE): readonly string[] {
  return decided(policyOf(change), from, account, to).steps
}

describe('the steps', () => {
  it('tell the whole way of a stranger who must log on', () => {
    assert.deepEqual(steps({}, '203.0.113.9', undefined), [
      '203.0.113.9 is the client; nobody is logged on.',
      'someone@elsewhere.org is external: elsewhere.org is not a local domain.',
      "Row 1 (block routers) doesn't match.",
      "Row 2 (allow local-networks, without authentication) doesn't match.",
      'Row 3 (allow any, users support and webmaster) matches: the first row that matches decides.',
      'Row 3 names users: the client must log on as one of them.',
      'The answer is 530 5.7.0 Log on first, then send to this recipient.',
    ])
  })

  it('ask for no log-on that is not possible, of external or internal mail', () => {
    const policy = policyOf({ smtp: { internalMailWithoutAuthentication: false } })
    for (const to of [ELSEWHERE, 'fred@example.com']) {
      const { reply, list, row, steps } = decide(policy, client('203.0.113.9'), undefined, address(to), false)
      assert.deepEqual([reply.code, reply.status, list, row], [550, '5.7.1', 'service', 3])
      assert.match(reply.text, /logging on is not possible on this unencrypted port$/)
      assert.match(steps.at(-2) ?? '', /^Logging on is not possible on this port: /)
      // Who is logged on already, or needs no log-on, isn't concerned.
      assert.equal(decide(policy, client('203.0.113.9'), 'support', address(to), false).reply.code, 250)
      assert.equal(decide(policy, client('192.168.1.50'), undefined, address(to), false).reply.code, 250)
    }
    const { reply } = decide(policy, client('192.168.1.1'), undefined, address(ELSEWHERE), false)
    assert.equal(reply.text, 'Relaying is not permitted from your IP address')
  })

  it('tell why another user is refused, and that a router is whoever logs on', () => {
    assert.equal(steps({}, '203.0.113.9', 'fred').at(-2), 'fred is not among the users of row 3.')
    assert.equal(
      steps({}, '192.168.1.1', 'support').at(-2),
      'Row 1 blocks: this client may not relay, and logging on would not change that.',
    )
  })

  it('tell where internal mail goes, without the list where it has no say', () => {
    assert.deepEqual(steps({}, '203.0.113.9', undefined, 'fred@example.com'), [
      '203.0.113.9 is the client; nobody is logged on.',
      'fred@example.com is internal and goes to the mailbox of fred.',
      'Internal mail is accepted from every client: authentication is not required for it.',
      'The answer is 250 2.1.5 Recipient accepted.',
    ])
    assert.match(
      steps({}, '::1', undefined, 'gone@example.com').join('\n'),
      /no mailbox, alias or catch-all takes it/,
    )
    assert.match(
      steps({}, '::1', undefined, 'a%b@example.com').join('\n'),
      /only if that very mailbox existed/,
    )
    assert.match(
      steps(
        { smtp: { internalMailWithoutAuthentication: false } },
        '203.0.113.9',
        undefined,
        'fred@example.com',
      ).join('\n'),
      /needs a log-on too .*, and row 3 doesn't waive it/,
    )
  })

  it('say what is contradictory, switched off or empty', () => {
    const access = ['off block any', 'allow any noauth - fred'].map(row)
    const told = steps({ smtp: { access, authentication: 'disabled' } }, '10.0.0.1', 'fred')
    assert.ok(told.includes('Logging on is switched off, so fred counts as nobody.'))
    assert.ok(told.includes('Row 1 (block any) is switched off.'))
    assert.ok(told.includes('It names users, so "without authentication" has no effect on it.'))
    assert.ok(told.includes('Row 2 names users, but logging on is switched off: nobody can satisfy it.'))
    assert.ok(
      steps({ smtp: { access: [] } }, '::1', 'fred').includes(
        'The access list is empty: that lets nobody in.',
      ),
    )
    assert.ok(
      steps({ smtp: { access: ['allow 10.0.0.1'].map(row) } }, '::1', 'fred').includes(
        'No row of the access list matches.',
      ),
    )
  })

  it('name the list where two count', () => {
    const told = steps(
      {
        smtp: { useGlobalAccess: true, access: ['allow any'].map(row) },
        globalAccess: ['block ::1', 'allow 10.0.0.0/8'].map(row),
      },
      '::1',
      'fred',
    )
    assert.ok(
      told.includes("Row 1 of the service's list (allow any) matches: the first row that matches decides."),
    )
    assert.ok(
      told.includes(
        'Row 1 of the global list blocks: this client may not relay, and logging on would not change that.',
      ),
    )
  })

  it('say that a client is refused at the greeting, for a recipient too', () => {
    const change: Change = { smtp: { antiRelay: 'authenticated-users', access: ['block any'].map(row) } }
    const greeting = admit(policyOf(change), client('10.0.0.1')).steps
    assert.equal(greeting[0], '10.0.0.1 connects.')
    for (const told of [greeting, steps(change, '10.0.0.1', 'fred', 'fred@example.com')]) {
      assert.match(told.at(-2) ?? '', /^Row 1 blocks: the client is refused at the greeting/)
      assert.match(told.at(-1) ?? '', /554 5\.7\.1/)
    }
  })

  it('stay few with 10,000 rows, many users and many recipients', () => {
    const users = Array.from({ length: 500 }, (_, i) => `u${i}`)
    const access = [
      ...Array.from({ length: 9_999 }, (_, i) =>
        row(`${i % 3 === 0 ? 'off ' : ''}block 10.${i >> 8}.${i & 255}.1`),
      ),
      { ...row('allow any'), users },
    ]
    const told = steps({ smtp: { access } }, '203.0.113.9', 'u7')
    assert.ok(told.includes("Rows 1 to 9999 don't match (3333 of them switched off)."))
    assert.ok(
      told.includes(
        'Row 10000 (allow any, users u0, u1, u2, u3, u4 and 495 more) matches: the first row that matches decides.',
      ),
    )
    assert.ok(told.length < 8)
    const aliases = { 'all@example.com': users.map(name => `${name}@elsewhere.org`) }
    assert.match(
      steps({ aliases }, '::1', undefined, 'all@example.com')[1] ?? '',
      /u4@elsewhere\.org and 495 more\.$/,
    )
  })
})
