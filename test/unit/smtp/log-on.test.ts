/** A log-on while others flood: whoever owns the account is tried before them. */
import assert from 'node:assert/strict'
import { scryptSync } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { parseClient } from '../../../app/access/network.ts'
import { Guard } from '../../../app/guard/guard.ts'
import type { User } from '../../../app/settings/settings.ts'
import { PasswordVerifier } from '../../../app/settings/verifier.ts'
import { logOn } from '../../../app/smtp/log-on.ts'
import { idsWith } from '../guard/rules.ts'

function client(text: string) {
  return parseClient(text) ?? assert.fail(text)
}

const [office, road, stranger] = ['192.168.1.20', '198.51.100.9', '203.0.113.7'].map(client)

/** Its password costs little to check. */
function account(name: string): User {
  const salt = Buffer.alloc(16)
  const key = scryptSync(name, salt, 32, { N: 1024, r: 1, p: 1 })
  const password = `scrypt$1024$1$1$${salt.toString('base64url')}$${key.toString('base64url')}`
  return { name, password, addresses: [], enabled: true, forwardTo: [], keepCopy: true }
}

async function open(t: TestContext) {
  const ids = { ...idsWith(), neverBlock: ['192.168.1.0/24'] }
  const machine = { localNetworks: [], routers: [] }
  const guard = await Guard.open({ ids: () => ids, policy: () => ({ machine }), emit: () => {} })
  t.after(() => guard.close())
  const users = ['support', 'webmaster'].map(account)
  const verifier = new PasswordVerifier()
  const parts = { guard, verifier, settings: () => ({ users }) }
  return { verifier, try: (from = stranger, name = '') => logOn(parts, from ?? assert.fail(), name, name) }
}

test('a flood of guesses keeps no owner out: neither in the office nor where he logged on before', async t => {
  const relay = await open(t)
  assert.equal((await relay.try(road, 'support')).kind, 'in')
  // As long as that is remembered nothing needs to be checked.
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 10 * 60_000 })
  const flood = Array.from({ length: 66 }, (_, at) =>
    relay.verifier.verify(`${at}`, account('fred').password),
  )
  const outcomes = await Promise.all([
    relay.try(stranger, 'webmaster'),
    relay.try(road, 'webmaster'),
    relay.try(road, 'support'),
    relay.try(office, 'webmaster'),
  ])
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['busy', 'busy', 'in', 'in'],
  )
  await Promise.all(flood)
})
