import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { describe, it } from 'node:test'
import { gatewaysOfIpv6Route, gatewaysOfRoute } from '../../../app/access/gateway.ts'
import {
  effectiveMachine,
  localNetworksOf,
  type Machine,
  MachineWatch,
  readMachine,
} from '../../../app/access/machine.ts'
import { formatSpan } from '../../../app/access/network.ts'
import { client, machine, office, span } from './office.ts'

const words = ({ localNetworks, routers }: Machine) => [
  localNetworks.map(formatSpan),
  routers.map(formatSpan),
]

describe('this machine', () => {
  it('has every interface in its local networks, and loopback', async () => {
    const { localNetworks } = await readMachine()
    const addresses = Object.values(networkInterfaces()).flatMap(infos => infos ?? [])
    for (const text of [...addresses.map(({ address }) => address), '127.0.0.1', '127.255.255.255', '::1']) {
      const { family, value } = client(text)
      const holds = localNetworks.some(it => it.family === family && it.first <= value && value <= it.last)
      assert.ok(holds, `${text} is in no local network`)
    }
    assert.equal(new Set(localNetworks.map(formatSpan)).size, localNetworks.length)
  })

  it('has the routers that its own tables name', { skip: process.platform !== 'linux' }, async () => {
    const [route, ipv6] = await Promise.all(
      ['/proc/net/route', '/proc/net/ipv6_route'].map(file => readFile(file, 'latin1').catch(() => '')),
    )
    const expected = [...gatewaysOfRoute(route ?? ''), ...gatewaysOfIpv6Route(ipv6 ?? '')]
    const { routers } = await readMachine()
    assert.deepEqual(new Set(routers.map(formatSpan)), new Set(expected.map(gateway => client(gateway).text)))
  })

  it('takes the prefixes as the interfaces say them', () => {
    const info = (address: string, cidr: string | null) =>
      ({ address, cidr, netmask: '', mac: '', internal: false, family: 'IPv4' }) as const
    const spans = localNetworksOf([
      info('192.168.1.10', '192.168.1.10/24'),
      info('192.168.1.11', '192.168.1.11/24'),
      info('203.0.113.7', '203.0.113.7/32'),
      info('10.9.9.9', null),
      { ...info('fe80::7', 'fe80::7/64'), family: 'IPv6', scopeid: 2 },
    ])
    assert.deepEqual(spans.map(formatSpan), [
      '192.168.1.0/24',
      '203.0.113.7',
      'fe80::/64',
      '127.0.0.0/8',
      '::1',
    ])
  })
})

describe('settings made by hand', () => {
  it('win over what was found, each for itself', () => {
    assert.deepEqual(words(effectiveMachine(office(), machine)), words(machine))
    const localNetworks = ['10.0.0.0/8', '172.16.0.0 255.240.0.0', 'fd00::/8']
    assert.deepEqual(words(effectiveMachine(office({ localNetworks }), machine)), [
      ['10.0.0.0/8', '172.16.0.0/12', 'fd00::/8'],
      ['192.168.1.1', 'fe80::1'],
    ])
    assert.deepEqual(words(effectiveMachine(office({ routers: [] }), machine)), [words(machine)[0], []])
  })

  it('are never left out silently', () => {
    for (const routers of [['routers'], ['any'], ['192.168.1.5/24']]) {
      assert.throws(() => effectiveMachine(office({ routers }), machine), /routers: /)
    }
  })
})

describe('the watch', () => {
  const at = (network: string): Machine => ({ localNetworks: [span(network), span('::1')], routers: [] })

  /** A machine that a test moves about; `read` fires before every reading. */
  function movable() {
    const state = { machine: at('10.0.0.0/8'), fails: false }
    const reads = new EventTarget()
    const read = async () => {
      reads.dispatchEvent(new Event('read'))
      if (state.fails) throw new Error('no network')
      return state.machine
    }
    return { state, read, nextRead: () => once(reads, 'read') }
  }

  it('tells of a difference once, and of none where there is none', async () => {
    const { state, read, nextRead } = movable()
    const told: Machine[] = []
    const watch = new MachineWatch(read, 1, machine => void told.push(machine))
    const alive = setInterval(() => {}, 1000)
    try {
      assert.deepEqual(await watch.start(), at('10.0.0.0/8'))
      await nextRead()
      state.machine = { ...state.machine, localNetworks: state.machine.localNetworks.toReversed() }
      for (let reads = 0; reads < 3; reads++) await nextRead()
      assert.deepEqual(told, [])
      state.machine = at('192.168.1.0/24')
      for (let reads = 0; reads < 3; reads++) await nextRead()
      assert.deepEqual(told, [at('192.168.1.0/24')])
      state.fails = true
      for (let reads = 0; reads < 3; reads++) await nextRead()
      state.fails = false
      for (let reads = 0; reads < 3; reads++) await nextRead()
      assert.equal(told.length, 1)
      state.machine = at('10.0.0.0/8')
      for (let reads = 0; reads < 3; reads++) await nextRead()
      assert.deepEqual(told, [at('192.168.1.0/24'), at('10.0.0.0/8')])
    } finally {
      watch.stop()
      clearInterval(alive)
    }
  })

  it('tells nothing any more once it is stopped, also of a reading under way', async () => {
    const told: Machine[] = []
    const answers: ((machine: Machine) => void)[] = []
    const asked = new EventTarget()
    const read = () =>
      new Promise<Machine>(resolve => {
        answers.push(resolve)
        asked.dispatchEvent(new Event('read'))
      })
    const watch = new MachineWatch(read, 1, machine => void told.push(machine))
    const alive = setInterval(() => {}, 1000)
    try {
      const started = watch.start()
      answers[0]?.(at('10.0.0.0/8'))
      await started
      await once(asked, 'read')
      watch.stop()
      answers[1]?.(at('192.168.1.0/24'))
      await new Promise(resolve => setTimeout(resolve, 20))
      assert.deepEqual([told.length, answers.length], [0, 2])
    } finally {
      watch.stop()
      clearInterval(alive)
    }
  })

  it('does not keep the process alive', async () => {
    const watch = new MachineWatch(
      async () => machine,
      3_600_000,
      () => {},
    )
    await watch.start()
    const timers = process.getActiveResourcesInfo().filter(kind => kind === 'Timeout')
    assert.deepEqual(timers, [])
    watch.stop()
  })

  it('passes on a first reading that fails', async () => {
    const watch = new MachineWatch(
      () => Promise.reject(new Error('no network')),
      1,
      () => {},
    )
    await assert.rejects(watch.start(), /no network/)
    watch.stop()
  })
})
