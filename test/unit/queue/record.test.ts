import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import {
  encodeRecord,
  isHeadIntact,
  LINE_LENGTH,
  parseLine,
  recordLength,
} from '../../../app/queue/record.ts'

const mark = '0123456789abcdef'

function headOf(bytes: Buffer, line: { readonly headLength: number }): Buffer {
  return bytes.subarray(LINE_LENGTH, LINE_LENGTH + line.headLength)
}

test('a record is read as it was written', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('M' as const, 'S' as const),
      fc.jsonValue(),
      fc.array(fc.uint8Array({ maxLength: 300 })),
      (kind, head, chunks) => {
        const body = chunks.map(chunk => Buffer.from(chunk))
        const whole = Buffer.concat(body)
        const bytes = Buffer.concat(encodeRecord(mark, kind, head, body, crc32(whole)))
        const line = parseLine(mark, bytes)
        assert.ok(line)
        assert.equal(line.kind, kind)
        assert.equal(recordLength(line), bytes.length)
        assert.ok(isHeadIntact(line, headOf(bytes, line)))
        assert.equal(headOf(bytes, line).toString(), JSON.stringify(head))
        const start = LINE_LENGTH + line.headLength + 1
        assert.deepEqual(bytes.subarray(start, start + line.bodyLength), whole)
        assert.equal(line.bodyCrc, crc32(whole))
      },
    ),
  )
})

test('any changed byte in line or head is noticed', () => {
  const good = Buffer.concat(encodeRecord(mark, 'M', { id: 'a', list: [1, 2] }, [Buffer.from('body')], 77))
  const checked = good.length - 'body'.length - 2
  for (let at = 0; at < checked; at++) {
    for (const change of [1, 8, 0x80]) {
      const bytes = Buffer.from(good)
      bytes[at] = (bytes[at] ?? 0) ^ change
      const line = parseLine(mark, bytes)
      const isGood = line !== undefined && isHeadIntact(line, headOf(bytes, line))
      assert.equal(isGood, false, `byte ${at} changed by ${change}`)
    }
  }
})

test('another segment’s record is none', () => {
  const bytes = Buffer.concat(encodeRecord('f'.repeat(16), 'S', {}))
  assert.equal(parseLine(mark, bytes), undefined)
})
