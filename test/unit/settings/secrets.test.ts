/** Secrets in a file: encrypted, private, and damage to one is damage to one. */
import assert from 'node:assert/strict'
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { KeyFileSecrets } from '../../../app/settings/keyfile.ts'
import { makeFolder } from './temporary.ts'

type Entries = Record<string, unknown>

function entries(folder: string): Entries {
  return JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8'))
}

function write(folder: string, changed: Entries | string): void {
  writeFileSync(join(folder, 'secrets.json'), typeof changed === 'string' ? changed : JSON.stringify(changed))
}

async function filled(folder: string): Promise<KeyFileSecrets> {
  const secrets = await KeyFileSecrets.open(folder)
  await secrets.set('provider', 'pässword of the provider')
  await secrets.set('backup', 'another')
  return secrets
}

test('what is set is got, also by the next who opens', async t => {
  const folder = makeFolder(t)
  for (const secrets of [await filled(folder), await KeyFileSecrets.open(folder)]) {
    assert.equal(secrets.get('provider'), 'pässword of the provider')
    assert.deepEqual(secrets.names(), ['backup', 'provider'])
    assert.equal(secrets.get('none'), undefined)
    assert.deepEqual(secrets.damages, [])
  }
})

test('any text is a secret, and names are only names', async t => {
  const folder = makeFolder(t)
  const secrets = await KeyFileSecrets.open(folder)
  const name = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'a.b'),
    fc.string({ minLength: 1, maxLength: 64 }),
  )
  await fc.assert(
    fc.asyncProperty(
      name.filter(text => text.trim() !== ''),
      fc.string({ unit: 'grapheme' }),
      async (key, value) => {
        await secrets.set(key, value)
        assert.equal(secrets.get(key), value)
        assert.equal((await KeyFileSecrets.open(folder)).get(key), value)
      },
    ),
    { numRuns: 25 },
  )
  for (const wrong of ['', '  ', 'x'.repeat(65)])
    await assert.rejects(secrets.set(wrong, 'x'), /Give the secret a name/)
})

test('neither file shows a secret, and both are for this user only', async t => {
  const folder = makeFolder(t)
  await filled(folder)
  for (const name of readdirSync(folder)) {
    assert.doesNotMatch(readFileSync(join(folder, name), 'latin1'), /another|word of/)
    if (process.platform !== 'win32') assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
  }
})

test('the same secret twice is sealed differently', async t => {
  const folder = makeFolder(t)
  const secrets = await KeyFileSecrets.open(folder)
  await Promise.all([secrets.set('a', 'same'), secrets.set('b', 'same')])
  assert.notEqual(entries(folder)['a'], entries(folder)['b'])
})

test('many at once are all kept', async t => {
  const folder = makeFolder(t)
  const secrets = await KeyFileSecrets.open(folder)
  const names = Array.from({ length: 20 }, (_, index) => `n${index}`).sort()
  await Promise.all(names.map(name => secrets.set(name, name)))
  assert.deepEqual((await KeyFileSecrets.open(folder)).names(), names)
})

test('what is removed is gone for good', async t => {
  const folder = makeFolder(t)
  const secrets = await filled(folder)
  assert.equal(await secrets.remove('backup'), true)
  assert.equal(await secrets.remove('backup'), false)
  assert.equal(secrets.get('backup'), undefined)
  assert.deepEqual((await KeyFileSecrets.open(folder)).names(), ['provider'])
})

test('loose rights are mended', { skip: process.platform === 'win32' }, async t => {
  const folder = makeFolder(t)
  await filled(folder)
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644)
  await KeyFileSecrets.open(folder)
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
})

test('a damaged entry is reported by name, and the others stay', async t => {
  const folder = makeFolder(t)
  await filled(folder)
  const sound = entries(folder)
  const text = String(sound['provider'])
  const middle = text.length - 8
  const flipped = `${text.slice(0, middle)}${text[middle] === 'A' ? 'B' : 'A'}${text.slice(middle + 1)}`
  for (const damaged of [
    flipped,
    '',
    'a.b.c',
    5,
    null,
    String(sound['provider']).slice(0, 30),
    sound['backup'],
  ]) {
    write(folder, { ...sound, provider: damaged })
    const secrets = await KeyFileSecrets.open(folder)
    assert.equal(secrets.get('provider'), undefined)
    assert.equal(secrets.get('backup'), 'another')
    assert.deepEqual(secrets.names(), ['backup'])
    assert.match(secrets.damages.join(), /^Set the secret "provider" again/)
    await secrets.set('third', 'x')
    assert.deepEqual(entries(folder)['provider'], damaged)
    await secrets.set('provider', 'new')
    assert.deepEqual((await KeyFileSecrets.open(folder)).damages, [])
  }
})

test('a damaged file or key is set aside, reported, and not in the way', async t => {
  for (const [file, content] of [
    ['secrets.json', '{'],
    ['secrets.json', '[]'],
    ['secrets.key', ''],
    ['secrets.key', 'short'],
  ] as const) {
    const folder = makeFolder(t)
    await filled(folder)
    writeFileSync(join(folder, file), content)
    const secrets = await KeyFileSecrets.open(folder)
    assert.match(secrets.damages[0] ?? '', /was damaged and is kept as/)
    assert.equal(secrets.get('provider'), undefined)
    assert.ok(readdirSync(folder).some(name => name.startsWith(`${file}.damaged-`)))
    await secrets.set('provider', 'new')
    assert.equal((await KeyFileSecrets.open(folder)).get('provider'), 'new')
  }
})

test('without the key the secrets are unreadable, not lost', async t => {
  const folder = makeFolder(t)
  await filled(folder)
  const key = readFileSync(join(folder, 'secrets.key'))
  rmSync(join(folder, 'secrets.key'))
  assert.equal((await KeyFileSecrets.open(folder)).damages.length, 2)
  writeFileSync(join(folder, 'secrets.key'), key)
  assert.equal((await KeyFileSecrets.open(folder)).get('backup'), 'another')
})

test('a folder that is none gives one sentence', async t => {
  const file = join(makeFolder(t), 'file')
  writeFileSync(file, '')
  await assert.rejects(
    KeyFileSecrets.open(file),
    /^Error: Make .* readable and writable for this user: .*\.$/,
  )
})
