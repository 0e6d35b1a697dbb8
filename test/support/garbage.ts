/** Garbage for a request, made from the check of its own arguments, so that it is nearly right. */
import fc from 'fast-check'
import type * as z from 'zod'

/** Stands in the JSON for what JSON can't say; a page makes it (`specials`). */
export const SPECIAL = '$special'
export const SPECIALS = [
  'undefined',
  'NaN',
  'Infinity',
  'bigint',
  'date',
  'map',
  'bytes',
  'function',
  'symbol',
  'cycle',
  'window',
] as const

const deep = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
/** Own keys, as JSON.parse makes them. */
const proto = JSON.parse('{"__proto__":{"all":true,"ids":[]},"constructor":{"prototype":{"ok":true}}}')

export const hostileStrings: readonly string[] = [
  '',
  '__proto__',
  'constructor',
  '<script>globalThis.ran = 1</script>',
  '../../../../etc/passwd',
  '/etc/passwd',
  'a\0b',
  'a\r\nMAIL FROM:<x@y.example>',
  '\u202eexe.txt',
  '\u001b[2J\u001b]0;x\u0007',
  '$(touch /tmp/x); `touch /tmp/x`',
  '%s%s%s%n',
  '\ud800',
  'x'.repeat(100_000),
]

/** Values of every wrong kind. */
const wrong: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 2 ** 53, 1e308, '', [], {}, proto, deep(50), deep(500)),
  fc.constantFrom(...hostileStrings),
  fc.constant('x').map(text => text.repeat(300_000)),
  fc.array(fc.constant(null), { minLength: 500, maxLength: 500 }),
  fc.jsonValue(),
)

const special = fc.constantFrom(...SPECIALS).map(name => ({ [SPECIAL]: name }))

/** What fits the check, with hostile texts in it. */
function fitting(check: z.core.$ZodType): fc.Arbitrary<unknown> {
  const { def } = (check as z.ZodType)._zod as { readonly def: z.core.$ZodTypeDef }
  switch (def.type) {
    case 'string':
      return fc.oneof(fc.constantFrom(...hostileStrings), fc.string())
    case 'number':
      return fc.oneof(fc.integer({ min: 0, max: 10 }), fc.double())
    case 'boolean':
      return fc.boolean()
    case 'unknown':
      return wrong
    case 'null':
      return fc.constant(null)
    case 'literal':
      return fc.constantFrom<unknown>(...of<readonly unknown[]>(def, 'values'))
    case 'enum':
      return fc.constantFrom<unknown>(...Object.values(of<object>(def, 'entries')))
    case 'array':
      return fc.array(fitting(of(def, 'element')), { maxLength: 3 })
    case 'tuple':
      return fc.tuple(...of<readonly z.ZodType[]>(def, 'items').map(fitting))
    case 'union':
      return fc.oneof(...of<readonly z.ZodType[]>(def, 'options').map(fitting))
    case 'record':
      return fc.dictionary(fc.constantFrom('a', '__proto__', 'support'), fitting(of(def, 'valueType')))
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(of<Record<string, z.ZodType>>(def, 'shape')).map(([key, one]) => [
            key,
            fitting(one),
          ]),
        ),
      )
    case 'pipe':
      return fitting(of(def, 'in'))
    case 'optional':
    case 'nullable':
      return fc.oneof(fitting(of(def, 'innerType')), fc.constant(null))
    default:
      throw new Error(`Nothing fits a check of the type ${def.type} yet: add it here.`)
  }
}

function of<Value>(def: object, name: string): Value {
  return Reflect.get(def, name)
}

/** One place in a value, chosen by `at`, holds something else. */
function spoilt(value: unknown, at: number, by: unknown): unknown {
  const isList = Array.isArray(value)
  if (typeof value !== 'object' || value === null || at % 4 === 0) return by
  const keys = Object.keys(value)
  if (keys.length === 0 || at % 4 === 1) return isList ? [...value, by] : { ...value, more: by }
  const key = keys[at % keys.length] ?? ''
  const inner = spoilt(Reflect.get(value, key), at >> 2, by)
  return isList
    ? value.map((one, index) => (String(index) === key ? inner : one))
    : { ...value, [key]: inner }
}

/** What JSON can't say is null there, and may fit after all. */
export function asJson(args: readonly unknown[]): readonly unknown[] {
  return JSON.parse(JSON.stringify(args))
}

/** What becomes of the specials that may fit a check after all, once a page has made them. */
const made = new Map<unknown, unknown>([
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['bigint', 5n],
  ['date', new Date(0)],
  ['map', new Map([['all', true]])],
  ['bytes', new Uint8Array(9)],
])

/** With the specials as a page makes them; a key without a value doesn't get through. */
function asMade(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(asMade)
  const name: unknown = Reflect.get(value, SPECIAL)
  if (made.has(name)) return made.get(name)
  const entries = Object.entries(value).map(([key, one]) => [key, asMade(one)] as const)
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined))
}

/** Arguments that fit. */
export function fittingArguments(check: z.ZodType): fc.Arbitrary<readonly unknown[]> {
  return fitting(check).map(value => (Array.isArray(value) ? value : [value]))
}

/** Arguments that don't fit: of a wrong number, type, size or depth, or with keys that every object has. */
export function garbageFor(check: z.ZodType): fc.Arbitrary<readonly unknown[]> {
  const near = fc.tuple(fittingArguments(check), fc.nat(), fc.oneof(wrong, special)).map(([args, at, by]) => {
    const bad =
      args.length === 0
        ? [by]
        : args.map((one, index) => (index === at % args.length ? spoilt(one, at >> 3, by) : one))
    return at % 5 === 0 ? bad.slice(0, -1) : at % 7 === 0 ? [...bad, by] : bad
  })
  return fc
    .oneof({ weight: 4, arbitrary: near }, { weight: 1, arbitrary: fc.array(wrong, { maxLength: 6 }) })
    .filter(args => ![args, asJson(args), asMade(args)].some(one => check.safeParse(one).success))
}
