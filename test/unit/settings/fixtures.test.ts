/** Every bad settings file in the fixtures gives exactly its problems, all at once. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { decodeSettings } from '../../../app/settings/file.ts'
import { parseSettingsText } from '../../../app/settings/parse.ts'
import type { Problem } from '../../../app/settings/settings.ts'
import { checks } from './checks.ts'

const folder = 'test/fixtures/settings'
const names = readdirSync(folder)
  .filter(name => name.endsWith('.json') && !name.endsWith('.problems.json'))
  .map(name => name.slice(0, -'.json'.length))

function problemsIn(name: string): readonly Problem[] {
  const found = decodeSettings(readFileSync(`${folder}/${name}.json`))
  if (found.kind !== 'text') return found.kind === 'unreadable' ? [found.problem] : []
  const parsed = parseSettingsText(found.text, checks)
  return parsed.ok ? [] : parsed.problems
}

for (const name of names) {
  test(`the problems of ${name}.json`, () => {
    const expected: unknown = JSON.parse(readFileSync(`${folder}/${name}.problems.json`, 'utf8'))
    assert.deepEqual(problemsIn(name), expected)
  })
}

test('every problem is one sentence, and none shows a stack or a word of the schema library', () => {
  for (const { text } of names.flatMap(problemsIn)) {
    assert.match(text, /^[A-Z"].*[.?]$/)
    assert.doesNotMatch(text, /\n|expected|invalid input|zod|undefined|\bat .*:\d+:\d+/i)
  }
})
