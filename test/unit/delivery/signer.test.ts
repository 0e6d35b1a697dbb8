/** Signed mail: it verifies at a receiver that asks the DNS, whatever stands in it, and however large it is. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import { array, asyncProperty, assert as check, constantFrom, string, tuple, uint8Array } from 'fast-check'
import { type Departure, leaving } from '../../../app/delivery/departure.ts'
import { makeKey, recordOf } from '../../../app/delivery/dkim-key.ts'
import { Signer } from '../../../app/delivery/signer.ts'
import type { DkimKey } from '../../../app/settings/settings.ts'
import { verdictsOn } from '../../support/dkim.ts'
import { startDns } from '../../support/dns-server.ts'
import type { Ending } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { failureIn } from './outgoing.ts'

const rsa: DkimKey = { domain: 'x.example', selector: 'mail', secret: 'r', enabled: true }
const ed: DkimKey = { ...rsa, selector: 'ed', secret: 'e' }

/** A receiver's DNS with the keys' records, and who signs by them. */
async function signing(test: Ending, keys: readonly DkimKey[] = [rsa]) {
  const secrets = new Map<string, string>()
  for (const key of keys) secrets.set(key.secret, await makeKey(key.secret === 'e' ? 'ed25519' : 'rsa'))
  const zone = Object.fromEntries(
    keys.map(({ domain, selector, secret }) => {
      const record = recordOf(domain, selector, secrets.get(secret))
      return [record?.name ?? '', { TXT: [record?.value ?? ''] }]
    }),
  )
  const dns = await startDns(test, zone)
  return { dns: dns.address, zone, secrets, signer: new Signer(keys, name => secrets.get(name), Date.now) }
}

async function sent(message: Buffer, departure: Departure): Promise<Buffer> {
  const { size, content } = await leaving({ kind: 'bytes', bytes: message }, message.length, departure)
  assert.ok(Buffer.isBuffer(content))
  assert.equal(content.length, size)
  return content
}

const LETTER = 'Received: by a\r\nFrom: A <a@x.example>\r\nSubject: s\r\n\r\nhello\r\n'

test('a letter verifies, by RSA and Ed25519 at once', async t => {
  const { dns, signer } = await signing(t, [rsa, ed])
  const out = await sent(Buffer.from(LETTER), { signer })
  assert.ok(out.toString().endsWith(LETTER))
  assert.deepEqual(await verdictsOn(out, dns), [
    'pass d=x.example s=mail a=rsa-sha256',
    'pass d=x.example s=ed a=ed25519-sha256',
  ])
  for (const line of out.toString().split('\r\n')) assert.ok(line.length <= 78, line)
})

test('what is changed on the way no longer verifies: a body, a subject, a From put on top', async t => {
  const { dns, signer } = await signing(t)
  const out = (await sent(Buffer.from(LETTER), { signer })).toString()
  const changes = [
    out.replace('hello', 'hullo'),
    out.replace('Subject: s', 'Subject: S'),
    out.replace('From: A', 'From: Evil <e@evil.example>\r\nFrom: A'),
    `From: Evil <e@evil.example>\r\n${out}`,
  ]
  for (const changed of changes) {
    const [verdict = ''] = await verdictsOn(Buffer.from(changed), dns)
    assert.doesNotMatch(verdict, /^pass/, changed)
  }
})

test('it is signed after the sender was changed, as that sender', async t => {
  const { dns, signer } = await signing(t)
  const other = Buffer.from(LETTER.replace('a@x.example', 'a@elsewhere.example'))
  assert.deepEqual(await sent(other, { signer }), other)
  const out = await sent(other, { signer, sendAs: 'office@x.example' })
  assert.match(out.toString(), /\r\nFrom: A <office@x\.example>\r\nReply-To: A <a@elsewhere\.example>\r\n/)
  assert.deepEqual(await verdictsOn(out, dns), ['pass d=x.example s=mail a=rsa-sha256'])
})

test('a key is for its domain and those below it that have none of their own', () => {
  const below: DkimKey = { ...rsa, domain: 'b.x.example', selector: 'below' }
  const off: DkimKey = { ...rsa, domain: 'off.example', enabled: false }
  const signer = new Signer([rsa, below, off], () => undefined, Date.now)
  const selectors = (from: string) =>
    signer.keysFor(Buffer.from(`From: ${from}\r\n`)).map(({ selector }) => selector)
  assert.deepEqual(selectors('a@X.example'), ['mail'])
  assert.deepEqual(selectors('a@c.x.example'), ['mail'])
  assert.deepEqual(selectors('a@c.b.x.example'), ['below'])
  for (const none of [
    'a@example',
    'a@xx.example',
    'a@off.example',
    'a@[127.0.0.1]',
    'junk',
    'a@x.example, b@x.example',
  ])
    assert.deepEqual(selectors(none), [])
})

test('a key that is missing or no key makes mail wait, and says what to do', async () => {
  for (const secret of [undefined, '', 'no key']) {
    const signer = new Signer([rsa], () => secret, Date.now)
    const { reply, kind } = await failureIn(sent(Buffer.from(LETTER), { signer }))
    assert.deepEqual([reply.code, kind], [454, 'refused'])
    assert.match(reply.text, /postern dkim/)
  }
})

test('a header without end is refused, not taken into memory', async t => {
  const { signer } = await signing(t)
  const long = Buffer.from(`From: a@x.example\r\n${'X: y\r\n'.repeat(200_000)}\r\nbody\r\n`)
  const { reply } = await failureIn(sent(long, { signer }))
  assert.deepEqual([reply.code, reply.status], [554, '5.6.0'])
  const most = Buffer.from(`From: a@x.example\r\n${'X: y\r\n'.repeat(170_000)}\r\nbody\r\n`)
  assert.match((await sent(most, { signer })).toString('latin1', 0, 20), /^DKIM-Signature:/)
})

// mailauth 4.13 takes the byte A0 in a header for white space, which RFC 6376 section 3.4.2 doesn't.
const byte = uint8Array({ maxLength: 30 }).map(bytes =>
  Buffer.from(
    bytes.filter(one => one !== 0 && one !== 10 && one !== 13 && one !== 0xa0 && one !== 11 && one !== 12),
  ).toString('latin1'),
)
const name = constantFrom(
  'Subject',
  'subject ',
  'TO',
  'X-Odd',
  'Date',
  'Reply-To',
  'Content-Type',
  'References',
  'DKIM-Signature-X',
)
const field = tuple(name, array(byte, { minLength: 1, maxLength: 4 })).map(
  ([named, parts]) => `${named}:${parts.map(part => `x${part}`).join('\r\n\t ')}\r\n`,
)
const line = constantFrom(
  '',
  ' ',
  '\t',
  '.',
  '..',
  '. x',
  'a  b\t c ',
  'From x',
  '\xff\xa0\x85',
  '  lead',
  'x'.repeat(1200),
  '--b',
)
const bodies = array(line, { maxLength: 12 }).map(lines => lines.map(one => `${one}\r\n`).join(''))

test('whatever stands in header and body, it verifies', { timeout: 120_000 }, async t => {
  const { dns, signer } = await signing(t, [rsa, ed])
  const all = tuple(array(field, { maxLength: 8 }), bodies, string({ maxLength: 5 }))
  await check(
    asyncProperty(all, async ([fields, body, tail]) => {
      const from = 'From: A\r\n <a@x.example>\r\n'
      const end = tail.includes('x') ? 'no line end' : ''
      const text = `Received: by a\r\n${fields.slice(0, 3).join('')}${from}${fields.slice(3).join('')}\r\n${body}${end}`
      const out = await sent(Buffer.from(text, 'latin1'), { signer })
      assert.deepEqual(
        await verdictsOn(out, dns),
        ['pass d=x.example s=mail a=rsa-sha256', 'pass d=x.example s=ed a=ed25519-sha256'],
        JSON.stringify(out.toString('latin1')),
      )
    }),
    { numRuns: 150 },
  )
})

test('a byte A0 in a header is no white space', async t => {
  const { signer } = await signing(t)
  const header = (subject: string) => Buffer.from(`From: a@x.example\r\nSubject: ${subject}\r\n`, 'latin1')
  const out = async (subject: string) => {
    const fields = await signer.signatures([rsa], header(subject), [])
    return /b=([\s\S]*)$/.exec(fields.toString())?.[1]
  }
  assert.notEqual(await out('a\xa0b'), await out('a b'))
  assert.equal(await out('a \t b'), await out('a b'))
})

test('bodies that are empty, missing or end in blank lines verify', async t => {
  const { dns, signer } = await signing(t)
  const header = 'From: a@x.example\r\n'
  for (const rest of [
    '',
    '\r\n',
    '\r\n\r\n',
    '\r\n \r\n\r\n',
    '\r\na\r\n\r\n \t\r\n\r\n',
    '\r\n.\r\n..\r\n',
    '\r\nno end',
    '\r\n \t',
  ]) {
    const out = await sent(Buffer.from(header + rest), { signer })
    // On the wire the last line always has its end; and mailauth reads no header without the empty line.
    const missing = rest === '' || out.at(-1) !== 10
    const wire = missing ? Buffer.concat([out, Buffer.from('\r\n')]) : out
    assert.deepEqual(
      await verdictsOn(wire, dns),
      ['pass d=x.example s=mail a=rsa-sha256'],
      JSON.stringify(rest),
    )
  }
})

async function collected(
  content: Buffer | Readable,
): Promise<{ hash: string; bytes: number; most: number; begin: Buffer }> {
  const hash = createHash('sha256')
  let [bytes, most, begin] = [0, 0, Buffer.alloc(0)]
  for await (const piece of Buffer.isBuffer(content) ? [content] : content) {
    const chunk: Buffer = piece
    if (begin.length < 4096) begin = Buffer.concat([begin, chunk.subarray(0, 4096)])
    hash.update(chunk)
    bytes += chunk.length
    most = Math.max(most, chunk.length)
  }
  return { hash: hash.digest('hex'), bytes, most, begin }
}

test('a large file is signed and sent in bounded memory, each byte as it is', {
  timeout: 120_000,
}, async t => {
  const { dns, signer } = await signing(t)
  const path = join(await makeFolder(t), 'large.eml')
  const header = 'From: A <a@elsewhere.example>\r\nSubject: s\r\n'
  const piece = `${randomBytes(48).toString('base64')}\r\n.\r\n`.repeat(30_000)
  const body = Buffer.from(`\r\n${piece.repeat(30)}${'\r\n'.repeat(500_000)}end\r\n\r\n`)
  const size = header.length + body.length
  await writeFile(path, Buffer.concat([Buffer.from(header), body]))
  const content = { kind: 'file', path, length: size } as const
  const before = process.memoryUsage().rss
  const out = await leaving(content, size, { signer, sendAs: 'office@x.example' })
  const first = await collected(out.content)
  const grown = process.memoryUsage().rss - before
  assert.ok(size > 60_000_000)
  assert.ok(grown < 45_000_000, `${grown} bytes more for ${size}`)
  assert.equal(first.bytes, out.size)
  const again = await leaving(content, size, { signer, sendAs: 'office@x.example' })
  const pieces: Buffer[] = []
  for await (const one of again.content as Readable) pieces.push(one)
  const whole = Buffer.concat(pieces)
  assert.ok(whole.subarray(whole.length - body.length).equals(body))
  assert.deepEqual(await verdictsOn(whole, dns), ['pass d=x.example s=mail a=rsa-sha256'])
})

test('a line of 20 MB takes no longer than as many short ones', { timeout: 60_000 }, async t => {
  const { signer } = await signing(t)
  const bytes = Buffer.from(`From: a@x.example\r\n\r\n${'x y'.repeat(7_000_000)}\r\n`)
  const before = process.cpuUsage()
  await sent(bytes, { signer })
  assert.ok(process.cpuUsage(before).user / 1000 < 5000)
})
