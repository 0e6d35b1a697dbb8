import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FreshContents } from '../../../app/queue/fresh.ts'

const sealed = (bytes: Buffer) =>
  ({
    kind: 'inline',
    length: bytes.length,
    crc: 0,
    chunks: [bytes.subarray(0, 3), bytes.subarray(3)],
  }) as const

test('it never holds more than its limit, and never anything wrong', () => {
  const steps = fc.array(fc.record({ id: fc.nat(8), length: fc.nat(60), forget: fc.boolean() }))
  fc.assert(
    fc.property(steps, all => {
      const fresh = new FreshContents(100)
      const model = new Map<string, Buffer>()
      for (const [step, { id, length, forget }] of all.entries()) {
        const bytes = Buffer.alloc(length, step)
        if (forget) fresh.forget(`${id}`)
        else fresh.add(`${id}`, sealed(bytes))
        if (forget) model.delete(`${id}`)
        else model.set(`${id}`, bytes)
        let sum = 0
        for (const [key, value] of model) {
          const found = fresh.get(key)
          if (found) assert.deepEqual(found, value)
          sum += found?.length ?? 0
        }
        if (forget) assert.equal(fresh.get(`${id}`), undefined)
        else assert.deepEqual(fresh.get(`${id}`), bytes, 'the newest is always there')
        assert.equal(fresh.bytes, sum)
        assert.ok(sum <= 100)
      }
    }),
  )
})

test('large contents are not kept', () => {
  const fresh = new FreshContents(100)
  fresh.add('file', { kind: 'file', file: 'file.eml', length: 10, crc: 0 })
  fresh.add('long', sealed(Buffer.alloc(101)))
  assert.deepEqual([fresh.get('file'), fresh.get('long'), fresh.bytes], [undefined, undefined, 0])
})
