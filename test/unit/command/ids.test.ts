/** `postern ids`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BlockFacts } from '../../../app/control/control.ts'
import { now, run } from '../../support/command.ts'
import { MemoryControl } from '../../support/memory-control.ts'

const minute = 60_000
const block: BlockFacts = {
  address: '203.0.113.7',
  since: now - 5 * minute,
  until: now + 25 * minute,
  points: 450,
  why: '9 wrong passwords',
  offences: [{ kind: 'badPassword', who: 'sup\u001b[31mport', count: 9, points: 450, first: now, last: now }],
  refused: 31,
  known: [],
}

function filled(): MemoryControl {
  const control = new MemoryControl()
  control.blocked = [block, { ...block, address: '2001:db8:1:2::/64', known: ['webmaster'] }]
  return control
}

test('list tells who is blocked, until when, after what', async () => {
  const { status, out } = await run(['ids', 'list'], filled())
  assert.equal(status, 0)
  assert.equal(
    out,
    [
      'Address            Until                After              Refused',
      '203.0.113.7        2024-05-01 12:25:00  9 wrong passwords       31',
      '2001:db8:1:2::/64  2024-05-01 12:25:00  9 wrong passwords       31',
      '',
    ].join('\n'),
  )
  assert.equal((await run(['ids'], new MemoryControl())).out, 'Nobody is blocked.\n')
  const { out: json } = await run(['ids', 'list', '--json'], filled())
  assert.deepEqual(JSON.parse(json)[0].until, block.until)
})

test('view tells what led to it, and harms no terminal', async () => {
  const { status, out } = await run(['ids', 'view', '203.0.113.7'], filled())
  assert.equal(status, 1)
  assert.match(out, /^203\.0\.113\.7: blocked since 2024-05-01 11:55:00 until 2024-05-01 12:25:00\n/)
  assert.match(
    out,
    /What led to it \(450 points\):\n.*\n2024-05-01 12:00:00 {2}Bad password {2}sup.*port +9 +450\n/,
  )
  assert.match(out, /Connections refused since: 31\n$/)
  assert.doesNotMatch(out, /\u001b/)
  const free = await run(['ids', 'view', '192.0.2.1'], filled())
  assert.deepEqual([free.status, free.out], [0, '192.0.2.1: not blocked\nIt did nothing wrong lately.\n'])
})

test('unblock takes addresses or all, and says which were not blocked', async () => {
  const control = filled()
  const one = await run(['ids', 'unblock', '203.0.113.7', '192.0.2.1'], control)
  assert.deepEqual(
    [one.status, one.out, one.err],
    [1, 'Unblocked 203.0.113.7.\n', 'postern: 192.0.2.1 is not blocked.\n'],
  )
  const all = await run(['ids', 'unblock', '--all'], control)
  assert.deepEqual([all.status, all.out], [0, 'Unblocked 2001:db8:1:2::/64.\n'])
  assert.deepEqual(control.changers, ['command line', 'command line'])
  assert.equal((await run(['ids', 'unblock'], control)).status, 2)
  assert.equal((await run(['ids', 'unblock', '--all', '192.0.2.1'], control)).status, 2)
})
