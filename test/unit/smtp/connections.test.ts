/** Connections are counted, in all and for each client, and each leaves once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Connections } from '../../../app/smtp/connections.ts'

test('who is over a limit is refused and not counted', () => {
  const connections = new Connections()
  const limits = { maxConnections: 3, maxConnectionsPerClient: 2 }
  assert.equal(connections.enter('1', '192.0.2.1', limits), undefined)
  assert.equal(connections.enter('2', '192.0.2.1', limits), undefined)
  assert.match(connections.enter('3', '192.0.2.1', limits)?.text ?? '', /from your address/)
  assert.equal(connections.enter('4', '192.0.2.2', limits), undefined)
  assert.match(connections.enter('5', '192.0.2.3', limits)?.text ?? '', /^Too many connections -/)
  assert.equal(connections.count, 3)
  connections.leave('3')
  assert.equal(connections.count, 3)
  connections.leave('1')
  connections.leave('1')
  assert.equal(connections.count, 2)
  assert.equal(connections.enter('6', '192.0.2.1', limits), undefined)
  assert.equal(connections.enter('7', '192.0.2.9', { ...limits, maxConnections: 2 })?.code, 421)
})

test('counts come out even, whoever comes and goes in whatever order', () => {
  const limits = { maxConnections: 5, maxConnectionsPerClient: 2 }
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9), fc.nat(3))), moves => {
      const connections = new Connections()
      const inside = new Map<string, string>()
      moves.forEach(([comes, who, from], at) => {
        const [id, client] = [`${comes ? at : who}`, `client${from}`]
        if (comes) {
          const same = [...inside.values()].filter(other => other === client).length
          const refused = connections.enter(id, client, limits) !== undefined
          assert.equal(refused, inside.size >= 5 || same >= 2)
          if (!refused) inside.set(id, client)
        } else {
          connections.leave(id)
          inside.delete(id)
        }
        assert.equal(connections.count, inside.size)
      })
    }),
  )
})
