/** Problems as the window tells them: without what only the settings file has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSettings } from '../../../app/settings/parse.ts'
import { inWindowWords } from '../../../renderer/words/problem-words.ts'
import { checks } from '../settings/checks.ts'

function told(settings: object): readonly string[] {
  const parsed = parseSettings({ schema: 1, hostname: 'mail.example.com', ...settings }, checks)
  assert.ok(!parsed.ok)
  return inWindowWords(parsed.problems).map(({ text }) => text)
}

const route = (change: object) => ({ delivery: { routes: [{ to: ['*'], ...change }] } })
const login = { method: 'password', user: 'office', secret: 'provider' }
const host = 'smtp.provider.example:587'

const mistakes: readonly (readonly [string, object, RegExp])[] = [
  ['a sender without a server', route({ via: 'smart-host', hosts: [] }), /^Name at least one server/],
  ['a way that has no servers', route({ via: 'hold', hosts: [host] }), /^This method uses no servers/],
  ['a way that signs in nowhere', route({ via: 'mx', hosts: [], login }), /^This method signs in nowhere/],
  ['a port that stands elsewhere', route({ via: 'smart-host', hosts: [host], port: 25 }), /^Clear the port/],
  [
    'a password in the clear',
    route({ via: 'smart-host', hosts: [host], encryption: 'none', login }),
    /^Choose STARTTLS required or SSL/,
  ],
  ['times that cross', { delivery: { warnAfter: '6d', giveUpAfter: '5d' } }, /“Give up after”/],
  [
    'two bindings alike',
    { smtp: { listeners: [25, 25].map(port => ({ address: '0.0.0.0', port, encryption: 'none' })) } },
    /^Remove this binding or give it another port: Binding 1 has the same/,
  ],
  ['a number that is none', { smtp: { maxConnections: 'many' } }, /number/],
  ['an empty row', { smtp: { access: [{ action: 'allow', from: '' }] } }, /^Enter an address/],
  ['an empty host name', { smtp: { access: [{ action: 'allow', from: '.' }] } }, /^Enter a host name/],
]

for (const [name, settings, words] of mistakes)
  test(name, () => {
    const texts = told(settings)
    assert.match(texts.join('\n'), words)
    assert.doesNotMatch(texts.join('\n'), /"via"|"giveUpAfter"|quotes|\w\.\w+\[|listener|"tls"/)
  })
