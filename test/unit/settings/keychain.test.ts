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

/** What the command line does while the app isn't running, and the app's next start after it. */
async function startAgain(folder: string, name: string, value: string) {
  await (await KeyFileSecrets.open(folder)).set(name, value)
  return KeychainSecrets.open(folder, keychainOf('anna'), await KeyFileSecrets.open(folder))
}

test('what the command line set while the app was not running is newer, until it is set here again', async t => {
  const folder = makeFolder(t)
  const first = await KeychainSecrets.open(folder, keychainOf('anna'), await KeyFileSecrets.open(folder))
  await first.set('cloud', 'of the app')
  const second = await startAgain(folder, 'cloud', 'of the command line')
  assert.equal(second.get('cloud'), 'of the command line')
  await second.set('cloud', 'of the app again')
  assert.equal(second.get('cloud'), 'of the app again')
  const third = await startAgain(folder, 'cloud', 'once more')
  assert.equal(third.get('cloud'), 'once more', 'each time anew')
  assert.equal(await third.remove('cloud'), true)
  assert.equal(third.get('cloud'), undefined)
  const fourth = await KeychainSecrets.open(folder, keychainOf('anna'), await KeyFileSecrets.open(folder))
  assert.deepEqual(fourth.names(), [])
})

test('what is left in the key file when the power went while it moved over is old', async t => {
  const folder = makeFolder(t)
  const file = join(folder, 'secrets.json')
  const others = await KeyFileSecrets.open(folder)
  await others.set('cloud', 'old')
  const before = readFileSync(file)
  const secrets = await KeychainSecrets.open(folder, keychainOf('anna'), others)
  await secrets.set('cloud', 'new')
  writeFileSync(file, before)
  const again = await KeychainSecrets.open(folder, keychainOf('anna'), await KeyFileSecrets.open(folder))
  assert.equal(again.get('cloud'), 'new')
  assert.deepEqual(again.names(), ['cloud'])
})

test('one that the keychain does not open any more and the command line set since is no damage', async t => {
  const folder = makeFolder(t)
  const others = await KeyFileSecrets.open(folder)
  await (await KeychainSecrets.open(folder, keychainOf('bert'), others)).set('cloud', 'x')
  const anna = await startAgain(folder, 'cloud', 'y')
  assert.equal(anna.get('cloud'), 'y')
  assert.deepEqual(anna.damages, [])
})
