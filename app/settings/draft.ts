/** Settings of which some parts are wrong: what could be read of them, with holes. */
import * as z from 'zod'
import { isObject, type Step } from './path.ts'

export type Draft<T> = T extends string | number | boolean
  ? T
  : T extends readonly (infer Entry)[]
    ? readonly (Draft<Entry> | undefined)[]
    : T extends object
      ? { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }
      : T

/** Every part of `raw` that `schema` accepts by itself, list entries at their place, defaults filled in. */
export function salvage<Schema extends z.ZodType>(
  schema: Schema,
  raw: unknown,
): Draft<z.output<Schema>> | undefined {
  // The walk follows the schema, so what it builds has the schema's shape.
  return salvageAny(schema, raw) as Draft<z.output<Schema>> | undefined
}

function salvageAny(schema: z.core.$ZodType, raw: unknown): unknown {
  const whole = z.safeParse(schema, raw)
  if (whole.success) return whole.data
  const { inner, input } = unwrap(schema, raw)
  if (inner instanceof z.ZodObject && isObject(input))
    return mapShape(inner, key => salvageAny(inner.shape[key], own(input, key)))
  if (inner instanceof z.ZodRecord && isObject(input)) {
    const entries = Object.entries(input).map(([key, value]) => [key, salvageAny(inner.valueType, value)])
    return Object.fromEntries(entries)
  }
  if (inner instanceof z.ZodArray && Array.isArray(input))
    return input.map(entry => salvageAny(inner.element, entry))
  return undefined
}

/** Valid `raw` as it would be written with every default standing in it. */
export function fillDefaults(schema: z.core.$ZodType, raw: unknown): unknown {
  const { inner, input } = unwrap(schema, raw)
  if (inner instanceof z.ZodObject && isObject(input))
    return mapShape(inner, key => fillDefaults(inner.shape[key], own(input, key)))
  if (inner instanceof z.ZodArray && Array.isArray(input))
    return input.map(entry => fillDefaults(inner.element, entry))
  return input
}

/** The names that stand beside each other at `path`; none where it isn't an object of known names. */
export function namesAt(schema: z.core.$ZodType, path: readonly Step[]): readonly string[] {
  const { inner } = unwrap(schema, undefined)
  const [step, ...rest] = path
  if (step === undefined) return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
  if (inner instanceof z.ZodObject) return typeof step === 'string' ? namesAt(inner.shape[step], rest) : []
  return inner instanceof z.ZodArray ? namesAt(inner.element, rest) : []
}

/** The schema without its defaults, and what it gets when `raw` is absent. */
function unwrap(schema: z.core.$ZodType, raw: unknown): { inner: z.core.$ZodType; input: unknown } {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrap(schema.def.innerType, raw === undefined ? schema.def.defaultValue : raw)
  if (schema instanceof z.ZodExactOptional) return unwrap(schema.def.innerType, raw)
  return { inner: schema, input: raw }
}

function mapShape(object: z.ZodObject, read: (key: string) => unknown): Record<string, unknown> {
  const entries = Object.keys(object.shape).map(key => [key, read(key)] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
