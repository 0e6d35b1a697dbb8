/** What a person does during a soak: settings change, good ones and such as are refused, and the queue is seen to. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Control } from '../../../app/control/control.ts'
import { controlAddressToAsk } from '../../../app/settings/folder.ts'
import type { Applied } from '../../../app/settings/settings.ts'
import type { Random } from '../disk-crash.ts'
import { atEnd, inTurn } from '../ending.ts'
import { pick } from '../moody-hop.ts'
import { domains, type Stage } from './stage.ts'

interface Deed {
  readonly name: string
  run(stage: Stage, random: Random): Promise<unknown>
}

const everything = { ids: [], all: true } as const

/** Values that are taken, by their setting. */
const good: Readonly<Record<string, readonly unknown[]>> = {
  'smtp.maxMessageSize': ['100KB', '1MB', '25MB'],
  'smtp.maxRecipients': [2, 10, 100],
  'smtp.maxConnections': [10, 60, 200],
  'smtp.maxConnectionsPerClient': [3, 20],
  'smtp.reservedShare': [0, 25, 90],
  'smtp.idleTimeout': ['1s', '3s', '60s'],
  'smtp.commandTimeout': ['2s', '5m'],
  'smtp.minDataRate': [0, 500, '100KB'],
  'smtp.plaintextAuthentication': ['never', 'local-networks', 'always'],
  'smtp.ids.threshold': [50, 400, 100_000],
  'smtp.ids.enabled': [true, false],
  'smtp.access': [
    [{ action: 'allow', from: 'any', users: ['support', 'webmaster'] }],
    [
      { action: 'block', from: '127.0.1.50-127.0.1.90' },
      { action: 'allow', from: 'local-networks', withoutAuthentication: true },
      { action: 'allow', from: 'any', users: ['support'] },
    ],
    [
      ...Array.from({ length: 500 }, (_, at) => ({ action: 'block', from: `10.0.${at >> 8}.${at & 255}` })),
      { action: 'allow', from: 'local-networks', withoutAuthentication: true },
      { action: 'allow', from: 'any', users: ['support', 'webmaster'] },
    ],
  ],
  'delivery.connections': [1, 3, 10],
  'delivery.retry': [['1s'], ['2s', '1s']],
  'delivery.routes[0].limits': [{ connections: 1 }, { messagesPerMinute: 60 }, { recipientsPerMessage: 1 }],
  'delivery.routes[1].encryption': ['starttls-required', 'starttls-if-offered'],
}

/** Values that are refused. */
const bad: Readonly<Record<string, readonly unknown[]>> = {
  'smtp.maxRecipients': [-1, 'many', null],
  'smtp.idleTimeout': ['never'],
  'smtp.access': [
    [{ action: 'permit', from: 'any' }],
    [{ action: 'allow', from: 'any', withoutAuthentication: true }],
  ],
  'smtp.nothing': [1],
  'delivery.routes': ['none', [{ to: ['*'], via: 'pigeon' }]],
  'delivery.warnAfter': ['80d'],
}

function setOne(values: typeof good, random: Random) {
  const path = pick(Object.keys(values), random)
  const value = pick(values[path] ?? [], random)
  return (control: Control): Promise<Applied> => control.setSettings(path, value, 'command line')
}

async function expectTaken(stage: Stage, change: (control: Control) => Promise<Applied>): Promise<void> {
  const applied = await stage.ask(change)
  if (!applied.ok)
    stage.problems.push(`a good change was refused: ${JSON.stringify(applied.problems).slice(0, 300)}`)
}

const changeOne: Deed = {
  name: 'settings changed',
  run: (stage, random) => expectTaken(stage, setOne(good, random)),
}

const refuseOne: Deed = {
  name: 'settings refused',
  run: async (stage, random) => {
    const applied = await stage.ask(setOne(bad, random)).catch(() => undefined)
    if (applied?.ok) stage.problems.push(`a bad change was taken: ${applied.words}`)
  },
}

const mendAll: Deed = { name: 'all settings put right', run: stage => restore(stage) }

/** Mail of a domain is kept, or goes by another's hop. */
const reroute: Deed = {
  name: 'routes changed',
  run: async (stage, random) => {
    const routes: readonly object[] = Reflect.get(Reflect.get(stage.settings, 'delivery'), 'routes')
    const to = [pick(domains, random)]
    const first = random() < 0.5 ? { to, via: 'hold' } : { ...pick(routes, random), to }
    await expectTaken(stage, control =>
      control.setSettings('delivery.routes', [first, ...routes], 'command line'),
    )
  },
}

const listeners: Deed = {
  name: 'a listener opened and closed',
  run: async stage => {
    const standing: readonly object[] = Reflect.get(Reflect.get(stage.settings, 'smtp'), 'listeners')
    const one = { address: '127.0.0.2', port: 0, encryption: 'none' }
    const set = (value: readonly object[]) =>
      expectTaken(stage, control => control.setSettings('smtp.listeners', value, 'command line'))
    await set([...standing, one])
    await set(standing)
  },
}

const visitor: Deed = {
  name: 'an account made and removed',
  run: async stage => {
    await expectTaken(stage, control =>
      control.addUser('visitor', ['visitor@example.com'], 'a password', 'command line'),
    )
    await expectTaken(stage, control => control.removeUser('visitor', 'command line'))
  },
}

const look: Deed = {
  name: 'questions asked',
  run: (stage, random) =>
    stage.ask(async control => {
      await control.status()
      await control.listQueue({ limit: 100 })
      await control.readLog({ match: pick(domains, random), limit: 50 })
      await control.audit({ kind: 'current' })
      await control.listBlocked()
    }),
}

const seeToQueue: Deed = {
  name: 'the queue seen to',
  run: (stage, random) =>
    stage.ask(control => {
      const kind = random()
      if (kind < 0.2) return control.holdMessages(everything)
      return kind < 0.6 ? control.releaseMessages(everything) : control.retryMessages(everything)
    }),
}

/** Somebody subscribes to all that happens, and is gone. */
const watch: Deed = {
  name: 'events watched',
  run: async (stage, random) => {
    const connection = await stage.connect()
    await connection.events(() => {})
    await sleep(random() * 1000)
    connection.close()
  },
}

const hostilePeer: Deed = {
  name: 'garbage at the control socket',
  run: (stage, random) =>
    inTurn(async ending => {
      const socket = connect(await controlAddressToAsk(stage.folder))
      atEnd(ending, () => void socket.destroy())
      socket.on('error', () => undefined)
      socket.write(
        pick(['{}\n', 'x'.repeat(100_000), '{"t":"q","i":"1","m":"status","a":[]}', '\0\n'], random),
      )
      await sleep(random() * 300)
    }),
}

const deeds: readonly Deed[] = [
  ...[changeOne, changeOne, changeOne, changeOne, refuseOne, refuseOne, reroute, mendAll, mendAll],
  ...[listeners, visitor, look, seeToQueue, seeToQueue, watch, hostilePeer],
]

/** One deed after the other, until the soak is over; `pause` is milliseconds between them on average. */
export async function changeSettings(stage: Stage, pause: number, random: Random): Promise<void> {
  while (!stage.isOver) {
    const deed = pick(deeds, random)
    stage.count(deed.name)
    try {
      await deed.run(stage, random)
    } catch (error) {
      stage.problems.push(`${deed.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
    await sleep(random() * 2 * pause)
  }
}

/** Everything is as at the beginning. */
export function restore(stage: Stage): Promise<void> {
  return expectTaken(stage, control => control.importSettings(JSON.stringify(stage.settings), 'command line'))
}
