/** `postern explain`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision } from '../../../app/access/decision.ts'
import { run } from '../../support/command.ts'
import { MemoryControl } from '../../support/memory-control.ts'

const refused: Decision = {
  verdict: 'refuse',
  reply: { code: 550, status: '5.7.1', text: 'No relaying.\nAsk the postmaster.' },
  list: null,
  row: null,
  steps: ['The recipient is external.', 'No row \u001b[2Jmatches.'],
}
const ask = ['explain', '--client', '192.168.1.50', '--to', 'friend@elsewhere.example']

test('an accepted recipient gives 0, with verdict, reply, row and steps', async () => {
  const control = new MemoryControl()
  assert.deepEqual(await run(ask, control), {
    status: 0,
    out: [
      'accepted: 250 2.1.5 OK',
      "Decided by row 2 of the service's access list.",
      '  1. The recipient is external.',
      '  2. Row 2 allows the client.',
      '',
    ].join('\n'),
    err: '',
  })
})

test('a refused recipient gives 1', async () => {
  const control = new MemoryControl()
  control.decision = refused
  const { status, out } = await run(ask, control)
  assert.equal(status, 1)
  assert.equal(
    out,
    [
      'refused: 550 5.7.1 No relaying. Ask the postmaster.',
      'No access list decided.',
      '  1. The recipient is external.',
      '  2. No row matches.',
      '',
    ].join('\n'),
  )
  control.decision = { ...refused, list: 'global' }
  assert.match((await run(ask, control)).out, /No row of the global access list matches\./)
})

test('the JSON is exactly what is promised, whatever else a decision holds', async () => {
  const control = new MemoryControl()
  const more = { ...refused, reply: { ...refused.reply, more: 1 }, more: 2 }
  control.decision = more
  const { status, out } = await run([...ask, '--json'], control)
  assert.equal(status, 1)
  assert.equal(
    out,
    '{"verdict":"refuse","reply":{"code":550,"status":"5.7.1","text":"No relaying.\\nAsk the postmaster."},' +
      '"list":null,"row":null,"steps":["The recipient is external.","No row \\u001b[2Jmatches."]}\n',
  )
})

test('the port is handed on, and one that is none is refused', async () => {
  const control = new MemoryControl()
  await run([...ask, '--port', '2525'], control)
  assert.deepEqual(control.asked, [{ client: '192.168.1.50', port: 2525, to: 'friend@elsewhere.example' }])
  for (const wrong of ['0', '65536', 'smtp', '-1', '2.5']) {
    const { status, err } = await run([...ask, `--port=${wrong}`], control)
    assert.equal(status, 2)
    assert.match(err, /Give the number of a port, as in 25/)
  }
})

test('the case is handed on as it was given', async () => {
  const control = new MemoryControl()
  await run(ask, control)
  await run([...ask, '--user', 'support', '--from', 'a@example.com'], control)
  await run([...ask, '--from', '<>'], control)
  for (const client of ['::ffff:192.0.2.1', 'fe80::1%eth0', '2001:db8::1']) {
    await run(['explain', '--client', client, '--to', 'x@y.example'], control)
  }
  const to = 'friend@elsewhere.example'
  assert.deepEqual(control.asked, [
    { client: '192.168.1.50', to },
    { client: '192.168.1.50', to, user: 'support', from: 'a@example.com' },
    { client: '192.168.1.50', to, from: '' },
    { client: '::ffff:192.0.2.1', to: 'x@y.example' },
    { client: 'fe80::1%eth0', to: 'x@y.example' },
    { client: '2001:db8::1', to: 'x@y.example' },
  ])
})

test('an address may stand in angle brackets, and spaces around it don’t count', async () => {
  const control = new MemoryControl()
  const brackets = ['--to', ' <x@y.example> ', '--from', '<a@example.com>']
  await run(['explain', '--client', ' 192.0.2.1 ', ...brackets], control)
  assert.deepEqual(control.asked, [{ client: '192.0.2.1', to: 'x@y.example', from: 'a@example.com' }])
})

test('an empty user is wrong usage, not somebody who has no account', async () => {
  const control = new MemoryControl()
  const { status, err } = await run([...ask, '--user', ''], control)
  assert.deepEqual([status, control.asked], [2, []])
  assert.match(err, /^postern: The user is empty; give the name of an account/)
})
