import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDirectory } from '../../../app/access/directory.ts'
import type { Address } from '../../../app/mail/address.ts'
import { address, type Change, office, user } from './office.ts'

/** Where mail for an address goes: `address>mailbox`, `address`, or the kind of the answer. */
function goesTo(change: Change, to: string | Address, literals: string[] = []): string {
  const directory = createDirectory(office(change), new Set(literals))
  const asked = typeof to === 'string' && to !== 'postmaster' ? address(to) : to
  const resolution = directory.resolve(
    asked === 'postmaster' || typeof asked !== 'string' ? asked : address(asked),
  )
  if (resolution.kind !== 'internal') return resolution.kind
  return resolution.recipients
    .map(({ address, mailbox }) => (mailbox === undefined ? address : `${address}>${mailbox}`))
    .join(' ')
}

describe('local domains', () => {
  it('make a recipient internal, without case', () => {
    assert.equal(goesTo({}, 'fred@EXAMPLE.com'), 'fred@example.com>fred')
    assert.equal(goesTo({ localDomains: ['EXAMPLE.com.'] }, 'fred@example.com'), 'fred@example.com>fred')
    for (const to of ['fred@elsewhere.org', 'fred@mail.example.com', 'fred@notexample.com', 'fred@com']) {
      assert.equal(goesTo({}, to), 'external')
    }
    assert.equal(goesTo({ localDomains: [] }, 'fred@example.com'), 'external')
  })

  it('may be written with *. for all domains below', () => {
    const change: Change = {
      localDomains: ['*.example.net', 'example.com'],
      users: [user('fred', { addresses: ['fred@a.example.net', 'fred@example.com'] }), user('support')],
      catchAll: { '*.example.net': 'support' },
    }
    assert.equal(goesTo(change, 'fred@a.example.net'), 'fred@a.example.net>fred')
    assert.equal(goesTo(change, 'x@a.b.example.net'), 'x@a.b.example.net>support')
    assert.equal(goesTo(change, 'fred@example.net'), 'external')
    assert.equal(goesTo(change, 'fred@badexample.net'), 'external')
    assert.equal(
      goesTo({ ...change, aliases: { 'postmaster@example.com': ['fred'] } }, 'postmaster'),
      'postmaster@example.com>fred',
    )
  })
})

describe('address literals', () => {
  const literals = ['[192.0.2.1]', '[IPv6:2001:db8::1]']

  it('are external unless they name this server', () => {
    assert.equal(goesTo({}, 'fred@[192.0.2.1]'), 'external')
    assert.equal(goesTo({}, 'fred@[192.0.2.2]', literals), 'external')
    assert.equal(goesTo({ localDomains: ['*.2.1]', '*.0.2.1]'] }, 'fred@[192.0.2.1]'), 'external')
  })

  it('are as the first local domain where they do', () => {
    assert.equal(goesTo({}, 'Fred@[192.0.2.1]', literals), 'Fred@[192.0.2.1]>fred')
    assert.equal(goesTo({}, 'nobody@[192.0.2.1]', literals), 'unknown')
    assert.equal(goesTo({}, 'a%b@[192.0.2.1]', literals), 'malformed')
    assert.equal(goesTo({ localDomains: [] }, 'fred@[192.0.2.1]', literals), 'unknown')
    const catchAll = { 'example.com': 'support' }
    assert.equal(goesTo({ catchAll }, 'x@[192.0.2.1]', literals), 'x@[192.0.2.1]>support')
  })
})

describe('a mailbox', () => {
  it('is found without case, by each of its addresses', () => {
    const users = [user('support', { addresses: ['Support@example.com', 'help@example.com'] })]
    assert.equal(goesTo({ users }, 'sUPPORT@example.com'), 'sUPPORT@example.com>support')
    assert.equal(goesTo({ users }, 'help@example.com'), 'help@example.com>support')
    assert.equal(goesTo({ users }, 'helper@example.com'), 'unknown')
  })

  it('beats an alias, which beats a catch-all', () => {
    const change: Change = {
      aliases: { 'fred@example.com': ['webmaster'], 'info@example.com': ['webmaster'] },
      catchAll: { 'example.com': 'support' },
    }
    assert.equal(goesTo(change, 'fred@example.com'), 'fred@example.com>fred')
    assert.equal(goesTo(change, 'info@example.com'), 'info@example.com>webmaster')
    assert.equal(goesTo(change, 'other@example.com'), 'other@example.com>support')
  })

  it('of a disabled account is as if it were not there', () => {
    const users = [user('fred', { enabled: false }), user('support')]
    assert.equal(goesTo({ users }, 'fred@example.com'), 'unknown')
    assert.equal(goesTo({ users, aliases: { 'info@example.com': ['fred'] } }, 'info@example.com'), 'unknown')
    assert.equal(
      goesTo({ users, aliases: { 'info@example.com': ['fred', 'support'] } }, 'info@example.com'),
      'info@example.com>support',
    )
    assert.equal(
      goesTo({ users, aliases: { 'fred@example.com': ['support'] } }, 'fred@example.com'),
      'fred@example.com>support',
    )
    assert.equal(
      goesTo({ users, catchAll: { 'example.com': 'support' } }, 'fred@example.com'),
      'fred@example.com>support',
    )
    assert.equal(goesTo({ users, catchAll: { 'example.com': 'fred' } }, 'x@example.com'), 'unknown')
  })
})

describe('an alias', () => {
  it('leads to accounts and addresses, here and elsewhere, each once', () => {
    const aliases = {
      'info@example.com': ['support', 'boss@elsewhere.example', 'all@example.com', 'SUPPORT'],
      'all@example.com': [
        'fred@example.com',
        'support@example.com',
        'boss@elsewhere.example',
        'info@example.com',
      ],
    }
    assert.equal(
      goesTo({ aliases }, 'INFO@example.com'),
      'INFO@example.com>support boss@elsewhere.example fred@example.com>fred',
    )
  })

  it('ends where it leads in a circle or nowhere', () => {
    const aliases = { 'a@example.com': ['b@example.com'], 'b@example.com': ['a@example.com'] }
    assert.equal(goesTo({ aliases }, 'a@example.com'), 'unknown')
    assert.equal(goesTo({ aliases: { 'a@example.com': ['a@example.com'] } }, 'a@example.com'), 'unknown')
    assert.equal(goesTo({ aliases: { 'a@example.com': ['gone@example.com'] } }, 'a@example.com'), 'unknown')
    assert.equal(goesTo({ aliases: { 'a@example.com': ['x%y@example.com'] } }, 'a@example.com'), 'unknown')
    const catchAll = { 'example.com': 'support' }
    assert.equal(
      goesTo({ aliases: { 'a@example.com': ['x%y@example.com'] }, catchAll }, 'a@example.com'),
      'unknown',
    )
  })

  it('may be long, and many may stand behind one another', () => {
    const count = 20_000
    const chain = Array.from({ length: count }, (_, i) => [`a${i}@example.com`, [`a${i + 1}@example.com`]])
    const aliases = { ...Object.fromEntries(chain), [`a${count}@example.com`]: ['fred'] }
    assert.equal(goesTo({ aliases }, 'a0@example.com'), `a${count}@example.com>fred`)
    const wide = { 'all@example.com': Array.from({ length: 200_000 }, (_, i) => `u${i}@elsewhere.org`) }
    assert.equal(goesTo({ aliases: wide }, 'all@example.com').split(' ').length, 200_000)
  })
})

describe('a forward', () => {
  const forwarding = (forwardTo: string[], keepCopy: boolean): Change => ({
    users: [user('fred', { forwardTo, keepCopy }), user('support')],
  })

  it('leads elsewhere or to other mailboxes, with a copy or without', () => {
    const to = ['boss@elsewhere.example', 'support@example.com']
    assert.equal(
      goesTo(forwarding(to, false), 'fred@example.com'),
      'boss@elsewhere.example support@example.com>support',
    )
    assert.equal(
      goesTo(forwarding(to, true), 'fred@example.com'),
      'fred@example.com>fred boss@elsewhere.example support@example.com>support',
    )
  })

  it('that is empty leaves the mail in the mailbox, whatever keepCopy says', () => {
    assert.equal(goesTo(forwarding([], false), 'fred@example.com'), 'fred@example.com>fred')
    const aliases = { 'a@example.com': ['support', 'fred'] }
    assert.equal(
      goesTo({ ...forwarding([], false), aliases }, 'a@example.com'),
      'a@example.com>support a@example.com>fred',
    )
  })

  it('that leads in a circle or nowhere leaves the mail where it came in', () => {
    assert.equal(goesTo(forwarding(['fred@example.com'], false), 'fred@example.com'), 'fred@example.com>fred')
    assert.equal(goesTo(forwarding(['gone@example.com'], false), 'fred@example.com'), 'fred@example.com>fred')
    const users = [
      user('fred', { forwardTo: ['support@example.com'], keepCopy: false }),
      user('support', { forwardTo: ['fred@example.com'], keepCopy: false }),
    ]
    assert.equal(goesTo({ users }, 'fred@example.com'), 'fred@example.com>fred')
    assert.equal(goesTo({ users }, 'support@example.com'), 'support@example.com>support')
  })
})

describe('a local part with %, ! or @', () => {
  const catchAll = { 'example.com': 'support' }

  it('is malformed unless that very mailbox or alias exists; a catch-all is none', () => {
    for (const localPart of ['user%other.org', 'other.org!user', 'user@other.org', '%', '!', '@']) {
      assert.equal(goesTo({ catchAll }, { localPart, domain: 'example.com' }), 'malformed')
      assert.equal(goesTo({}, { localPart, domain: 'elsewhere.org' }), 'external')
    }
    const users = [
      user('odd', { addresses: ['a!b@example.com', '"fred@home"@example.com'] }),
      user('support'),
    ]
    assert.equal(goesTo({ users, catchAll }, 'A!b@example.com'), 'A!b@example.com>odd')
    assert.equal(goesTo({ users, catchAll }, '"fred@home"@example.com'), '"fred@home"@example.com>odd')
    assert.equal(goesTo({ users, catchAll }, 'a!c@example.com'), 'malformed')
    assert.equal(
      goesTo({ aliases: { 'x%y@example.com': ['fred'] } }, 'x%y@example.com'),
      'x%y@example.com>fred',
    )
  })
})

describe('a catch-all', () => {
  it('takes what nothing else takes in its own domain', () => {
    const change: Change = {
      localDomains: ['example.com', 'example.net'],
      catchAll: { 'EXAMPLE.net': 'support' },
    }
    assert.equal(goesTo(change, 'x@example.net'), 'x@example.net>support')
    assert.equal(goesTo(change, 'x@example.com'), 'unknown')
    assert.equal(
      goesTo({ catchAll: { 'example.com': 'boss@elsewhere.org' } }, 'x@example.com'),
      'boss@elsewhere.org',
    )
    assert.equal(
      goesTo({ catchAll: { 'example.com': 'fred@example.com' } }, 'x@example.com'),
      'fred@example.com>fred',
    )
    assert.equal(goesTo({ catchAll: { 'example.com': 'gone@example.com' } }, 'x@example.com'), 'unknown')
  })
})

describe('postmaster without a domain', () => {
  it("is the first local domain's, and unknown without one", () => {
    const aliases = { 'postmaster@example.com': ['fred'] }
    assert.equal(goesTo({ aliases }, 'postmaster'), 'postmaster@example.com>fred')
    assert.equal(goesTo({ aliases, localDomains: ['example.net', 'example.com'] }, 'postmaster'), 'unknown')
    assert.equal(goesTo({}, 'postmaster'), 'unknown')
    assert.equal(goesTo({ localDomains: [] }, 'postmaster'), 'unknown')
    assert.equal(goesTo({ localDomains: ['*.example.com'] }, 'postmaster'), 'unknown')
  })
})
