/** Direct delivery through a whole relay: each domain's mail to its own exchangers, by the DNS of the settings. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { writePolicies } from '../../app/delivery/sts-file.ts'
import { startDns } from '../support/dns-server.ts'
import { makeFolder } from '../support/folder.ts'
import { startNextHop } from '../support/next-hop.ts'
import { officeSettings, startRelay } from '../support/relay-on-folder.ts'

test('two domains in one message go their own ways, what is no domain comes back, and nothing is sent twice', async t => {
  const hop = await startNextHop(t)
  const zone = {
    'x.example': { MX: ['10 mx.x.example'] },
    'mx.x.example': { A: ['127.0.0.1'] },
    'y.example': { A: ['127.0.0.1'] },
    'null.example': { MX: ['0 .'] },
  }
  const dns = await startDns(t, zone)
  const delivery = {
    dnsServers: [dns.address],
    routes: [{ to: ['x.example', 'y.example', '*'], via: 'mx', port: hop.port, encryption: 'none' }],
    retry: ['1h'],
  }
  const relay = await startRelay(t, await makeFolder(t), officeSettings(delivery))
  const id = await relay.submit([
    'a@x.example',
    'b@x.example',
    'c@y.example',
    'd@gone.example',
    'e@null.example',
  ])
  await relay.event('delivered', 3)
  await relay.event('failed', 2)
  assert.deepEqual(hop.taken.map(({ to }) => to.join()).sort(), [
    '<a@x.example>,<b@x.example>',
    '<c@y.example>',
  ])
  const failed = relay.events.filter(event => event.kind === 'failed')
  assert.deepEqual(failed.map(({ to, reply }) => `${to} ${reply.code} ${reply.status}`).sort(), [
    'd@gone.example 550 5.1.2',
    'e@null.example 556 5.1.10',
  ])
  // Each failure is told by itself: they were found out one after the other.
  await relay.event('delivered', 5)
  const reports = await relay.mailbox()
  assert.match(reports.join(), /there is no domain gone\.example/)
  assert.match(reports.join(), /takes no mail: its DNS says so/)
  assert.equal(await relay.control.showMessage(id), undefined)
})

test('a DNS that fails lets mail wait, and what goes round or into the office comes back', async t => {
  const hop = await startNextHop(t)
  const zone = {
    'x.example': 'SERVFAIL',
    'evil.example': { A: ['127.0.0.1'] },
    'round.example': { MX: ['10 postern.example', '20 mx.round.example'] },
    'postern.example': { A: ['192.0.2.1'] },
    'mx.round.example': { A: ['192.0.2.2'] },
  } as const
  const dns = await startDns(t, zone)
  const delivery = {
    dnsServers: [dns.address],
    routes: [{ to: ['x.example', '*'], via: 'mx', port: hop.port, encryption: 'none' }],
    retry: ['1h'],
  }
  const relay = await startRelay(t, await makeFolder(t), officeSettings(delivery))
  const id = await relay.submit(['a@x.example', 'b@evil.example', 'c@round.example'])
  const deferred = await relay.event('deferred')
  assert.equal(`${deferred.to} ${deferred.reply.code} ${deferred.reply.status}`, 'a@x.example 451 4.4.3')
  await relay.event('failed', 2)
  const failed = relay.events.filter(event => event.kind === 'failed')
  assert.deepEqual(failed.map(({ to, reply }) => `${to} ${reply.code} ${reply.status}`).sort(), [
    'b@evil.example 550 5.4.4',
    'c@round.example 554 5.4.6',
  ])
  await relay.event('delivered', 2)
  const reports = (await relay.mailbox()).join()
  assert.match(reports, /127\.0\.0\.1, which is inside a private network/)
  assert.match(reports, /is this server itself, and there is no better one/)
  assert.equal(hop.connections, 0)
  await dns.setZone({ ...zone, 'x.example': { A: ['127.0.0.1'] } })
  await relay.control.retryMessages({ ids: [id] })
  await relay.event('delivered', 3)
  assert.deepEqual(
    hop.taken.map(({ to }) => to.join()),
    ['<a@x.example>'],
  )
})

test('a route for some senders: the others go the next way, and a changed route takes what waits', async t => {
  const [first, second] = [await startNextHop(t), await startNextHop(t)]
  const route = (port: number, changes: object = {}) => ({
    to: ['*'],
    via: 'smart-host',
    encryption: 'none',
    hosts: [`127.0.0.1:${port}`],
    ...changes,
  })
  const delivery = {
    routes: [route(first.port, { senders: ['fred@local.example'] }), { to: ['*'], via: 'hold' }],
  }
  const relay = await startRelay(t, await makeFolder(t), officeSettings(delivery))
  await relay.submit(['a@x.example'], 'fred@local.example')
  const waiting = await relay.submit(['b@x.example'], 'anna@local.example')
  await relay.event('delivered')
  await relay.event('held')
  assert.deepEqual((await relay.control.showMessage(waiting))?.routes, ['held: the route for * holds mail'])
  const routes = [delivery.routes[0], route(second.port)]
  assert.ok((await relay.control.setSettings('delivery.routes', routes, 'command line')).ok)
  await relay.event('delivered', 2)
  assert.deepEqual(
    [first, second].map(({ taken }) => taken.map(({ from, to }) => `${from.split(' ')[0]} ${to.join()}`)),
    [['<fred@local.example> <a@x.example>'], ['<anna@local.example> <b@x.example>']],
  )
})

test('a policy that a domain tries out keeps nothing, and the log says once what it would forbid', async t => {
  const hop = await startNextHop(t)
  const dns = await startDns(t, {
    'x.example': { MX: ['10 mx.x.example'] },
    'mx.x.example': { A: ['127.0.0.1'] },
    '_mta-sts.x.example': { TXT: ['v=STSv1; id=1;'] },
  })
  const delivery = {
    dnsServers: [dns.address],
    routes: [{ to: ['x.example', '*'], via: 'mx', port: hop.port }],
  }
  const folder = await makeFolder(t)
  const policy = { id: '1', mode: 'testing', maxAge: 86_400, mx: ['mx.x.example'] } as const
  const expires = Date.now() + 80_000_000
  await writePolicies(join(folder, 'policies.json'), new Map([['x.example', { policy, expires }]]))
  const relay = await startRelay(t, folder, officeSettings(delivery))
  await relay.submit(['a@x.example'])
  await relay.event('delivered')
  hop.dropAll()
  await relay.submit(['a@x.example'])
  await relay.event('delivered', 2)
  assert.equal(hop.taken.length, 2)
  const warnings = relay.events.flatMap(event => (event.kind === 'warning' ? [event.text] : []))
  assert.deepEqual(
    warnings.filter(text => text.includes('MTA-STS')),
    [
      'The policy (MTA-STS) that x.example tries out forbids mx.x.example, since it has no TLS: mail went there all the same.',
    ],
  )
})
