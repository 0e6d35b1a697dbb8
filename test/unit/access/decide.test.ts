import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { admit, decide, explained } from '../../../app/access/decide.ts'
import { address, brief, check, client, decided, policyOf, row } from './office.ts'

const ELSEWHERE = 'someone@elsewhere.org'

describe("the document's own scenario", () => {
  it('decides every row of the table', () => {
    check(
      policyOf(),
      `192.168.1.50 - someone@elsewhere.org -> 250 service 2
       192.168.1.1 - someone@elsewhere.org -> 550 5.7.1 service 1
       192.168.1.1 support someone@elsewhere.org -> 550 5.7.1 service 1
       192.168.1.1 - support@example.com -> 250
       203.0.113.9 - someone@elsewhere.org -> 530 5.7.0 service 3
       203.0.113.9 support someone@elsewhere.org -> 250 service 3
       203.0.113.9 webmaster someone@elsewhere.org -> 250 service 3
       203.0.113.9 fred someone@elsewhere.org -> 550 5.7.1 service 3
       203.0.113.9 - fred@example.com -> 250
       203.0.113.9 - nobody@example.com -> 550 5.1.1`,
    )
  })

  it('treats mapped addresses and zone ids as the address itself', () => {
    check(
      policyOf(),
      `::ffff:192.168.1.50 - someone@elsewhere.org -> 250 service 2
       ::ffff:192.168.1.1 - someone@elsewhere.org -> 550 5.7.1 service 1
       fe80::1%eth0 support someone@elsewhere.org -> 550 5.7.1 service 1
       fe80::7%eth0 - someone@elsewhere.org -> 250 service 2
       2001:db8::1 - someone@elsewhere.org -> 530 5.7.0 service 3
       2001:db8::1 SUPPORT someone@elsewhere.org -> 250 service 3`,
    )
  })
})

describe("VPOP3's scenarios", () => {
  it('1.5: a network with noauth, then everybody, or fred and bob', () => {
    const local = 'allow 192.168.1.0 255.255.255.0 noauth'
    check(
      policyOf({ smtp: { access: [row(local), row('allow 0.0.0.0 0.0.0.0')] } }),
      `192.168.1.50 - someone@elsewhere.org -> 250 service 1
       203.0.113.9 - someone@elsewhere.org -> 530 5.7.0 service 2
       203.0.113.9 fred someone@elsewhere.org -> 250 service 2
       2001:db8::1 fred someone@elsewhere.org -> 550 5.7.1 service -`,
    )
    check(
      policyOf({ smtp: { access: [row(local), row('allow 0.0.0.0 0.0.0.0 - fred bob')] } }),
      `192.168.1.50 - someone@elsewhere.org -> 250 service 1
       192.168.1.50 support someone@elsewhere.org -> 250 service 1
       203.0.113.9 - someone@elsewhere.org -> 530 5.7.0 service 2
       203.0.113.9 bob someone@elsewhere.org -> 250 service 2
       203.0.113.9 support someone@elsewhere.org -> 550 5.7.1 service 2
       203.0.113.9 - support@example.com -> 250`,
    )
  })

  it('1.5: without noauth all users log on', () => {
    check(
      policyOf({ smtp: { access: ['allow 192.168.1.0 255.255.255.0', 'allow 0.0.0.0 0.0.0.0'].map(row) } }),
      `192.168.1.50 - someone@elsewhere.org -> 530 5.7.0 service 1
       192.168.1.50 fred someone@elsewhere.org -> 250 service 1`,
    )
  })

  it('3 and 4: Allow local net No Auth, Allow Any - fred bob', () => {
    check(
      policyOf({ smtp: { access: ['allow 192.168.1.0/24 noauth', 'allow any - fred bob'].map(row) } }),
      `192.168.1.50 - someone@elsewhere.org -> 250 service 1
       203.0.113.9 - someone@elsewhere.org -> 530 5.7.0 service 2
       203.0.113.9 fred someone@elsewhere.org -> 250 service 2
       203.0.113.9 bob someone@elsewhere.org -> 250 service 2
       203.0.113.9 support someone@elsewhere.org -> 550 5.7.1 service 2
       2001:db8::1 bob someone@elsewhere.org -> 250 service 2`,
    )
  })
})

describe('an external recipient', () => {
  it('tries no later row, also when the user is not in the first that matches', () => {
    check(
      policyOf({ smtp: { access: ['allow 203.0.113.0/24 - support', 'allow any noauth'].map(row) } }),
      `203.0.113.9 fred someone@elsewhere.org -> 550 5.7.1 service 1
       203.0.113.9 - someone@elsewhere.org -> 530 5.7.0 service 1
       203.0.114.9 fred someone@elsewhere.org -> 250 service 2`,
    )
  })

  it('is refused where nothing matches, and by an empty list', () => {
    for (const authentication of ['disabled', 'allowed', 'required'] as const) {
      check(
        policyOf({ smtp: { authentication, access: [row('allow 10.0.0.0/8')] } }),
        `203.0.113.9 - someone@elsewhere.org -> 550 5.7.1 service -
         203.0.113.9 support someone@elsewhere.org -> 550 5.7.1 service -`,
      )
      check(
        policyOf({ smtp: { authentication, access: [] } }),
        `127.0.0.1 - someone@elsewhere.org -> 550 5.7.1 service -
         127.0.0.1 support someone@elsewhere.org -> 550 5.7.1 service -`,
      )
    }
  })

  it('needs only the address where authentication is allowed or disabled', () => {
    for (const authentication of ['disabled', 'allowed'] as const) {
      check(
        policyOf({ smtp: { authentication, access: ['allow 10.0.0.0/8', 'block any'].map(row) } }),
        `10.1.2.3 - someone@elsewhere.org -> 250 service 1
         11.1.2.3 - someone@elsewhere.org -> 550 5.7.1 service 2`,
      )
    }
  })

  it('needs one of the users named, whatever the authentication', () => {
    const access = ['allow any - fred'].map(row)
    check(
      policyOf({ smtp: { authentication: 'allowed', access } }),
      `203.0.113.9 - someone@elsewhere.org -> 530 5.7.0 service 1
       203.0.113.9 fred someone@elsewhere.org -> 250 service 1
       203.0.113.9 support someone@elsewhere.org -> 550 5.7.1 service 1`,
    )
    check(
      policyOf({ smtp: { authentication: 'disabled', access } }),
      `203.0.113.9 - someone@elsewhere.org -> 550 5.7.1 service 1
       203.0.113.9 fred someone@elsewhere.org -> 550 5.7.1 service 1`,
    )
  })

  it('finds no effect in "without authentication" on a row that names users', () => {
    for (const authentication of ['allowed', 'required'] as const) {
      check(
        policyOf({ smtp: { authentication, access: [row('allow any noauth - fred')] } }),
        `203.0.113.9 - someone@elsewhere.org -> 530 5.7.0 service 1
         203.0.113.9 fred someone@elsewhere.org -> 250 service 1`,
      )
    }
  })

  it('passes over disabled rows but counts them', () => {
    check(
      policyOf({ smtp: { access: ['off block any', 'off allow any', 'allow any noauth'].map(row) } }),
      '203.0.113.9 - someone@elsewhere.org -> 250 service 3',
    )
  })
})

describe('an internal recipient', () => {
  it('is accepted from any client, also one whom the list blocks', () => {
    for (const access of [[], ['block any'].map(row), ['allow any - fred'].map(row)]) {
      check(policyOf({ smtp: { access } }), '203.0.113.9 - fred@EXAMPLE.com -> 250')
      check(
        policyOf({ smtp: { authentication: 'disabled', access } }),
        '203.0.113.9 - fred@example.com -> 250',
      )
    }
  })

  it('needs a log-on where authentication is required for it too, unless the row waives it', () => {
    const smtp = { internalMailWithoutAuthentication: false }
    check(
      policyOf({ smtp }),
      `203.0.113.9 - fred@example.com -> 530 5.7.0 service 3
       203.0.113.9 fred fred@example.com -> 250
       192.168.1.50 - fred@example.com -> 250 service 2
       192.168.1.1 - fred@example.com -> 530 5.7.0 service 1
       192.168.1.1 support fred@example.com -> 250`,
    )
    check(policyOf({ smtp: { ...smtp, access: [] } }), '127.0.0.1 - fred@example.com -> 530 5.7.0 service -')
    for (const authentication of ['disabled', 'allowed'] as const) {
      check(policyOf({ smtp: { ...smtp, authentication } }), '203.0.113.9 - fred@example.com -> 250')
    }
  })

  it('is waived by a row as it is written: not by one that names users, also by one that blocks', () => {
    const smtp = { internalMailWithoutAuthentication: false }
    check(
      policyOf({
        smtp: { ...smtp, access: ['allow 10.0.0.0/8 noauth - fred', 'block any noauth'].map(row) },
      }),
      `10.0.0.1 - fred@example.com -> 530 5.7.0 service 1
       203.0.113.9 - fred@example.com -> 250 service 2
       203.0.113.9 - someone@elsewhere.org -> 550 5.7.1 service 2`,
    )
  })

  it('must exist before a log-on is asked for', () => {
    check(
      policyOf({ smtp: { internalMailWithoutAuthentication: false } }),
      `203.0.113.9 - nobody@example.com -> 550 5.1.1
       203.0.113.9 - a%b@example.com -> 550 5.1.3`,
    )
  })

  it('is never unpacked', () => {
    check(
      policyOf(),
      `192.168.1.50 - user%elsewhere.org@example.com -> 550 5.1.3
       192.168.1.50 - elsewhere.org!user@example.com -> 550 5.1.3
       192.168.1.50 - "user@elsewhere.org"@example.com -> 550 5.1.3
       203.0.113.9 - fred%example.com@elsewhere.org -> 530 5.7.0 service 3
       203.0.113.9 - "fred@example.com"@elsewhere.org -> 530 5.7.0 service 3`,
    )
  })
})

describe('both lists', () => {
  const both = (service: string[], global: string[], smtp = {}) =>
    policyOf({
      smtp: { useGlobalAccess: true, access: service.map(row), ...smtp },
      globalAccess: global.map(row),
    })

  it('counts the global one only where the service says so and it is not empty', () => {
    check(
      both(['allow any noauth'], ['block any'], { useGlobalAccess: false }),
      '203.0.113.9 - someone@elsewhere.org -> 250 service 1',
    )
    check(both(['allow any noauth'], []), '203.0.113.9 - someone@elsewhere.org -> 250 service 1')
    check(
      both(['allow any noauth'], ['off allow any']),
      '203.0.113.9 - someone@elsewhere.org -> 550 5.7.1 global -',
    )
  })

  it('refuses what either refuses, and names the list', () => {
    check(
      both(['block 10.0.0.1', 'allow any noauth'], ['block 10.0.0.2', 'allow 10.0.0.0/8 noauth']),
      `10.0.0.1 support someone@elsewhere.org -> 550 5.7.1 service 1
       10.0.0.2 support someone@elsewhere.org -> 550 5.7.1 global 1
       10.0.0.3 - someone@elsewhere.org -> 250 service 2
       11.0.0.1 support someone@elsewhere.org -> 550 5.7.1 global -`,
    )
    check(both([], ['allow any noauth']), '10.0.0.1 - someone@elsewhere.org -> 550 5.7.1 service -')
  })

  it('waives authentication only where both rows do', () => {
    for (const smtp of [{}, { internalMailWithoutAuthentication: false }]) {
      check(
        both(['allow 10.0.0.0/9 noauth', 'allow any'], ['allow 10.0.0.0/10 noauth', 'allow any'], smtp),
        `10.0.0.1 - someone@elsewhere.org -> 250 service 1
         10.64.0.1 - someone@elsewhere.org -> 530 5.7.0 global 2
         10.64.0.1 fred someone@elsewhere.org -> 250 service 1
         10.128.0.1 - someone@elsewhere.org -> 530 5.7.0 service 2`,
      )
    }
    check(
      both(['allow 10.0.0.0/9 noauth'], ['allow 10.0.0.0/10 noauth'], {
        internalMailWithoutAuthentication: false,
      }),
      `10.0.0.1 - fred@example.com -> 250 service 1
       10.64.0.1 - fred@example.com -> 530 5.7.0 global -
       10.128.0.1 - fred@example.com -> 530 5.7.0 service -`,
    )
  })

  it('needs a user whom both name, and asks for a log-on only if there is one', () => {
    check(
      both(['allow any - fred support'], ['allow any - support webmaster']),
      `10.0.0.1 - someone@elsewhere.org -> 530 5.7.0 service 1
       10.0.0.1 support someone@elsewhere.org -> 250 service 1
       10.0.0.1 fred someone@elsewhere.org -> 550 5.7.1 global 1
       10.0.0.1 webmaster someone@elsewhere.org -> 550 5.7.1 service 1`,
    )
    check(
      both(['allow any - fred'], ['allow any - support']),
      '10.0.0.1 - someone@elsewhere.org -> 550 5.7.1 service 1',
    )
    check(
      both(['allow any'], ['allow any noauth - support'], { authentication: 'allowed' }),
      '10.0.0.1 - someone@elsewhere.org -> 530 5.7.0 global 1',
    )
  })
})

describe('the anti-relay method authenticated-users', () => {
  const method = (access: string[], smtp = {}) =>
    policyOf({ smtp: { antiRelay: 'authenticated-users', access: access.map(row), ...smtp } })

  it('needs a user for relaying, whatever the row waives', () => {
    for (const authentication of ['allowed', 'required'] as const) {
      check(
        method(['allow 10.0.0.0/8 noauth', 'allow any - fred'], { authentication }),
        `10.0.0.1 - someone@elsewhere.org -> 530 5.7.0 service 1
         10.0.0.1 support someone@elsewhere.org -> 250 service 1
         11.0.0.1 - someone@elsewhere.org -> 530 5.7.0 service 2
         11.0.0.1 fred someone@elsewhere.org -> 250 service 2
         11.0.0.1 support someone@elsewhere.org -> 550 5.7.1 service 2
         11.0.0.1 - support@example.com -> 250`,
      )
    }
    check(
      method(['allow any noauth'], { authentication: 'disabled' }),
      `10.0.0.1 - someone@elsewhere.org -> 550 5.7.1 service 1
       10.0.0.1 support someone@elsewhere.org -> 550 5.7.1 service 1
       10.0.0.1 - support@example.com -> 250`,
    )
  })

  it('lets the list decide who may connect at all, and says so of a recipient too', () => {
    const policy = method(['block 10.0.0.1', 'allow 10.0.0.0/8'])
    assert.equal(brief(admit(policy, client('10.0.0.1'))), '554 5.7.1 service 1')
    assert.equal(brief(admit(policy, client('11.0.0.1'))), '554 5.7.1 service -')
    assert.equal(admit(policy, client('10.0.0.2')).verdict, 'accept')
    check(
      policy,
      `10.0.0.1 support someone@elsewhere.org -> 554 5.7.1 service 1
       10.0.0.1 - support@example.com -> 554 5.7.1 service 1
       11.0.0.1 - nobody@example.com -> 554 5.7.1 service -`,
    )
  })

  it('lets both lists decide who may connect', () => {
    const policy = policyOf({
      smtp: { antiRelay: 'authenticated-users', useGlobalAccess: true, access: [row('allow any')] },
      globalAccess: [row('allow 10.0.0.0/8')],
    })
    assert.equal(brief(admit(policy, client('11.0.0.1'))), '554 5.7.1 global -')
    assert.equal(admit(policy, client('10.0.0.1')).verdict, 'accept')
  })
})

it('lets everybody connect where the client address is checked', () => {
  for (const access of [[], [row('block any')]]) {
    assert.equal(admit(policyOf({ smtp: { access } }), client('203.0.113.9')).verdict, 'accept')
  }
})

describe('the replies', () => {
  it('name logging on only where it helps', () => {
    const decisions = [
      decided(policyOf({ smtp: { access: [] } }), '203.0.113.9', undefined, ELSEWHERE),
      decided(policyOf(), '192.168.1.1', undefined, ELSEWHERE),
      decided(policyOf(), '203.0.113.9', 'fred', ELSEWHERE),
      decided(policyOf({ smtp: { authentication: 'disabled' } }), '203.0.113.9', undefined, ELSEWHERE),
      admit(policyOf({ smtp: { antiRelay: 'authenticated-users', access: [] } }), client('203.0.113.9')),
    ]
    for (const { reply } of decisions) assert.doesNotMatch(reply.text, /log|auth|password/i)
    assert.match(decided(policyOf(), '203.0.113.9', undefined, ELSEWHERE).reply.text, /^Log on first/)
    assert.match(decided(policyOf(), '203.0.113.9', 'fred', ELSEWHERE).reply.text, /account/)
  })

  it('are 250 2.1.5 where it is accepted', () => {
    for (const to of [ELSEWHERE, 'fred@example.com']) {
      const { reply, verdict } = decided(policyOf(), '192.168.1.50', undefined, to)
      assert.deepEqual([verdict, reply.code, reply.status], ['accept', 250, '2.1.5'])
    }
  })
})

describe('the decision as a value', () => {
  it('carries its steps into JSON and into copies', () => {
    const decision = decide(policyOf(), client('203.0.113.9'), undefined, address(ELSEWHERE))
    const copy = structuredClone(explained(decision))
    assert.deepEqual(copy, JSON.parse(JSON.stringify(decision)))
    assert.deepEqual(Object.keys(copy), ['verdict', 'reply', 'list', 'row', 'steps'])
    assert.equal(copy.steps.length, decision.steps.length)
    assert.ok(copy.steps.length > 4)
    assert.equal(decision.steps, decision.steps)
  })
})
