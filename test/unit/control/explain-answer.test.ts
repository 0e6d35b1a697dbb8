/** What `explain` says of the door: the listeners there are, the one the case names, and addresses always blocked. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Case } from '../../../app/access/decision.ts'
import { explainAnswer } from '../../../app/control/explain-answer.ts'
import { formatReply } from '../../../app/mail/reply.ts'
import type { Listener } from '../../../app/settings/settings.ts'
import { type Change, office, policyOf } from '../access/office.ts'

const usual: Listener = { address: '0.0.0.0', port: 25, encryption: 'starttls' }
const plain: Listener = { address: '127.0.0.1', port: 26, encryption: 'none' }
const lane: Listener = { address: '192.168.1.10', port: 2525, encryption: 'none', oldDevices: true }
const local = '192.168.1.50'
const stranger = '203.0.113.9'
const to = 'fred@example.com'

function why(change: Change, asked: Partial<Case>) {
  const { verdict, reply, steps } = explainAnswer(
    { client: stranger, to, ...asked },
    policyOf(change),
    office(change),
  )
  return { said: `${verdict} ${formatReply(reply)}`, steps }
}

const accepted = 'accept 250 2.1.5 Recipient accepted'
const laneRefuses = 'refuse 554 5.7.1 This port is for devices in the local networks only'

describe('listeners', () => {
  test('beside one for old devices it is said where the client can connect', () => {
    const both = { smtp: { listeners: [usual, lane] } }
    const outside = why(both, {})
    assert.equal(outside.said, accepted)
    assert.equal(
      outside.steps[0],
      '203.0.113.9 can connect at 0.0.0.0 port 25, not at 192.168.1.10 port 2525, for old devices in your local networks alone.',
    )
    assert.equal(
      why(both, { client: local }).steps[0],
      '192.168.1.50 can connect at 0.0.0.0 port 25 and 192.168.1.10 port 2525.',
    )
    assert.match(why({}, {}).steps[0] ?? '', /is the client/)
  })

  test('where all are for old devices strangers get their reply, also for what is no address', () => {
    const lanes = { smtp: { listeners: [lane] } }
    for (const one of [to, 'a@elsewhere.org', 'a b@d.example'])
      assert.equal(why(lanes, { to: one }).said, laneRefuses)
    assert.deepEqual(why(lanes, {}).steps, [
      'Every listener is for old devices (192.168.1.10 port 2525), and 203.0.113.9 is in none of your local networks: it is refused before it says a word.',
      'The answer is 554 5.7.1 This port is for devices in the local networks only.',
    ])
    assert.equal(why(lanes, { client: local }).said, accepted)
  })

  test('without any nobody can connect', () => {
    for (const client of [local, stranger]) {
      const { said, steps } = why({ smtp: { listeners: [] } }, { client })
      assert.equal(said, 'refuse 421 4.3.2 No connection: no listener is set')
      assert.deepEqual(steps, [
        'No listener is set, so nobody can connect.',
        `${client} gets no answer at all.`,
      ])
    }
  })

  test('the port that the case names decides', () => {
    const both = { smtp: { listeners: [usual, lane] } }
    assert.equal(why(both, { port: 25 }).said, accepted)
    assert.equal(why(both, { port: 2525 }).said, laneRefuses)
    assert.match(
      why(both, { port: 2525 }).steps[0] ?? '',
      /^The listener at 192\.168\.1\.10 port 2525 is for old/,
    )
    assert.equal(why(both, { port: 2525, client: local }).said, accepted)
    const nowhere = why(both, { port: 587 })
    assert.equal(nowhere.said, 'refuse 421 4.3.2 No connection: no listener has this port')
    assert.deepEqual(nowhere.steps, [
      'No listener has port 587: there are 0.0.0.0 port 25 and 192.168.1.10 port 2525.',
      '203.0.113.9 gets no answer there.',
    ])
  })

  test('a log-on counts where that port offers one', () => {
    const both = { smtp: { listeners: [usual, plain] } }
    const asked = { user: 'support', to: 'a@elsewhere.org' }
    assert.match(why(both, { to: asked.to, port: 25 }).said, /^refuse 530 /)
    assert.match(why(both, { to: asked.to, port: 26 }).said, /^refuse 550 5\.7\.1 Sending .* needs a log-on/)
    assert.match(
      why(both, { ...asked, port: 25 }).steps[0] ?? '',
      /^203\.0\.113\.9 is the client; support is/,
    )
    assert.match(
      why(both, { ...asked, port: 26 }).steps[0] ?? '',
      /^Port 26 doesn't offer this client a log-on/,
    )
  })
})

describe('an address that is always blocked', () => {
  const { ids } = office().smtp
  const blocking = (change: object = {}) => ({
    smtp: { ids: { ...ids, alwaysBlock: ['203.0.113.0/24', '192.168.1.0/24'], ...change } },
  })

  test('is refused at the connection, whoever logs on and whatever it sends to', () => {
    for (const more of [
      {},
      { user: 'support' },
      { to: 'a@elsewhere.org' },
      { to: 'a b@d.example' },
      { port: 25 },
    ]) {
      const { said, steps } = why(blocking(), more)
      assert.equal(said, 'refuse 554 5.7.1 Connections from your IP address are not accepted')
      assert.match(steps.join(' '), /stands in the list of addresses that are always blocked \(IDS\/IPS\)/)
      assert.equal(steps.at(-1), 'The answer is 554 5.7.1 Connections from your IP address are not accepted.')
    }
  })

  test('but not one that is never blocked, nor while nobody is blocked', () => {
    assert.equal(why(blocking(), { client: local }).said, accepted)
    assert.equal(why(blocking({ neverBlock: [] }), { client: local }).said.slice(0, 10), 'refuse 554')
    assert.equal(why(blocking({ enabled: false }), {}).said, accepted)
  })

  test('nor is a listener that isn’t there', () => {
    assert.match(why(blocking(), { port: 587 }).said, /^refuse 421 /)
  })
})

test('whom the list doesn’t let connect gets that reply also for what is no address', () => {
  const change = { smtp: { antiRelay: 'authenticated-users', access: [] } } as const
  assert.match(why(change, { to: 'a b@d.example' }).said, /^refuse 554 5\.7\.1 Connections from your IP/)
})
