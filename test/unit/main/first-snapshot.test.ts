/** The first snapshot: given once, and what is told before the page has it comes after it, in its order. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FirstSnapshot } from '../../../main/first-snapshot.ts'

/** What was put off has been done: it is put off a few steps later than now. */
async function turn(): Promise<void> {
  for (let times = 0; times < 2; times++) await new Promise<void>(resolve => setTimeout(resolve))
}

test('it is given once; who asks again asks anew', async () => {
  const first = new FirstSnapshot<string, string>(Promise.resolve('snapshot'))
  assert.equal(await first.take(), 'snapshot')
  assert.equal(first.take(), undefined)
})

test('what is told before the page has it waits, and comes after it in its order', async () => {
  let answer = (_snapshot: string) => {}
  const asked = new Promise<string>(resolve => {
    answer = resolve
  })
  const first = new FirstSnapshot<string, string>(asked)
  const seen: string[] = []
  first.tell(['before anybody listens'])
  first.listen(told => seen.push(told))
  const taken = first.take()?.then(async snapshot => {
    // As the page does, which takes it in a few steps later.
    for (let step = 0; step < 20; step++) await Promise.resolve()
    seen.push(snapshot)
  })
  first.tell(['while it is under way'])
  await turn()
  assert.deepEqual(seen, [])
  answer('snapshot')
  await taken
  first.tell(['with it'])
  await turn()
  first.tell(['later'])
  assert.deepEqual(seen, ['snapshot', 'before anybody listens', 'while it is under way', 'with it', 'later'])
})

test('one that could not be had says so to who takes it, and holds nothing back', async () => {
  const first = new FirstSnapshot<string, string>(Promise.reject(new Error('no relay')))
  const seen: string[] = []
  first.listen(told => seen.push(told))
  await assert.rejects(async () => first.take(), /no relay/)
  first.tell(['told'])
  await turn()
  assert.deepEqual(seen, ['told'])
})

test('who ended listening is told nothing more', async () => {
  const first = new FirstSnapshot<string, string>(Promise.resolve('snapshot'))
  const seen: string[] = []
  const end = first.listen(told => seen.push(told))
  await first.take()
  await turn()
  first.tell(['one'])
  end()
  first.tell(['two'])
  assert.deepEqual(seen, ['one'])
})
