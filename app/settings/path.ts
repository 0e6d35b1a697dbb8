/** Paths to a place in the settings, as in `smtp.access[0].from` or `aliases["info@example.com"]`. */
import type { Parsed } from './settings.ts'

export type Step = string | number

const plainName = /^[A-Za-z_][A-Za-z0-9_-]*$/

export function formatPath(steps: readonly Step[]): string {
  return steps.map(formatStep).join('').replace(/^\./, '')
}

function formatStep(step: Step): string {
  if (typeof step === 'number') return `[${step}]`
  return plainName.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
}

/** Undefined when it isn't a path; the empty path is no steps. */
export function parsePath(path: string): readonly Step[] | undefined {
  const steps: Step[] = []
  let rest = path
  while (rest !== '') {
    const found = /^(\.?)(?:([A-Za-z_][A-Za-z0-9_-]*)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\])/.exec(rest)
    if (!found) return undefined
    const [whole, dot, name, index, quoted] = found
    if ((dot === '.') !== (name !== undefined && steps.length > 0)) return undefined
    const step = name ?? (index === undefined ? unquote(quoted ?? '') : Number(index))
    if (step === undefined) return undefined
    steps.push(step)
    rest = rest.slice(whole.length)
  }
  return steps
}

function unquote(quoted: string): string | undefined {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return undefined
  }
}

/** The value at `path`; all of `raw` for the empty path. */
export function getPath(raw: unknown, path: string): Parsed<unknown> {
  const steps = parsePath(path)
  if (!steps) return notAPath(path)
  let value = raw
  for (const [done, step] of steps.entries()) {
    const next = child(value, step)
    if (next === undefined) return refused(path, nothingAt(value, steps.slice(0, done), step))
    value = next
  }
  return { ok: true, value }
}

/**
 * A copy of `raw` with `value` at `path`; what isn't on the way is shared. `[n]` appends where n is the list's length,
 * objects and lists on the way are made where there are none, and an undefined `value` removes what is there.
 */
export function setPath(raw: unknown, path: string, value: unknown): Parsed<unknown> {
  const steps = parsePath(path)
  if (!steps) return notAPath(path)
  return put(raw, steps, 0, value)
}

function put(raw: unknown, steps: readonly Step[], done: number, value: unknown): Parsed<unknown> {
  const step = steps[done]
  if (step === undefined) return { ok: true, value }
  const holder = raw ?? (typeof step === 'number' ? [] : {})
  const misfit = misfitting(holder, steps, done, step)
  if (misfit !== undefined) return refused(formatPath(steps), misfit)
  const inner = put(child(holder, step), steps, done + 1, value)
  return inner.ok ? { ok: true, value: withChild(holder, step, inner.value) } : inner
}

function misfitting(holder: unknown, steps: readonly Step[], done: number, step: Step): string | undefined {
  const parent = steps.slice(0, done)
  if (step === '__proto__') return nothingAt(holder, parent, step)
  if (Array.isArray(holder))
    return typeof step === 'number' && step <= holder.length ? undefined : nothingAt(holder, parent, step)
  return isObject(holder) && typeof step === 'string' ? undefined : nothingAt(holder, parent, step)
}

function nothingAt(holder: unknown, parent: readonly Step[], step: Step): string {
  const where = parent.length === 0 ? 'The top' : `"${formatPath(parent)}"`
  if (Array.isArray(holder)) {
    const count = holder.length === 1 ? '1 entry' : `${holder.length} entries`
    return `${where} is a list of ${count}; write [n] with n from 0, and [${holder.length}] to add one.`
  }
  if (isObject(holder)) return `${where} has no ${JSON.stringify(step)}; check how the path is spelt.`
  return `${where} is a single value; end the path there.`
}

function child(holder: unknown, step: Step): unknown {
  if (Array.isArray(holder)) return typeof step === 'number' ? holder[step] : undefined
  return isObject(holder) && typeof step === 'string' && Object.hasOwn(holder, step)
    ? holder[step]
    : undefined
}

function withChild(holder: unknown, step: Step, value: unknown): unknown {
  if (Array.isArray(holder)) {
    const index = Number(step)
    return value === undefined
      ? holder.toSpliced(index, 1)
      : [...holder.slice(0, index), value, ...holder.slice(index + 1)]
  }
  const entries = Object.entries(isObject(holder) ? holder : {})
  if (!entries.some(([key]) => key === step)) entries.push([String(step), value])
  return Object.fromEntries(
    entries
      .map(([key, old]) => [key, key === step ? value : old] as const)
      .filter(([, kept]) => kept !== undefined),
  )
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function notAPath(path: string): Parsed<unknown> {
  return refused(
    path,
    'Write a path such as smtp.access[0].from, and a name that holds dots or "@" as aliases["info@example.com"].',
  )
}

function refused(path: string, text: string): Parsed<unknown> {
  return { ok: false, problems: [{ path, text }] }
}
