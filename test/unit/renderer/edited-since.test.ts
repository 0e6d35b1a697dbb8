/** What is edited while a draft is applied goes on from what came of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { draftOf, editedSince, withSetting } from '../../../renderer/state/draft.ts'
import type { SettingsDraft } from '../../../renderer/state/settings.ts'

const settings = (maxConnections: number, hostname = 'a.example') =>
  ({ hostname, smtp: { maxConnections } }) as unknown as SettingsDraft
const sent = { ...draftOf(settings(50)), passwords: { fred: 'one' }, secrets: {} }

test('nothing edited since leaves nothing', () => {
  assert.equal(editedSince(sent, sent, settings(50)), undefined)
  assert.equal(editedSince(sent, { ...sent, settings: settings(50) }, settings(50)), undefined)
})

test('later edits and passwords stay, on top of what is in force, and those applied do not', () => {
  const edited = withSetting(sent, ['smtp', 'maxConnections'], 60, false)
  const late = editedSince(
    sent,
    { ...edited, passwords: { fred: 'one', anna: 'two' } },
    settings(50, 'b.example'),
  )
  assert.deepEqual(late?.settings, settings(60, 'b.example'))
  assert.deepEqual(late?.passwords, { anna: 'two' })
})
