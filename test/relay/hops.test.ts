/** Next hops that are down, seen from outside: the status, the queue, the doctor, the log, and trying now. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hopWords } from '../../app/control/hop-answers.ts'
import { makeFolder } from '../support/folder.ts'
import { startNextHop } from '../support/next-hop.ts'
import { officeSettings, startRelay } from '../support/relay-on-folder.ts'
import { waitFor } from '../support/wait.ts'

const MINUTE = 60_000

test('what waits for a server that doesn’t answer says so everywhere, and goes when it is tried', async t => {
  const [hop, other] = [await startNextHop(t), await startNextHop(t)]
  await hop.stop()
  const via = (to: string, port: number) => ({
    to: [to],
    via: 'smart-host',
    hosts: [`127.0.0.1:${port}`],
    encryption: 'none',
  })
  const routes = [via('y.example', hop.port), via('z.example', other.port)]
  const relay = await startRelay(t, await makeFolder(t), officeSettings({ routes, retry: ['4m'] }))
  const ids = [await relay.submit(['a@y.example']), await relay.submit(['b@y.example'])]
  await relay.event('deferred', 2)
  await relay.submit(['c@z.example'])
  assert.equal((await relay.event('delivered')).to, 'c@z.example')

  const name = `127.0.0.1:${hop.port}`
  const { hops, warnings } = await relay.control.status()
  const [facts, ...none] = hops
  assert.ok(facts && none.length === 0)
  assert.deepEqual([facts.name, facts.reason, facts.waiting], [name, 'unreachable', 2])
  assert.deepEqual(
    warnings.filter(({ kind }) => kind === 'hop-down'),
    [],
    'nobody is needed yet',
  )
  const down = await relay.event('hop-down')
  assert.deepEqual([down.hop, down.next, relay.count('hop-down')], [name, facts.next, 1])
  assert.match(
    hopWords(facts, facts.since),
    new RegExp(`^${name} does not answer since \\d\\d:\\d\\d; next try in [345] min; 2 messages wait$`),
  )
  assert.match(facts.why, /^it refused the connection: /, 'its name stands before that already')
  for (const message of await relay.control.listQueue({ hop: name })) {
    const [state] = message.states
    assert.ok(ids.includes(message.id) && state?.kind === 'waiting' && state.next === facts.next)
    assert.ok(Math.abs(state.next - Date.now() - 4 * MINUTE) < MINUTE)
  }
  const checks = await relay.control.doctor()
  assert.match(checks.find(check => check.name === 'next hop')?.text ?? '', /2 messages wait: .* refused the/)

  await hop.start()
  const before = hop.connections
  const { changed } = await relay.control.retryMessages({ ids: [], all: true, filter: { hop: name } })
  assert.deepEqual([...changed].sort(), [...ids].sort())
  await relay.event('delivered', 3)
  assert.ok(hop.connections - before <= 2)
  assert.equal((await relay.event('hop-up')).hop, name)
  await waitFor('an empty list', async () =>
    (await relay.control.status()).hops.length === 0 ? true : undefined,
  )
})

test('after a restart it is tried at once, and the others are told nothing new', async t => {
  const hop = await startNextHop(t)
  await hop.stop()
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [`127.0.0.1:${hop.port}`], encryption: 'none' }]
  const folder = await makeFolder(t)
  const relay = await startRelay(t, folder, officeSettings({ routes }))
  for (const name of ['a', 'b', 'c']) await relay.submit([`${name}@y.example`])
  await relay.event('deferred', 3)
  await relay.stop()
  const again = await startRelay(t, folder)
  await again.event('hop-down')
  await again.stop()
  assert.equal(again.count('deferred'), 1)
  await hop.start()
  const third = await startRelay(t, folder)
  await third.event('delivered', 3)
})
