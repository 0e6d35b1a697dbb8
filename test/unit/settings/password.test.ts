/** Passwords: hashed, verified, and no hash may cost more than it should. */
import assert from 'node:assert/strict'
import { scryptSync } from 'node:crypto'
import { test } from 'node:test'
import { dummyHash, hashPassword, isPasswordHash, verifyPassword } from '../../../app/settings/password.ts'
import { PasswordVerifier, type Verdict } from '../../../app/settings/verifier.ts'

// scrypt("pleaseletmein", "SodiumChloride", N=16384, r=8, p=1), the third vector of RFC 7914 section 12.
const vector = `scrypt$16384$8$1$${Buffer.from('SodiumChloride').toString('base64url')}$${Buffer.from(
  '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
  'hex',
).toString('base64url')}`

test('the test vector of RFC 7914', async () => {
  assert.equal(await verifyPassword('pleaseletmein', vector), true)
  assert.equal(await verifyPassword('pleaseletmeout', vector), false)
})

test('a password fits its hash alone, and each hash has its own salt', async () => {
  const [one, other] = await Promise.all([hashPassword('pässwörd'), hashPassword('pässwörd')])
  assert.match(one, /^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
  assert.notEqual(one, other)
  assert.ok(isPasswordHash(one))
  assert.ok(await verifyPassword('pässwörd', one))
  assert.ok(await verifyPassword('pa\u0308sswo\u0308rd', one))
  for (const wrong of ['', 'passwort', 'pässwörd ', 'PÄSSWÖRD'])
    assert.equal(await verifyPassword(wrong, one), false)
})

test('the empty password and a very long one are passwords like others', async () => {
  for (const password of ['', 'x'.repeat(100_000), '\0'])
    assert.deepEqual(
      [
        await verifyPassword(password, await hashPassword(password)),
        await verifyPassword(`${password}x`, await hashPassword(password)),
      ],
      [true, false],
    )
})

test('what asks for too much, or too little, is no hash', async () => {
  const tail = vector.split('$').slice(4).join('$')
  const costs = [
    '1073741824$8$1',
    '131072$8$1',
    '65536$32$1',
    '16385$8$1',
    '512$8$1',
    '0$8$1',
    '16384$0$1',
    '16384$8$0',
    '16384$8$5',
    '-16384$8$1',
    '16384$8$1e3',
    '16384$99$1',
  ]
  for (const cost of costs) assert.equal(isPasswordHash(`scrypt$${cost}$${tail}`), false, cost)
  for (const text of [
    '',
    'secret',
    'scrypt$',
    `${vector}$`,
    `${vector}\n`,
    ` ${vector}`,
    vector.replace('scrypt', 'argon2'),
    'scrypt$16384$8$1$$',
    `scrypt$16384$8$1$${'A'.repeat(200)}$${'A'.repeat(43)}`,
  ])
    assert.equal(isPasswordHash(text), false, text)
  assert.equal(await verifyPassword('x', 'scrypt$1073741824$8$1$AAAA$AAAA'), false)
})

test('the dearest hash allowed can be computed', async () => {
  const dearest = `scrypt$65536$8$4$${'A'.repeat(22)}$${'A'.repeat(43)}`
  assert.ok(isPasswordHash(dearest))
  assert.equal(await verifyPassword('x', dearest), false)
})

test('the dummy is a hash that no password fits, at the same cost', async () => {
  const dummy = dummyHash()
  assert.ok(isPasswordHash(dummy))
  assert.equal(await verifyPassword('', dummy), false)
  const costOf = (hash: string) => hash.split('$').slice(0, 4).join('$')
  assert.equal(costOf(dummy), costOf(await hashPassword('x')))
})

test('right, wrong, and no such account', async () => {
  const verifier = new PasswordVerifier()
  const hash = await hashPassword('right')
  assert.equal(await verifier.verify('right', hash), 'right')
  assert.equal(await verifier.verify('wrong', hash), 'wrong')
  assert.equal(await verifier.verify('right', undefined), 'wrong')
  assert.equal(await verifier.verify('right', undefined), 'wrong')
  assert.equal(await verifier.verify('right', 'damaged'), 'wrong')
})

test('an unknown account costs as much as a known one', async () => {
  const verifier = new PasswordVerifier()
  const hash = await hashPassword('right')
  const cost = async (known: string | undefined) => {
    const started = process.cpuUsage()
    for (let count = 0; count < 5; count++) await verifier.verify(`wrong ${count}`, known)
    return process.cpuUsage(started).user
  }
  await cost(hash)
  const [known, unknown] = [await cost(hash), await cost(undefined)]
  assert.ok(unknown > known / 4 && unknown < known * 4, `${known} µs and ${unknown} µs`)
})

/** A hash that costs next to nothing. */
function cheapHash(password: string): string {
  const salt = Buffer.alloc(16)
  const key = scryptSync(password, salt, 32, { N: 1024, r: 1, p: 1 })
  return `scrypt$1024$1$1$${salt.toString('base64url')}$${key.toString('base64url')}`
}

/** Takes both lanes and all 64 places in the queue; resolves when they are free again. */
async function fill(verifier: PasswordVerifier): Promise<readonly Verdict[]> {
  const hash = cheapHash('right')
  return Promise.all(Array.from({ length: 66 }, (_, index) => verifier.verify(`wrong ${index}`, hash)))
}

/** What is answered while no scrypt can run: `busy`, unless the success is remembered. */
async function remembered(verifier: PasswordVerifier, password: string, hash: string): Promise<Verdict> {
  const filled = fill(verifier)
  const verdict = await verifier.verify(password, hash)
  await filled
  return verdict
}

test('a success is remembered for five minutes, for this password and hash only', async () => {
  let now = 1000
  const verifier = new PasswordVerifier(() => now)
  const hash = cheapHash('right')
  assert.equal(await remembered(verifier, 'right', hash), 'busy')
  assert.equal(await verifier.verify('right', hash), 'right')
  assert.equal(await verifier.verify('wrong', hash), 'wrong')
  assert.equal(await remembered(verifier, 'right', hash), 'right')
  assert.equal(await remembered(verifier, 'wrong', hash), 'busy')
  assert.equal(await remembered(verifier, 'right', cheapHash('changed')), 'busy')
  assert.equal(await verifier.verify('right', cheapHash('changed')), 'wrong')
  now += 5 * 60_000 - 1
  assert.equal(await remembered(verifier, 'right', hash), 'right')
  now += 1
  assert.equal(await remembered(verifier, 'right', hash), 'busy')
})

test('at most 256 successes are remembered, the latest', async () => {
  const verifier = new PasswordVerifier()
  const hashes = Array.from({ length: 300 }, (_, index) => cheapHash(`${index}`))
  for (const [index, hash] of hashes.entries()) assert.equal(await verifier.verify(`${index}`, hash), 'right')
  for (const [index, verdict] of [
    [0, 'busy'],
    [43, 'busy'],
    [44, 'right'],
    [299, 'right'],
  ] as const)
    assert.equal(await remembered(verifier, `${index}`, hashes[index] ?? ''), verdict)
})

test('a flood is answered with busy, and passes', async () => {
  const verifier = new PasswordVerifier()
  const hash = cheapHash('right')
  const flood = fill(verifier)
  const more = await Promise.all(Array.from({ length: 100 }, () => verifier.verify('right', hash)))
  assert.deepEqual(new Set(more), new Set(['busy']))
  assert.deepEqual(new Set(await flood), new Set(['wrong']))
  assert.equal(await verifier.verify('right', hash), 'right')
})

test('owners are verified before a flood of others, and do not count among them', async () => {
  const verifier = new PasswordVerifier()
  const hash = cheapHash('right')
  const over: string[] = []
  const flood = Array.from({ length: 66 }, async (_, index) => {
    await verifier.verify(`wrong ${index}`, hash)
    over.push('other')
  })
  const owner = verifier.verify('right', hash, true).then(verdict => over.push(verdict))
  await Promise.all([...flood, owner])
  const at = over.indexOf('right')
  // Behind the two that were begun already, and what ends beside it.
  assert.ok(at >= 0 && at < 6, `${at} were over before`)
})

test('a flood of owners ends, too', async () => {
  const verifier = new PasswordVerifier()
  const hash = cheapHash('right')
  const all = Array.from({ length: 70 }, (_, index) => verifier.verify(`wrong ${index}`, hash, true))
  const verdicts = await Promise.all(all)
  assert.equal(verdicts.filter(verdict => verdict === 'busy').length, 4)
})

test('while too many wait, a password that was right elsewhere is no more than another', async () => {
  const verifier = new PasswordVerifier()
  const hash = cheapHash('right')
  assert.equal(await verifier.verify('right', hash, false, '192.0.2.1'), 'right')
  assert.ok(verifier.isRemembered('right', hash, '192.0.2.1'))
  assert.ok(!verifier.isRemembered('right', hash, '192.0.2.2'))
  const flood = Array.from({ length: 66 }, (_, at) => verifier.verify(`wrong ${at}`, hash))
  assert.equal(await verifier.verify('right', hash, false, '192.0.2.2'), 'busy')
  assert.equal(await verifier.verify('right', hash, false, '192.0.2.1'), 'right')
  await Promise.all(flood)
  assert.equal(await verifier.verify('right', hash, false, '192.0.2.2'), 'right')
  assert.ok(verifier.isRemembered('right', hash, '192.0.2.2'))
})
