/** The log of a message tells what happened in the order in which one thing led to the other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../../app/log/event.ts'
import { makeFolder } from '../support/folder.ts'
import { startNextHop } from '../support/next-hop.ts'
import { officeSettings, type RunningRelay, startRelay } from '../support/relay-on-folder.ts'

/** What the log has of a message, oldest first. */
async function logOf(relay: RunningRelay, id: string): Promise<readonly Event['kind'][]> {
  const events = await relay.control.readLog({ match: `"id":"${id}"` })
  return events.map(({ kind }) => kind)
}

test('a message is accepted before it is held, or delivered to a mailbox here', async t => {
  const routes = [{ to: ['*'], via: 'hold' }]
  const relay = await startRelay(t, await makeFolder(t), officeSettings({ routes }))
  const held = await relay.submit(['a@y.example'])
  const here = await relay.submit(['fred@local.example'])
  await relay.event('delivered')
  assert.deepEqual(await logOf(relay, held), ['accepted', 'held'])
  assert.deepEqual(await logOf(relay, here), ['accepted', 'delivered'])
})

test('it fails before its sender is told, and the report sets out after that', async t => {
  const refusing = await startNextHop(t, { answer: line => (line.startsWith('RCPT') ? '550 no' : undefined) })
  const routes = [
    { to: ['y.example'], via: 'smart-host', encryption: 'none', hosts: [`127.0.0.1:${refusing.port}`] },
    { to: ['*'], via: 'hold' },
  ]
  const relay = await startRelay(
    t,
    await makeFolder(t),
    officeSettings(
      { routes, copyBouncesToPostmaster: true },
      { aliases: { 'postmaster@local.example': ['fred'] } },
    ),
  )
  const id = await relay.submit(['a@y.example'], 'sender@elsewhere.example')
  const { dsn } = await relay.event('bounced')
  await relay.event('held')
  await relay.event('delivered')
  assert.deepEqual(await logOf(relay, id), ['accepted', 'failed', 'bounced'])
  assert.deepEqual(
    relay.events
      .filter(event => 'id' in event)
      .map(event => `${event.kind} ${'id' in event && event.id === id ? 'message' : 'report'}`),
    ['accepted message', 'failed message', 'bounced message', 'held report', 'delivered report'],
  )
  assert.deepEqual(await logOf(relay, dsn), ['held'])
})
