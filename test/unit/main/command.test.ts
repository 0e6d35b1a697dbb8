/** Which arguments make the program the `postern` command, and which the app. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commandWords } from '../../../main/command-words.ts'

const packageFile = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../assets/package', name), 'utf8')

test('the mark and the two hyphens behind it make it the command, whatever follows', () => {
  const words = (...args: string[]) => commandWords(args)
  assert.deepEqual(words('--no-sandbox', '--postern-command', '--', 'queue', '--json'), ['queue', '--json'])
  assert.deepEqual(words('--postern-command', '--'), [])
  assert.deepEqual(words('--postern-command', '--', 'log', '--', '--match'), ['log', '--', '--match'])
})

test('nothing else does', () => {
  const words = (...args: string[]) => commandWords(args)
  assert.equal(words(), undefined)
  assert.equal(words('.', '--hidden'), undefined)
  assert.equal(words('--postern-command', 'queue'), undefined)
  // What is opened with the app, as in a desktop entry's %U, can't be the mark once something stands before it.
  assert.equal(words('--', '--postern-command', '--'), undefined)
})

test('the scripts of the packages say it so', () => {
  for (const name of ['postern.sh', 'postern-mac.sh', 'postern.cmd'])
    assert.match(packageFile(name), / --postern-command -- ("\$@"|%\*)$/m, name)
})
