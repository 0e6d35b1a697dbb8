/** Addresses on the command line: what is none is wrong usage, and nobody is asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../../support/command.ts'
import { MemoryControl } from '../../support/memory-control.ts'

const ask = ['explain', '--client', '192.0.2.1']
const wrong: readonly (readonly string[])[] = [
  [...ask, '--to', ''],
  [...ask, '--to', 'a@b.example', '--from', 'a b'],
  ['send-test', '--to', 'bad'],
  ['send-test', '--to', ''],
]

for (const words of wrong) {
  test(`${words.join(' ')} is wrong usage`, async () => {
    const control = new MemoryControl()
    const { status, out, err } = await run(words, control)
    assert.deepEqual([status, out], [2, ''])
    assert.match(err, /^postern: --(to|from) ".*" is not a mail address \(.+\); give one like .*\.\n$/)
    assert.equal(control.asked.length, 0)
  })
}

test('the postmaster and the empty reverse-path are addresses', async () => {
  const control = new MemoryControl()
  assert.equal((await run([...ask, '--to', 'Postmaster', '--from', '<>'], control)).status, 0)
})
