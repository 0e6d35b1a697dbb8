/** Receiving: whatever happens to the disk or the client, there is an answer, and the stream is read to its end. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Incoming } from '../../../app/queue/incoming.ts'
import { ContentFlow } from '../../../app/smtp/content-flow.ts'
import type { ContentSource } from '../../../app/smtp/protocol.ts'
import { receive } from '../../../app/smtp/receive.ts'
import { makeFolder } from '../../support/folder.ts'

const line = Buffer.from(`${'x'.repeat(78)}\r\n`)
const megabyte = Buffer.concat(Array<Buffer>(13_000).fill(line))

/** In pieces as a socket gives them; `read` tells whether all of it was. */
function pieces(bytes: Buffer): ContentSource & { all: boolean } {
  return {
    all: false,
    async read(take) {
      for (let at = 0; at < bytes.length; at += 30_000) await take(bytes.subarray(at, at + 30_000))
      this.all = true
      return undefined
    },
    stop: () => assert.fail('it is to be read to its end'),
  }
}

test('a disk that fails is answered 452, and the rest is read all the same', async t => {
  const folder = join(await makeFolder(t), 'not-there')
  const incoming = new Incoming(folder, 'x.eml')
  const stream = pieces(megabyte)
  const received = await receive(stream, incoming, 10_000_000)
  assert.ok('code' in received)
  assert.equal(received.code, 452)
  assert.equal(received.status, '4.3.0')
  assert.equal(stream.all, true)
  await incoming.discard()
})

test('what is refused is not written further', async t => {
  const incoming = new Incoming(await makeFolder(t), 'x.eml')
  const received = await receive(pieces(megabyte), incoming, 200_000)
  assert.ok('code' in received)
  assert.equal(received.status, '5.3.4')
  assert.ok(incoming.length <= 200_000)
  await incoming.discard()
})

test('a client that goes in the middle of a write is answered when the write is over', async t => {
  const incoming = new Incoming(await makeFolder(t), 'x.eml')
  const content = new ContentFlow(() => {})
  let [written, after] = [false, false]
  const slow: Pick<Incoming, 'write'> = {
    write: piece =>
      incoming.write(piece)?.then(() => {
        written = true
      }),
  }
  const receiving = receive(content, Object.assign(Object.create(incoming), slow), 10_000_000)
  content.feed(megabyte.subarray(0, 100_000), () => {
    after = true
  })
  content.abort()
  const received = await receiving
  assert.deepEqual([written, after], [true, true])
  assert.ok('code' in received)
  assert.equal(received.code, 421)
  await incoming.discard()
})

test('8-bit content is noticed, the last CR alone too', async t => {
  const folder = await makeFolder(t)
  const take = (text: string) => receive(pieces(Buffer.from(text)), new Incoming(folder, 'x'), 1000)
  assert.deepEqual(await take('é\r\n'), { eightBit: true })
  assert.deepEqual(await take('e\r\n'), { eightBit: false })
  const cut = await take('e\r')
  assert.ok('code' in cut)
  assert.equal(cut.status, '5.6.0')
})
