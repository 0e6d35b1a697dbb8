import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ContentScanner } from '../../../app/mail/content.ts'

function scan(chunks: readonly Buffer[]) {
  const scanner = new ContentScanner()
  for (const chunk of chunks) scanner.scan(chunk)
  scanner.end()
  const { problem, receivedFields, eightBit, bytes } = scanner
  return { problem, receivedFields, eightBit, bytes }
}

function scanText(text: string) {
  return scan([Buffer.from(text, 'latin1')])
}

test('finds the first problem and its line', () => {
  const table: readonly [string, string | undefined, number?][] = [
    ['', undefined],
    ['\r\n', undefined],
    ['a', undefined],
    ['a\r\nb\r\n\r\nc\r\n', undefined],
    ['\r\n\r\n\r\n', undefined],
    ['a\tb\x01\x7f\x0b\x0c\r\n', undefined],
    ['\n', 'bare-lf', 1],
    ['a\n', 'bare-lf', 1],
    ['a\r\nb\nc', 'bare-lf', 2],
    ['a\r\n\n', 'bare-lf', 2],
    ['a\r\n.\n', 'bare-lf', 2],
    ['a\n.\r\n', 'bare-lf', 1],
    ['\r', 'bare-cr', 1],
    ['a\rb', 'bare-cr', 1],
    ['a\r\r\n', 'bare-cr', 1],
    ['a\r\n\r', 'bare-cr', 2],
    ['a\r\n\rb\r\n', 'bare-cr', 2],
    ['a\r\n.\r', 'bare-cr', 2],
    ['\0', 'nul', 1],
    ['a\r\n\0', 'nul', 2],
    ['a\r\nb\r\nc\0\r\n', 'nul', 3],
    ['\r\0', 'bare-cr', 1],
    ['\0\n', 'nul', 1],
    ['a\r\nb\0\n\r', 'nul', 2],
    ['a\nb\0', 'bare-lf', 1],
    ['a\r\n\r\n\r\nb\r\nc\rd\ne', 'bare-cr', 5],
  ]
  for (const [text, kind, line] of table) {
    assert.deepEqual(scanText(text).problem, kind && { kind, line }, JSON.stringify(text))
  }
})

test('counts Received fields of the header only', () => {
  const table: readonly [string, number][] = [
    ['', 0],
    ['Received: x\r\n', 1],
    ['Received: x', 1],
    ['Received:', 1],
    ['Received', 0],
    ['RECEIVED: x\r\nreceived:y\r\nReCeIvEd:\r\n', 3],
    ['Received : x\r\nReceived\t:\r\n', 2],
    ['From: a\r\nReceived: x\r\n\tfrom y\r\nTo: b\r\n\r\n', 1],
    ['Received: x\r\n\r\nReceived: y\r\n', 1],
    ['\r\nReceived: x\r\n', 0],
    ['Subject: Received: x\r\n', 0],
    ['Subject: x\r\n Received: y\r\n\tReceived: z\r\n', 0],
    [' Received: y\r\n', 0],
    ['X-Received: x\r\nReceived-SPF: pass\r\nReceivedx: y\r\nReceive: z\r\nReceiveed: q\r\n', 0],
    ['Received: x\nReceived: y\n\nReceived: z\n', 2],
    ['Receivedreceived: x\r\n', 0],
    ['Received x: y\r\n', 0],
    ['\x12eceived: x\r\n', 0],
  ]
  for (const [text, fields] of table)
    assert.equal(scanText(text).receivedFields, fields, JSON.stringify(text))
})

test('goes on counting after a problem', () => {
  const result = scanText('From: a\nReceived: x\r\nReceived: y\r\n\r\n\xff')
  assert.deepEqual(result, {
    problem: { kind: 'bare-lf', line: 1 },
    receivedFields: 2,
    eightBit: true,
    bytes: 37,
  })
})

test('says whether there is anything but ASCII, wherever it is', () => {
  assert.equal(scanText('\x00\x7f\r\n').eightBit, false)
  assert.equal(scanText('\x80').eightBit, true)
  assert.equal(scan([Buffer.from('a'), Buffer.from('é'), Buffer.from('a'.repeat(99))]).eightBit, true)
  for (let at = 0; at < 100; at++) {
    const chunk = Buffer.alloc(100, 'a')
    chunk[at] = 0xe9
    assert.equal(scan([chunk]).eightBit, true, String(at))
  }
})

test('the last CR is bare only once nothing follows', () => {
  const scanner = new ContentScanner()
  scanner.scan(Buffer.from('a\r'))
  assert.equal(scanner.problem, undefined)
  scanner.scan(Buffer.alloc(0))
  scanner.scan(Buffer.from('\n'))
  scanner.end()
  assert.equal(scanner.problem, undefined)
})

const content = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom('Received: x', 'received', ':', 'a', ' ', '.', '\r\n', '\r\n', '\r\n\r\n'),
      },
      { weight: 1, arbitrary: fc.constantFrom('\r', '\n', '\0', '\xff', 'Rec') },
    ),
    { maxLength: 40 },
  )
  .map(parts => Buffer.from(parts.join(''), 'latin1'))

test('the chunks it comes in never change the outcome', () => {
  fc.assert(
    fc.property(content, fc.array(fc.nat(120), { maxLength: 12 }), (bytes, cuts) => {
      const whole = scan([bytes])
      const places = [0, ...cuts.filter(cut => cut < bytes.length).sort((a, b) => a - b), bytes.length]
      assert.deepEqual(scan(places.slice(1).map((end, index) => bytes.subarray(places[index], end))), whole)
      assert.deepEqual(scan(Array.from(bytes, byte => Buffer.from([byte]))), whole)
    }),
    { numRuns: 3000 },
  )
})

test('agrees with a plain reading of the whole text', () => {
  fc.assert(
    fc.property(content, bytes => {
      const text = bytes.toString('latin1')
      const first = /\r(?!\n)|(?<!\r)\n|\0/.exec(text)
      const kind = first && { '\r': 'bare-cr', '\n': 'bare-lf', '\0': 'nul' }[first[0]]
      const line = text.slice(0, first?.index).split('\n').length
      const header = /^(?:[^\n]*[^\r\n][^\n]*\n|[^\n]+$)*/.exec(text)?.[0] ?? ''
      const result = scan([bytes])
      assert.deepEqual(result.problem, kind ? { kind, line } : undefined)
      assert.equal(result.bytes, bytes.length)
      assert.equal(result.eightBit, /[\x80-\xff]/.test(text))
      if (!kind) assert.equal(result.receivedFields, header.match(/^received[ \t]*:/gim)?.length ?? 0)
    }),
    { numRuns: 3000 },
  )
})
