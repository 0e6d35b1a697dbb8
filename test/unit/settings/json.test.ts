/** The JSON reader: agrees with JSON.parse on what is JSON, and says where a mistake is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readJson } from '../../../app/settings/json.ts'

function builtin(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

const document = fc.jsonValue({ depthSize: 'small' }).map(value => JSON.stringify(value, undefined, 1))
/** A document with a piece cut out, put in twice or replaced. */
const damaged = fc
  .tuple(
    document,
    fc.nat(),
    fc.nat({ max: 5 }),
    fc.oneof(fc.string(), fc.constantFrom('"', '{', ']', ',', ':', '\\', '0', '1e', '-', '\u0000', 'null')),
  )
  .map(
    ([text, at, cut, put]) =>
      text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + cut),
  )

test('documents give what JSON.parse gives', () => {
  fc.assert(
    fc.property(document, text => {
      const read = readJson(text)
      assert.ok(read.ok)
      assert.deepEqual(read.value, JSON.parse(text))
    }),
    { numRuns: 500 },
  )
})

test('damaged documents are refused exactly where JSON.parse refuses them', () => {
  fc.assert(
    fc.property(damaged, text => {
      const [read, expected] = [readJson(text), builtin(text)]
      assert.equal(read.ok, expected !== undefined, text)
      if (read.ok && read.duplicates.length === 0) assert.deepEqual(read.value, expected?.value)
    }),
    { numRuns: 3000 },
  )
})

test('a mistake is placed by line and column, however the lines end', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const read = readJson(['{', '  "a": 1,', '  "b": tru', '}'].join(end))
    assert.ok(!read.ok)
    assert.match(read.problem.text, /^Line 3, column 8: .*"tru"\.$/)
  }
})

test('a name given twice is reported with its path and place, at every depth', () => {
  const read = readJson('{"a": [{"x": 1,\n"x": 2}], "a": 3, "\\u0061": 4}')
  assert.ok(read.ok)
  assert.deepEqual(
    read.duplicates.map(({ path }) => path),
    ['a[0].x', 'a', 'a'],
  )
  assert.match(read.duplicates[0]?.text ?? '', /line 2, column 6\.$/)
})

test('"__proto__" becomes a name of its own and changes no prototype', () => {
  const read = readJson('{"__proto__": {"polluted": 1}}')
  assert.ok(read.ok)
  assert.equal(Object.getPrototypeOf(read.value), Object.prototype)
  assert.ok(Object.hasOwn(Object(read.value), '__proto__'))
  assert.equal(Reflect.get({}, 'polluted'), undefined)
})

test('endless nesting and strings of megabytes do no harm', () => {
  assert.ok(!readJson('['.repeat(1_000_000)).ok)
  assert.ok(!readJson('{"a":'.repeat(1_000_000)).ok)
  assert.ok(readJson(`"${'x'.repeat(8_000_000)}"`).ok)
  assert.ok(readJson(`"${'\\n'.repeat(4_000_000)}"`).ok)
  assert.ok(!readJson(`"${'x'.repeat(8_000_000)}`).ok)
  assert.ok(readJson(`[${'1,'.repeat(1_000_000)}1]`).ok)
})
