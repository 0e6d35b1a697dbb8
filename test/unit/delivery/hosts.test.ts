/** Hosts in turn: a dead one isn't tried for each message, and is noticed when it comes back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hosts } from '../../../app/delivery/hosts.ts'
import { startNextHop } from '../../support/next-hop.ts'
import { freePort } from '../../support/port.ts'
import { routeTo, Station } from './station.ts'

const [first, second] = [
  { host: 'a.example', port: 25 },
  { host: 'b.example', port: 587 },
]

test('one that failed is passed over until it is due, then tried by one alone', () => {
  let now = 0
  const hosts = new Hosts([1000, 5000], { now: () => now, random: () => 0.5 })
  const names = (all = false) => hosts.inTurn([first, second], all).map(({ host }) => host.host)
  const [turn] = hosts.inTurn([first, second], false)
  const [beside] = hosts.inTurn([first, second], false)
  turn?.failed()
  beside?.failed()
  assert.deepEqual(names(), ['b.example'])
  assert.deepEqual(names(true), ['a.example', 'b.example'])
  now = 1000
  const [again] = hosts.inTurn([first, second], false)
  assert.equal(again?.host, first)
  assert.deepEqual(names(), ['b.example'], 'the others go on with the second one')
  again?.failed()
  now = 5999
  assert.deepEqual(names(), ['b.example'])
  now = 6000
  hosts.inTurn([first, second], false)[0]?.opened()
  assert.deepEqual(names(), ['a.example', 'b.example'])
})

test('where all failed, all are tried', () => {
  const hosts = new Hosts([1000], { now: () => 0, random: () => 0.5 })
  for (const turn of hosts.inTurn([first, second], false)) turn.failed()
  assert.equal(hosts.inTurn([first, second], false).length, 2)
})

test('the first of two hosts hangs: it is tried once, and the second takes all', async t => {
  const hop = await startNextHop(t)
  const dead = await startNextHop(t, { answer: () => '421 4.3.2 not now' })
  const hosts = [
    { host: '127.0.0.1', port: dead.port },
    { host: '127.0.0.1', port: hop.port },
    { host: '127.0.0.1', port: await freePort() },
  ]
  const station = await Station.open(t, [routeTo(hop, ['*'], { hosts })])
  await station.add(['a@y.example'])
  await station.event('delivered')
  for (let round = 2; round <= 4; round++) {
    hop.dropAll()
    await hop.until(() => hop.sockets.size === 0)
    await station.add(['a@y.example'])
    await station.event('delivered', round)
  }
  assert.deepEqual([dead.connections, hop.connections], [1, 4])
  assert.equal(station.count('hop-down'), 0)
})
