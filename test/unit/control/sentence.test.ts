/** Every failure becomes one line that isn't empty. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { sentenceOf } from '../../../app/control/sentence.ts'

test('a failure of the system says what to do', async () => {
  const missing = await readFile('/nonexistent/postern.json').catch((error: unknown) => error)
  assert.equal(sentenceOf(missing), 'There is no /nonexistent/postern.json; check the name.')
  const folder = await readFile('/').catch((error: unknown) => error)
  assert.equal(sentenceOf(folder, '/'), '/ is a folder; name a file in it.')
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  assert.equal(sentenceOf(full), 'The disk is full; make room on it.')
  assert.equal(sentenceOf(full, '/srv/x'), 'The disk that holds /srv/x is full; make room on it.')
})

test('only the first line is kept, and there is always one', () => {
  assert.equal(sentenceOf(new Error('\n  It failed.\n    at here (x.ts:1)')), 'It failed.')
  assert.equal(sentenceOf('text'), 'text')
  for (const empty of [new Error(''), new Error('\n'), '']) {
    assert.equal(sentenceOf(empty), 'Something failed without saying why.')
  }
  assert.equal(sentenceOf(undefined), 'undefined')
})
