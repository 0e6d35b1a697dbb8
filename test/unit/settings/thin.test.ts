/** A draft is written without the defaults it was filled with, and means the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { firstSettings } from '../../../app/settings/defaults.ts'
import { parseSettings, withDefaults } from '../../../app/settings/parse.ts'
import { thin } from '../../../app/settings/thin.ts'
import { checks } from './checks.ts'

const raw = {
  ...firstSettings(2525),
  localDomains: ['office.example'],
  users: [
    { name: 'anna', addresses: ['anna@office.example'] },
    { name: 'bert', addresses: [] },
  ],
}
const filled = withDefaults(raw)

/** The draft as the window makes it: a copy of its own. */
function draftWith(change: (draft: Record<string, Record<string, unknown>>) => void): unknown {
  const draft = structuredClone(filled) as Record<string, Record<string, unknown>>
  change(draft)
  return draft
}

test('an unchanged draft is what is in the file', () => {
  assert.equal(thin(raw, filled, structuredClone(filled)), raw)
})

test('one change writes one change', () => {
  const draft = draftWith(settings => {
    settings['smtp'] = { ...settings['smtp'], maxRecipients: 7 }
  })
  const smtp = 'smtp' in raw ? raw.smtp : {}
  assert.deepEqual(thin(raw, filled, draft), { ...raw, smtp: { ...(smtp as object), maxRecipients: 7 } })
})

test('a value set to its default where the file has another is written', () => {
  const changed = { ...raw, smtp: { maxRecipients: 7 } }
  const base = withDefaults(changed) as { smtp: Record<string, unknown> }
  const draft = { ...base, smtp: { ...base.smtp, maxRecipients: 100 } }
  assert.deepEqual(thin(changed, base, draft), { ...raw, smtp: { maxRecipients: 100 } })
})

test('entries that moved are known again; what is taken out goes', () => {
  const users = (filled as { users: unknown[] }).users
  const draft = { ...(filled as object), users: [users[1], users[0]] }
  assert.deepEqual(thin(raw, filled, draft), { ...raw, users: [raw.users[1], raw.users[0]] })
  const fewer = { ...(filled as object), users: [users[1]] }
  assert.deepEqual(thin(raw, filled, fewer), { ...raw, users: [raw.users[1]] })
})

const rows = fc.array(
  fc.record(
    {
      action: fc.constantFrom('allow', 'block'),
      from: fc.constantFrom('any', '10.0.0.1', 'local-networks'),
      comment: fc.constantFrom('', 'a', 'b'),
      withoutAuthentication: fc.boolean(),
      enabled: fc.boolean(),
    },
    { requiredKeys: ['action', 'from'] },
  ),
  { maxLength: 6 },
)
const smtp = fc.record(
  {
    access: rows,
    maxRecipients: fc.integer({ min: 1, max: 1000 }),
    authentication: fc.constantFrom('allowed'),
  },
  { requiredKeys: [] },
)

test('whatever the file and the draft, what is written means the draft', () => {
  let sound = 0
  fc.assert(
    fc.property(smtp, smtp, (before, after) => {
      const file = { ...raw, smtp: before }
      const draft = withDefaults({ ...raw, smtp: after })
      const written = thin(file, withDefaults(file), draft)
      assert.deepEqual(withDefaults(written), draft)
      const [one, other] = [parseSettings(written, checks), parseSettings(draft, checks)]
      assert.deepEqual(one, other)
      if (one.ok) sound++
    }),
  )
  assert.ok(sound > 0)
})

test('a long list that lost its first row is thinned in one pass', { timeout: 20_000 }, () => {
  const raw = Array.from({ length: 50_000 }, (_, at) => ({ name: `${at}` }))
  const filled = raw.map(entry => ({ ...entry, comment: '' }))
  assert.deepEqual(thin(raw, filled, filled.slice(1)), raw.slice(1))
})
