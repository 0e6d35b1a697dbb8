/** The table of replies: each entry has a real reply that it alone wins, and bounds that hold against any reply. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { failureOf, unsent } from '../../../../app/delivery/failure.ts'
import { meaningOf } from '../../../../app/delivery/meaning/meaning.ts'
import { matches, readingOf } from '../../../../app/delivery/meaning/reading.ts'
import { sources } from '../../../../app/delivery/meaning/sources.ts'
import { own, said, tables } from '../../../../app/delivery/meaning/table.ts'
import { parseReply, type Reply, reply } from '../../../../app/mail/reply.ts'
import { SIGN_IN_REASONS } from '../../../../app/mail/sign-in-reason.ts'
import { ownSamples, saidSamples, signInSamples } from './samples.ts'

function parsed(raw: string): Reply {
  const found = parseReply(raw)
  assert.ok(found, raw)
  return found
}

function nameOf(raw: string): string | undefined {
  return meaningOf(parsed(raw))?.name
}

describe('each entry', () => {
  test('wins the replies that it is for, and no other entry beside it matches them', () => {
    const wrong: string[] = []
    for (const [name, raws] of Object.entries({ ...ownSamples, ...saidSamples }))
      for (const raw of raws) {
        if (nameOf(raw) !== name) wrong.push(`${raw.slice(0, 90)} is ${nameOf(raw)}, not ${name}`)
        const table = [own, ...said].find(some => some.some(entry => entry.name === name)) ?? []
        const rivals = table.filter(entry => entry.name !== name && matches(entry, readingOf(parsed(raw))))
        // What many servers say in part is told apart by the order.
        if (table !== said.at(-1) && table !== said.at(3) && table !== said.at(4))
          for (const rival of rivals)
            wrong.push(`${raw.slice(0, 90)} matches ${rival.name} too, not only ${name}`)
      }
    assert.deepEqual(wrong, [])
  })

  test('about a sign-in is found by its kind, whatever the words, and by nothing else', () => {
    const samples = Object.entries(signInSamples)
    assert.equal(samples.length, SIGN_IN_REASONS.length)
    for (const [name, said] of samples) {
      assert.equal(meaningOf(said)?.name, name)
      for (const [other, { text }] of samples) {
        assert.equal(meaningOf({ ...said, text })?.name, name, `${name} with the words of ${other}`)
        const { signIn: _, ...plain } = said
        assert.ok(!meaningOf({ ...plain, text })?.name.startsWith('own-sign-in'), text)
      }
      const quoting = { ...said, text: "x didn't let us log on (535 5.7.8 no), or the disk is full: ENOSPC" }
      assert.equal(meaningOf(quoting)?.name, name)
    }
    const first = samples.map(([, said]) => meaningOf(said)?.mends[0]?.kind)
    assert.deepEqual(first, [
      'sign-in-now',
      'sign-in-again',
      'sign-in-again',
      'sign-in-settings',
      'sign-in-again',
      'wait',
      'wait',
      'doctor',
    ])
  })

  test('has a reply that it is for', () => {
    const known = new Set([ownSamples, saidSamples, signInSamples].flatMap(some => Object.keys(some)))
    assert.deepEqual(
      [own, ...said].flat().filter(({ name }) => !known.has(name)),
      [],
    )
  })

  test('of the registry is found by its status, and of the codes by its code', () => {
    for (const { name, status: [status = ''] = [], codes: [code = 0] = [] } of tables.slice(-2).flat()) {
      const raw = status === '' ? `${code} xyz` : `550 5.${status.slice(2).replace('*', '99')} xyz`
      if (name === 'code-never') assert.equal(nameOf('599 xyz'), name)
      else if (name === 'code-later') assert.equal(nameOf('499 xyz'), name)
      else assert.equal(nameOf(raw), name, raw)
    }
  })

  test('has a name of its own, sentences, and a source with an address', () => {
    const all = tables.flat()
    assert.ok(all.length > 250, `${all.length}`)
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length)
    for (const { name, means, cause, todo, mends, source } of all) {
      assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/)
      for (const sentence of [means, cause, todo]) {
        assert.match(sentence, /^[A-Z]/, name)
        assert.match(sentence, /\.\)?$/, name)
        assert.ok(sentence.length < 200, `${name}: ${sentence.length}`)
      }
      assert.ok(!/\. [A-Z]/.test(means), `${name} means one sentence`)
      assert.equal(new Set(mends).size, mends.length, name)
      assert.ok(sources[source], name)
    }
    for (const { name, address } of Object.values(sources)) {
      assert.ok(name.length > 8, name)
      assert.equal(new URL(address).protocol, 'https:', address)
    }
    const used = new Set(all.map(({ source }) => source))
    assert.deepEqual(
      Object.keys(sources).filter(source => !used.has(source as keyof typeof sources)),
      [],
      'sources nobody names',
    )
  })

  test('says its patterns in the form replies are looked at', () => {
    for (const { name, says = [] } of tables.flat())
      for (const part of says.flat()) {
        assert.equal(part, part.toLowerCase(), name)
        assert.ok(part.length >= 3, name)
        assert.ok(!/ {2}|[\u2018\u2019\n]/.test(part), name)
      }
  })
})

describe('our own words', () => {
  const hop = {
    host: 'smtp.provider.example',
    port: 587,
    login: { user: 'office', password: '', plaintext: false },
  }
  const meant = (error: Parameters<typeof failureOf>[0], phase: 'opening' | 'sending' = 'opening') =>
    meaningOf(failureOf(error, hop, phase).reply)?.name

  test('mean what the next hop said inside of them', () => {
    const said = (response: string) => meant({ message: '', code: 'EAUTH', response })
    assert.equal(
      said('550 5.7.30 Basic authentication is not supported for Client Submission.'),
      'microsoft-basic-auth-retired',
    )
    assert.equal(
      said('535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.'),
      'microsoft-smtp-auth-off-tenant',
    )
    assert.equal(
      said('535-5.7.8 Username and Password not accepted.\r\n535 5.7.8 - gsmtp'),
      'google-credentials',
    )
    assert.equal(
      said('454 4.7.0 Too many login attempts, please try again later. - gsmtp'),
      'google-too-many-log-ons',
    )
    assert.equal(said('535 5.7.8 Error: authentication failed:'), 'log-on-refused')
    assert.equal(said('535 5.7.8 nope'), 'own-log-on-refused')
  })

  test('mean the trouble on the way where nobody said anything', () => {
    assert.equal(meant({ message: 'x', code: 'ECONNREFUSED' }), 'own-connection-refused')
    assert.equal(meant({ message: 'x', code: 'ETIMEDOUT' }), 'own-no-answer')
    assert.equal(meant({ message: 'x', code: 'ENOTFOUND' }), 'own-name-unknown')
    assert.equal(meant({ message: 'x', code: 'EHOSTUNREACH' }), 'own-unreachable')
    assert.equal(meant({ message: 'self-signed certificate', code: 'ETLS' }), 'own-tls-unsafe')
    assert.equal(meant({ message: 'x', code: 'ECONNRESET' }, 'sending'), 'own-broke-off')
    assert.equal(meaningOf(unsent('a:25').reply)?.name, 'own-connection-closed')
    assert.equal(
      meant({ message: 'x', code: 'ECONNECTION', response: '554 5.7.1 blocked using zen.spamhaus.org' }),
      'list-spamhaus',
    )
  })
})

describe('the meaning', () => {
  test('is none of a reply that refuses nothing', () => {
    assert.equal(meaningOf(reply(250, '2.0.0', 'OK')), undefined)
    assert.equal(meaningOf(reply(354, '', 'go on')), undefined)
  })

  test('looks at the stage where it is known', () => {
    const later = reply(535, '5.0.0', 'authentication failed')
    assert.equal(meaningOf(later, { stage: 'log-on' })?.name, 'log-on-refused')
    assert.notEqual(meaningOf(later, { stage: 'message' })?.name, 'log-on-refused')
  })

  test('has a text to copy that quotes the answer and names both servers', () => {
    const blocked = parsed('550 5.7.708 Access denied,\r\n550 5.7.708 traffic not accepted from this IP')
    const mend = meaningOf(blocked, {
      via: 'smtp.office365.com:587',
      hostname: 'mail.example.com',
      from: 'fred@example.com',
      to: 'jo@partner.example',
    })?.mends[0]
    assert.ok(mend?.kind === 'tell-provider')
    assert.match(mend.text, /^Its answer: 550 5\.7\.708 Access denied, .*this IP$/m)
    for (const part of [
      'smtp.office365.com:587',
      'mail.example.com',
      'fred@example.com',
      'jo@partner.example',
    ])
      assert.ok(mend.text.includes(part), part)
  })

  const anyReply = fc.record({
    code: fc.integer({ min: 100, max: 999 }),
    status: fc.oneof(fc.constant(''), fc.string(), fc.constantFrom('5.7.1', '4.2.2', '5.7.999', '9.9.9')),
    text: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc
        .array(
          fc.constantFrom(...Object.values(saidSamples).flat(), '\u0000', '\r\n', '(535 ', ' answered 5'),
          {
            maxLength: 6,
          },
        )
        .map(parts => parts.join('')),
    ),
  })

  test('is one of the table, the same each time, for any reply', () => {
    const names = new Set([...tables.flat().map(({ name }) => name), 'unknown'])
    fc.assert(
      fc.property(anyReply, any => {
        const found = meaningOf(any, { via: any.text, to: any.text })
        assert.equal(found === undefined, any.code < 400)
        assert.deepEqual(meaningOf(any, { via: any.text, to: any.text }), found)
        if (!found) return
        assert.ok(names.has(found.name))
        for (const mend of found.mends)
          if ('text' in mend) {
            assert.ok(Buffer.byteLength(mend.text) < 3000)
            assert.ok(!/(?!\n)\p{Cc}/u.test(mend.text))
          }
      }),
      { numRuns: 500 },
    )
  })

  test('takes no longer for replies made to be slow', () => {
    const bombs = [
      'a'.repeat(20_000_000),
      '('.repeat(20_000_000),
      `${' '.repeat(20_000_000)}x`,
      "didn't let log on (535 ".repeat(500_000),
      '550 5.7.1 '.repeat(2_000_000),
      '\u0000\u001b\u2028'.repeat(3_000_000),
      'blocked using '.repeat(1_000_000),
    ]
    for (const text of bombs) {
      const start = process.hrtime.bigint()
      meaningOf({ code: 550, status: '5.7.1'.padEnd(20_000, '1'), text }, { via: text, to: text })
      const took = Number(process.hrtime.bigint() - start) / 1e6
      assert.ok(took < 4000, `${text.slice(0, 20)}: ${took} ms`)
    }
  })
})
