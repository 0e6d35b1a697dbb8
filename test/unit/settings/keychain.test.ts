/** Secrets under a keychain: kept sealed, read back, moved out of the key file, and never lost to damage of one. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Keychain, KeychainSecrets } from '../../../app/settings/keychain.ts'
import { KeyFileSecrets } from '../../../app/settings/keyfile.ts'
import { makeFolder } from './temporary.ts'

/** Turns bits around, and opens only what another of the same user sealed. */
function keychainOf(user: string): Keychain {
  const turn = (bytes: Buffer) => Buffer.from(bytes.map(byte => byte ^ 0x5a))
  return {
    seal: text => turn(Buffer.from(`${user}:${text}`)),
    unseal(sealed) {
      const text = turn(sealed).toString()
      if (!text.startsWith(`${user}:`)) throw new Error('not yours')
      return text.slice(user.length + 1)
    },
  }
}

test('a secret is kept sealed, for this user only, and read back after a restart', async t => {
  const folder = makeFolder(t)
  const others = await KeyFileSecrets.open(folder)
  const secrets = await KeychainSecrets.open(folder, keychainOf('anna'), others)
  await secrets.set('provider', 'correct horse')
  const file = join(folder, 'secrets.keychain.json')
  assert.doesNotMatch(readFileSync(file, 'utf8'), /correct/)
  assert.equal(statSync(file).mode & 0o077, 0)
  const again = await KeychainSecrets.open(folder, keychainOf('anna'), others)
  assert.equal(again.get('provider'), 'correct horse')
  assert.deepEqual(again.damages, [])
})

test('what the command line set is there too, and moves over when it is set anew', async t => {
  const folder = makeFolder(t)
  const others = await KeyFileSecrets.open(folder)
  await others.set('provider', 'old')
  await others.set('backup', 'other')
  const secrets = await KeychainSecrets.open(folder, keychainOf('anna'), others)
  assert.equal(secrets.get('provider'), 'old')
  await secrets.set('provider', 'new')
  assert.equal(secrets.get('provider'), 'new')
  assert.equal(others.get('provider'), undefined)
  assert.deepEqual(secrets.names(), ['backup', 'provider'])
  assert.equal(await secrets.remove('backup'), true)
  assert.equal(await secrets.remove('backup'), false)
  assert.equal(await secrets.remove('provider'), true)
  assert.deepEqual(secrets.names(), [])
})

test('a secret that the keychain does not open is named, and the file stays', async t => {
  const folder = makeFolder(t)
  const others = await KeyFileSecrets.open(folder)
  await (await KeychainSecrets.open(folder, keychainOf('anna'), others)).set('provider', 'x')
  const bert = await KeychainSecrets.open(folder, keychainOf('bert'), others)
  assert.equal(bert.get('provider'), undefined)
  assert.match(bert.damages.join(), /"provider" again/)
  await bert.set('mine', 'y')
  const anna = await KeychainSecrets.open(folder, keychainOf('anna'), others)
  assert.equal(anna.get('provider'), 'x')
})

test('a damaged file is set aside', async t => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'secrets.keychain.json'), '{"provider":')
  const secrets = await KeychainSecrets.open(folder, keychainOf('anna'), await KeyFileSecrets.open(folder))
  assert.match(secrets.damages.join(), /was damaged and is kept as/)
  assert.ok(!existsSync(join(folder, 'secrets.keychain.json')))
  assert.ok(readdirSync(folder).some(name => name.includes('damaged')))
})

test('many at once all arrive', async t => {
  const folder = makeFolder(t)
  const others = await KeyFileSecrets.open(folder)
  const secrets = await KeychainSecrets.open(folder, keychainOf('anna'), others)
  await Promise.all(Array.from({ length: 20 }, (_, index) => secrets.set(`s${index}`, `${index}`)))
  const again = await KeychainSecrets.open(folder, keychainOf('anna'), others)
  assert.equal(again.names().length, 20)
})

test('a name must be one', async t => {
  const folder = makeFolder(t)
  const secrets = await KeychainSecrets.open(folder, keychainOf('anna'), await KeyFileSecrets.open(folder))
  await assert.rejects(secrets.set(' ', 'x'), /1 to 64 characters/)
})
