import assert from 'node:assert/strict'
import { SocketAddress } from 'node:net'
import { test } from 'node:test'
import ipaddr from 'ipaddr.js'
import { parseClient } from '../../../app/access/network.ts'
import { firstRow } from '../../../app/access/policy.ts'
import { blockListOf, groundOf, ipaddrOf } from '../../support/policy-cost.ts'

test('what is measured beside each other finds the same row', () => {
  const { policy, settings, v4, v6 } = groundOf(2000)
  const rows = settings.smtp.access
  const [byRows, byList] = [ipaddrOf(rows), blockListOf(rows)]
  const found = new Set<number>()
  const inside = rows.flatMap(({ from }) => parseClient(from.split('/')[0] ?? '') ?? [])
  for (const client of [...v4.slice(0, 500), ...v6.slice(0, 500), ...inside]) {
    const row = firstRow(policy.service, client)
    found.add(row)
    assert.equal(byRows(ipaddr.parse(client.text)), row, client.text)
    const address = new SocketAddress({ address: client.text, family: client.family === 4 ? 'ipv4' : 'ipv6' })
    assert.equal(byList(address), row !== 0, client.text)
  }
  assert.ok(found.size > 1000)
})
