/** What a decision costs, and the making of policy and map: beside ipaddr.js row by row and Node's net.BlockList. */
import { BlockList, SocketAddress } from 'node:net'
import ipaddr from 'ipaddr.js'
import { decide } from '../../app/access/decide.ts'
import { mapOf } from '../../app/access/map.ts'
import { type Client, formatValue, parseClient } from '../../app/access/network.ts'
import { compilePolicy, type Policy } from '../../app/access/policy.ts'
import { CHECKS } from '../../app/relay/checks.ts'
import { parseSettings } from '../../app/settings/parse.ts'
import type { AccessRow, Settings } from '../../app/settings/settings.ts'

export interface Cost {
  readonly rows: number
  /** Nanoseconds for one decision, its client's address parsed beforehand. */
  readonly decideV4: number
  readonly decideV6: number
  /** Nanoseconds for only finding the row, by ipaddr.js from the top. */
  readonly ipaddr: number
  /** Nanoseconds for only finding out whether any row matches, by net.BlockList. */
  readonly blockList: number
  /** Milliseconds from rows as text to what decides. */
  readonly compile: number
  /** Milliseconds from there to the map. */
  readonly map: number
}

export interface Ground {
  readonly policy: Policy
  readonly settings: Settings
  readonly v4: readonly Client[]
  readonly v6: readonly Client[]
}

const machine = { localNetworks: [], routers: [] }
const users = [undefined, 'support', 'boss']
const to = { localPart: 'someone', domain: 'elsewhere.example' }

/** Random networks, one in ten of IPv6, of which some nest and overlap; every fifth row names users. The same for the same number. */
export function groundOf(rows: number): Ground {
  const random = randomOf(rows)
  const access = Array.from({ length: rows }, (_, at) => rowOf(at, random))
  const parsed = parseSettings({ smtp: { authentication: 'required' } }, CHECKS)
  if (!parsed.ok) throw new Error('The settings are wrong.')
  // Longer lists are measured than settings may hold.
  const settings = { ...parsed.value, smtp: { ...parsed.value.smtp, access } }
  const clients = (text: () => string) =>
    Array.from({ length: 4096 }, text).flatMap(address => parseClient(address) ?? [])
  return {
    settings,
    policy: compilePolicy(settings, machine),
    v4: clients(() => formatValue(4, BigInt(random(2 ** 32)))),
    v6: clients(() => `2001:db8:${random(65536).toString(16)}::${random(65536).toString(16)}`),
  }
}

/** The least of each figure: what the code costs, not what the machine's other guests take away meanwhile. */
export function least([first, ...others]: readonly [Cost, ...Cost[]]): Cost {
  const of = (figure: keyof Cost) => Math.min(...[first, ...others].map(cost => cost[figure]))
  return {
    rows: first.rows,
    ...{ decideV4: of('decideV4'), decideV6: of('decideV6'), ipaddr: of('ipaddr') },
    ...{ blockList: of('blockList'), compile: of('compile'), map: of('map') },
  }
}

export function measure(rows: number): Cost {
  const { policy, settings, v4, v6 } = groundOf(rows)
  const [byRows, byList] = [ipaddrOf(settings.smtp.access), blockListOf(settings.smtp.access)]
  const parsed = v4.map(({ text }) => ipaddr.parse(text))
  const addresses = v4.map(({ text }) => new SocketAddress({ address: text }))
  const decideAll = (clients: readonly Client[]) => (at: number) => {
    const client = clients[at % clients.length]
    return client ? decide(policy, client, users[at % 3], to).verdict : undefined
  }
  return {
    rows,
    decideV4: perCall(decideAll(v4), 4096),
    decideV6: perCall(decideAll(v6), 4096),
    ipaddr: perCall(at => byRows(parsed[at % parsed.length]), Math.max(4, Math.floor(20_000 / rows))),
    blockList: perCall(
      at => byList(addresses[at % addresses.length]),
      Math.max(4, Math.floor(200_000 / rows)),
    ),
    compile: cpuTime(() => compilePolicy(settings, machine)),
    map: cpuTime(() => mapOf(policy)),
  }
}

/** The number of the first row that matches, as a plain loop with ipaddr.js finds it; 0 where none does. */
export function ipaddrOf(rows: readonly AccessRow[]) {
  const networks = rows.map(({ from }) => ipaddr.parseCIDR(from))
  return (client: ipaddr.IPv4 | ipaddr.IPv6 | undefined): number =>
    networks.findIndex(
      ([network, prefix]) => client?.kind() === network.kind() && client.match(network, prefix),
    ) + 1
}

/** Whether any row matches, by Node's own list. */
export function blockListOf(rows: readonly AccessRow[]) {
  const list = new BlockList()
  for (const { from } of rows) {
    const [network = '', prefix = ''] = from.split('/')
    list.addSubnet(network, Number(prefix), network.includes(':') ? 'ipv6' : 'ipv4')
  }
  return (client: SocketAddress | undefined): boolean => client !== undefined && list.check(client)
}

/** Nanoseconds: the lower tenth of many short batches, so that what else the machine does counts little. */
function perCall(call: (at: number) => unknown, batch: number): number {
  const found: number[] = []
  const end = performance.now() + 400
  for (let at = 0; performance.now() < end || found.length < 10; ) {
    const start = performance.now()
    for (let done = 0; done < batch; done++) call(at++)
    found.push(((performance.now() - start) * 1e6) / batch)
  }
  return found.sort((one, other) => one - other)[Math.floor(found.length / 10)] ?? 0
}

/** Milliseconds of the processor, by the lower tenth of many calls: others may need it too meanwhile. */
function cpuTime(call: () => unknown): number {
  const found: number[] = []
  const end = performance.now() + 800
  while (performance.now() < end || found.length < 20) {
    const before = process.cpuUsage()
    call()
    const { user, system } = process.cpuUsage(before)
    found.push((user + system) / 1000)
  }
  return found.sort((one, other) => one - other)[Math.floor(found.length / 10)] ?? 0
}

function rowOf(at: number, random: (below: number) => number): AccessRow {
  return {
    action: at % 3 === 0 ? 'block' : 'allow',
    from: networkOf(at, random),
    users: at % 5 === 0 ? ['support', 'fred'] : [],
    ...{ withoutAuthentication: false, mendLineEnds: false, comment: '', enabled: true },
  }
}

function networkOf(at: number, random: (below: number) => number): string {
  if (at % 10 === 0) return `2001:db8:${random(65536).toString(16)}::/48`
  const size = 2 ** (16 - random(17))
  return `${formatValue(4, BigInt(Math.floor(random(2 ** 32) / size) * size))}/${32 - Math.log2(size)}`
}

/** A linear congruential generator (Numerical Recipes' constants). */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
