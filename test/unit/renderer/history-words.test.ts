/** History in the window's names. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeChange } from '../../../app/settings/change.ts'
import { withDefaults } from '../../../app/settings/parse.ts'
import { historyWords } from '../../../renderer/words/history-words.ts'

const office = withDefaults({})

function told(change: object): string {
  return historyWords(describeChange(office, withDefaults(change)))
}

test("a setting is told by VPOP3's name, and a choice by its own", () => {
  assert.equal(told({ smtp: { authentication: 'required' } }), 'SMTP Authentication: Allowed → Required')
  assert.equal(told({ smtp: { maxConnections: 50 } }), 'Maximum sessions: 200 → 50')
  assert.equal(told({ smtp: { maxConnections: 50, useGlobalAccess: true } }).split('; ').length, 2)
})

test('a setting that the file had not is set, and a switch is on or off', () => {
  assert.equal(
    historyWords('smtp.maxRecipients: added 200; smtp.maxConnections: removed 50'),
    'Maximum recipients per message: set to 200; Maximum sessions: no longer set, was 50',
  )
  assert.equal(historyWords('smtp.authentication: added "required"'), 'SMTP Authentication: set to Required')
  assert.equal(historyWords('smtp.enabled: true → false'), 'SMTP service: on → off')
  assert.equal(
    historyWords('users[0].enabled (support): added false'),
    'User 1, Account is in use (support): set to off',
  )
  for (const entry of ['users: added support', 'smtp.access[0]: added allow any'])
    assert.match(historyWords(entry), /: added \w/)
  assert.equal(historyWords('hostname: "true" → "false"'), 'Host name in the banner: "true" → "false"')
})

test('what it cannot read stays as it is', () => {
  for (const words of ['nothing changed', 'the order of entries', '', 'constructor: 1 → 2', 'a; b: c'])
    assert.equal(historyWords(words), words)
})
