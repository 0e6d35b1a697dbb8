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

test('what it cannot read stays as it is', () => {
  for (const words of ['nothing changed', 'the order of entries', '', 'constructor: 1 → 2', 'a; b: c'])
    assert.equal(historyWords(words), words)
})
