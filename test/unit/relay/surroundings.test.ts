/** The policy follows the machine from network to network, and the settings. */
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { decide } from '../../../app/access/decide.ts'
import type { Machine } from '../../../app/access/machine.ts'
import { parseClient, parseFrom, type Span } from '../../../app/access/network.ts'
import { CHECKS } from '../../../app/relay/checks.ts'
import { Surroundings } from '../../../app/relay/surroundings.ts'
import { firstSettings } from '../../../app/settings/defaults.ts'
import { parseSettings } from '../../../app/settings/parse.ts'
import type { Settings } from '../../../app/settings/settings.ts'
import { waitFor } from '../../support/wait.ts'

function span(text: string): Span {
  const parsed = parseFrom(text)
  return parsed.ok && parsed.from.kind === 'span' ? parsed.from.span : assert.fail(text)
}

function machine(network: string, router: string): Machine {
  return { localNetworks: [span(network)], routers: [span(router)] }
}

function settings(changes: object = {}): Settings {
  const parsed = parseSettings({ ...firstSettings(0), ...changes }, CHECKS)
  return parsed.ok ? parsed.value : assert.fail(JSON.stringify(parsed.problems))
}

function mayRelay(surroundings: Surroundings, address: string): boolean {
  const client = parseClient(address) ?? assert.fail(address)
  const to = { localPart: 'a', domain: 'elsewhere.example' }
  return decide(surroundings.policy, client, undefined, to).verdict === 'accept'
}

test('a machine that comes to another network lets that one send, and its router not', async () => {
  let now = machine('192.168.1.0/24', '192.168.1.1')
  const surroundings = await Surroundings.open(settings(), async () => now, 5)
  await surroundings.follow()
  assert.equal(mayRelay(surroundings, '192.168.1.50'), true)
  assert.equal(mayRelay(surroundings, '192.168.1.1'), false)
  assert.equal(mayRelay(surroundings, '10.0.0.50'), false)
  now = machine('10.0.0.0/24', '10.0.0.254')
  await waitFor('the new network', () => mayRelay(surroundings, '10.0.0.50') || undefined)
  assert.equal(mayRelay(surroundings, '10.0.0.254'), false)
  assert.equal(mayRelay(surroundings, '192.168.1.50'), false)
  surroundings.stop()
})

test('networks set by hand stay, wherever the machine goes', async () => {
  let now = machine('192.168.1.0/24', '192.168.1.1')
  const byHand = settings({ localNetworks: ['172.16.0.0/16'], routers: ['172.16.0.1'] })
  let reads = 0
  const read = async () => {
    reads++
    return now
  }
  const surroundings = await Surroundings.open(byHand, read, 5)
  await surroundings.follow()
  now = machine('10.0.0.0/24', '10.0.0.254')
  const before = reads
  await waitFor('two readings', () => reads > before + 2 || undefined)
  assert.equal(mayRelay(surroundings, '172.16.3.4'), true)
  assert.equal(mayRelay(surroundings, '172.16.0.1'), false)
  assert.equal(mayRelay(surroundings, '10.0.0.50'), false)
  surroundings.stop()
})

test('new settings count at once, on the networks of now', async () => {
  const surroundings = await Surroundings.open(settings(), async () => machine('10.0.0.0/24', '10.0.0.1'))
  const smtp = { access: [{ action: 'allow', from: '198.51.100.0/24' }] }
  surroundings.apply(settings({ smtp: { ...Reflect.get(firstSettings(0), 'smtp'), ...smtp } }))
  assert.equal(mayRelay(surroundings, '198.51.100.7'), true)
  assert.equal(mayRelay(surroundings, '10.0.0.50'), false)
})

test('a host is local when all its addresses are', async () => {
  const surroundings = await Surroundings.open(settings(), async () => machine('127.0.0.0/8', '10.0.0.1'))
  assert.equal(await surroundings.isLocalHost('127.0.0.1'), true)
  assert.equal(await surroundings.isLocalHost('192.0.2.1'), false)
  assert.equal(await surroundings.isLocalHost('no-such-host.invalid'), false)
})

test("an address literal of the machine's own counts as the first local domain", async () => {
  const own = Object.values(networkInterfaces())
    .flat()
    .find(info => info?.family === 'IPv4')?.address
  const users = [{ name: 'fred', addresses: ['fred@example.com'] }]
  const surroundings = await Surroundings.open(settings({ localDomains: ['example.com'], users }))
  const resolve = (domain: string) =>
    surroundings.policy.directory.resolve({ localPart: 'fred', domain }).kind
  assert.equal(resolve(`[${own ?? '127.0.0.1'}]`), 'internal')
  assert.equal(resolve('[192.0.2.99]'), 'external')
})
