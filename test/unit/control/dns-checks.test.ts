/** What the doctor says of the DNS servers, and of the way out to other mail servers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkDns, checkWayOut, type DnsParts } from '../../../app/control/dns-checks.ts'
import { parseSettings } from '../../../app/settings/parse.ts'
import { startDns } from '../../support/dns-server.ts'
import { startNextHop } from '../../support/next-hop.ts'
import { routeContext } from '../../support/route-context.ts'
import { checks } from '../settings/checks.ts'

function parts(delivery: object): DnsParts {
  const raw = { schema: 1, hostname: 'mail.example.com', delivery }
  const parsed = parseSettings(raw, checks)
  assert.ok(parsed.ok, JSON.stringify(parsed))
  const current = { raw, settings: parsed.value, text: '' }
  const store = { current } as DnsParts['store']
  return { store, context: routeContext() }
}

const zone = {
  'mail.example.com': { A: ['127.0.0.1'] },
  'big.example': { MX: ['1 mx.big.example'] },
  'mx.big.example': { A: ['127.0.0.1'] },
}

test('each DNS server by itself; nothing where nobody needs one', async t => {
  const good = await startDns(t, zone)
  const empty = await startDns(t, {})
  const bad = await startDns(t, { 'mail.example.com': 'SERVFAIL' })
  const lame = await startDns(t, { 'mail.example.com': 'lame' })
  const servers = [good, empty, bad, lame].map(({ address }) => address)
  const found = await checkDns(parts({ dnsServers: [...servers, '127.0.0.1:1'] }))
  assert.deepEqual(
    found.map(({ name, state, text }) => [name, state, text]),
    [
      ['DNS servers', 'ok', `${servers[0]} answers.`],
      ['DNS servers', 'ok', `${servers[1]} answers.`],
      ['DNS servers', 'failed', `${servers[2]} says that it failed: check it, or name another.`],
      ['DNS servers', 'failed', `${servers[3]} answers what can't be understood: check it, or name another.`],
      ['DNS servers', 'failed', "127.0.0.1:1 can't be reached: check it, or name another."],
    ],
  )
  assert.equal(found[2]?.path, 'delivery.dnsServers')
  assert.deepEqual(await checkDns(parts({})), [])
})

test('port 25 outward, or whichever a route sends to directly', async t => {
  const hop = await startNextHop(t)
  const dns = await startDns(t, zone)
  const routes = [{ to: ['*'], via: 'mx', port: hop.port }]
  const office = parts({ dnsServers: [dns.address], routes })
  const outside = { domains: ['gone.example', 'big.example'], port: hop.port, inside: true }
  const name = `port ${hop.port} outward`
  const text = `Other servers can be reached at port ${hop.port}: mx.big.example answers.`
  assert.deepEqual(await checkWayOut(office, outside), [{ name, state: 'ok', text }])
  assert.deepEqual(await checkWayOut(office, { ...outside, port: 25 }), [])
  await hop.stop()
  const [blocked] = await checkWayOut(office, outside)
  assert.deepEqual([blocked?.state, blocked?.path], ['failed', 'delivery.routes[0]'])
  assert.match(
    blocked?.text ?? '',
    /^No mail server outside can be reached at port \d+ \(there is no domain gone\.example .*; mx\.big\.example:\d+ refused the connection: .*\): many providers and cloud services block it\. Have yours open it, or send through a smart host\.$/,
  )
  const [closed] = await checkWayOut(office, { ...outside, domains: ['big.example'], inside: false })
  assert.match(closed?.text ?? '', /inside a private network/)
})
