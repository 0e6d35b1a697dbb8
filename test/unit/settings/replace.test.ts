/** A file is replaced by the very text, however long it is. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { replaceFile } from '../../../app/settings/replace.ts'
import { makeFolder } from '../../support/folder.ts'

test('a text of megabytes is written as it is, with characters of two halves at every place', async t => {
  const file = join(await makeFolder(t), 'long.json')
  // A megabyte of characters is encoded at a time: each of these has such a character over another boundary.
  for (const before of [0, 1]) {
    const text = `${'x'.repeat(before)}${'😀'.repeat(1_100_000)}ü`
    await replaceFile(file, text)
    assert.ok((await readFile(file)).equals(Buffer.from(text)))
  }
})

for (const text of ['', 'x', '\ud800', 'x'.repeat(1024 ** 2)])
  test(`a text of ${text.length} characters`, async t => {
    const file = join(await makeFolder(t), 'short.json')
    await replaceFile(file, text)
    assert.ok((await readFile(file)).equals(Buffer.from(text)))
  })
