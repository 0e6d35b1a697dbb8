/** What the relay says has one kind of apostrophe, whether a terminal or the window shows it. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { readSources } from '../support/source.ts'

/** Titles of others' pages, as they write them. */
const quoted = 'app/delivery/meaning/sources.ts'

test('every apostrophe of the relay is the one that a terminal shows too', () => {
  const sources = readSources(join(import.meta.dirname, '../..'), ['app'])
  assert.ok(sources.some(({ path }) => path === quoted))
  const others = sources.filter(({ path, text }) => path !== quoted && text.includes('’'))
  assert.deepEqual(
    others.map(({ path }) => path),
    [],
  )
})
