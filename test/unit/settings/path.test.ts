/** Paths: read, written, and what stands at them changed without touching the rest. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatPath, getPath, parsePath, setPath } from '../../../app/settings/path.ts'
import type { Parsed } from '../../../app/settings/settings.ts'

const raw = {
  smtp: { access: [{ from: 'any' }, { from: 'routers' }], enabled: true },
  aliases: { 'info@example.com': ['support'] },
}

function problem(parsed: Parsed<unknown>): string {
  assert.ok(!parsed.ok)
  return parsed.problems.map(({ text }) => text).join('\n')
}

test('any steps are written and read as the same', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string(),
          fc.nat({ max: 999_999_999 }),
          fc.constantFrom('a', 'b.c', 'd"]', '__proto__', ''),
        ),
      ),
      steps => {
        assert.deepEqual(parsePath(formatPath(steps)), steps)
      },
    ),
    { numRuns: 1000 },
  )
})

test('what is no path', () => {
  for (const path of [
    '.',
    'a.',
    '.a',
    'a..b',
    'a[',
    'a[]',
    'a[-1]',
    'a[1',
    'a[1]b',
    'a b',
    'a["x]',
    'a["x"',
    'info@example.com',
    'a[1.5]',
  ])
    assert.equal(parsePath(path), undefined, path)
})

test('what stands at a path', () => {
  assert.deepEqual(getPath(raw, ''), { ok: true, value: raw })
  assert.deepEqual(getPath(raw, 'smtp.access[1].from'), { ok: true, value: 'routers' })
  assert.deepEqual(getPath(raw, 'aliases["info@example.com"][0]'), { ok: true, value: 'support' })
})

test('a path to nothing is refused in words', () => {
  assert.match(problem(getPath(raw, 'smtp.acess')), /^"smtp" has no "acess"/)
  assert.match(problem(getPath(raw, 'smtp.access[2]')), /^"smtp.access" is a list of 2 entries/)
  assert.match(problem(getPath(raw, 'smtp.access.from')), /^"smtp.access" is a list/)
  assert.match(problem(getPath(raw, 'smtp.enabled.x')), /^"smtp.enabled" is a single value/)
  assert.match(problem(getPath(raw, 'smtp[0]')), /^"smtp" has no 0/)
  assert.match(problem(getPath(raw, 'nothing')), /^The top has no "nothing"/)
  assert.match(problem(getPath(raw, 'aliases.info@example.com')), /^Write a path such as/)
  for (const path of ['__proto__', 'constructor', 'smtp.toString', 'smtp.access.length'])
    problem(getPath(raw, path))
})

test('a value is set in a copy, the rest is shared', () => {
  const before = structuredClone(raw)
  const set = setPath(raw, 'smtp.access[1].from', 'any')
  assert.ok(set.ok)
  assert.deepEqual(raw, before)
  assert.deepEqual(set.value, {
    ...raw,
    smtp: { ...raw.smtp, access: [raw.smtp.access[0], { from: 'any' }] },
  })
  assert.equal(Reflect.get(Object(set.value), 'aliases'), raw.aliases)
})

test('[n] at the end of a list appends; further out is refused', () => {
  const set = setPath(raw, 'smtp.access[2]', { from: '10.0.0.1' })
  assert.ok(set.ok)
  assert.deepEqual(getPath(set.value, 'smtp.access[2].from'), { ok: true, value: '10.0.0.1' })
  assert.match(problem(setPath(raw, 'smtp.access[3]', {})), /\[2\] to add one/)
})

test('what is missing on the way is made', () => {
  assert.deepEqual(setPath({}, 'delivery.routes[0].to[0]', '*'), {
    ok: true,
    value: { delivery: { routes: [{ to: ['*'] }] } },
  })
  problem(setPath({}, 'delivery.routes[1]', {}))
})

test('undefined removes an entry or a name', () => {
  assert.deepEqual(setPath(raw, 'smtp.access[0]', undefined), {
    ok: true,
    value: { ...raw, smtp: { ...raw.smtp, access: [{ from: 'routers' }] } },
  })
  assert.deepEqual(setPath({ a: 1, b: 2 }, 'a', undefined), { ok: true, value: { b: 2 } })
})

test('no path reaches a prototype', () => {
  for (const path of [
    '__proto__.polluted',
    'smtp.__proto__.polluted',
    'smtp.access[0].__proto__',
    '["__proto__"]',
  ])
    problem(setPath(raw, path, 'yes'))
  const set = setPath({}, 'constructor.prototype.polluted', 'yes')
  assert.ok(set.ok)
  assert.equal(Reflect.get({}, 'polluted'), undefined)
})

test('what is set at any place is what stands there', () => {
  const steps = fc.array(
    fc.oneof(
      fc.string().filter(name => name !== '__proto__'),
      fc.constant(0),
    ),
    { maxLength: 5 },
  )
  fc.assert(
    fc.property(steps, fc.jsonValue(), (path, value) => {
      const set = setPath(undefined, formatPath(path), value)
      assert.ok(set.ok)
      assert.deepEqual(getPath(set.value, formatPath(path)), { ok: true, value })
    }),
  )
})
