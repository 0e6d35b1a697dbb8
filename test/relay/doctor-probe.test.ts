/** What the doctor does on a running relay, and accounts that the access lists still need. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startRelay } from '../support/relay.ts'

test('the doctor speaks TLS with a listener that begins with it', async t => {
  const { control, events, endpoint, waitForSessions } = await startRelay(t)
  const checks = await control.doctor()
  const port = endpoint('tls').port
  assert.deepEqual(
    checks.filter(({ name }) => name === `port ${port}`).map(({ state }) => state),
    ['ok'],
  )
  await waitForSessions(0)
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'tls-failed'),
    [],
  )
})

test('an account that a row names is not removed', async t => {
  const row = { action: 'allow', from: '192.0.2.1', users: ['fred'] }
  const { control } = await startRelay(t, { globalAccess: [row] })
  const refused = async (name: string) => {
    const applied = await control.removeUser(name, 'command line')
    return applied.ok ? [] : applied.problems
  }
  assert.deepEqual(await refused('Support'), [
    {
      path: 'smtp.access[2].users',
      text: 'Take "Support" out of the users of this row first: whoever got the name "Support" next could relay by it.',
    },
  ])
  assert.deepEqual(await refused('fred'), [
    {
      path: 'globalAccess[0].users',
      text: 'Remove this row first: whoever got the name "fred" next could relay by it.',
    },
  ])
  assert.equal((await control.listUsers()).length, 3)
  await control.setSettings('globalAccess', [], 'command line')
  assert.deepEqual(await refused('fred'), [])
})
