/** A path to a place in the settings, and the pure edits of what stands there. */

export type Step = string | number
export type Path = readonly Step[]

const plainName = /^[A-Za-z_][A-Za-z0-9_-]*$/

/** As the relay writes it in problems: `smtp.access[2].from`, `aliases["info@example.com"]`. */
export function formatPath(path: Path): string {
  return path.map(formatStep).join('').replace(/^\./, '')
}

function formatStep(step: Step): string {
  if (typeof step === 'number') return `[${step}]`
  return plainName.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Undefined where there is nothing. */
export function getAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)]
    return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined
  }, root)
}

/** A copy with `value` at `path`, sharing all the rest; undefined removes the name or the list's entry. */
export function putAt<Root>(root: Root, path: Path, value: unknown): Root {
  // What is put stands where its kind stood before, so the root keeps its shape.
  return put(root, path, value) as Root
}

function put(holder: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value
  if (Array.isArray(holder)) {
    const index = Number(step)
    if (rest.length === 0 && value === undefined) return holder.toSpliced(index, 1)
    const inner = put(holder[index], rest, value)
    // A list may be long, and a copy of it is made many times faster than a new one.
    return index < holder.length ? holder.with(index, inner) : [...holder, inner]
  }
  const record = isRecord(holder) ? holder : {}
  const fresh = put(record[step], rest, value)
  const entries = Object.entries(record).filter(([key]) => key !== step || fresh !== undefined)
  const changed = entries.map(([key, old]) => [key, key === step ? fresh : old] as const)
  return Object.fromEntries(
    fresh === undefined || Object.hasOwn(record, step) ? changed : [...changed, [String(step), fresh]],
  )
}

/** The list with the entry at `from` standing at `to`; places outside the list count as its ends. */
export function moved<Entry>(list: readonly Entry[], from: number, to: number): readonly Entry[] {
  const place = Math.max(0, Math.min(list.length - 1, to))
  const entry = list[from]
  if (entry === undefined || place === from) return list
  return list.toSpliced(from, 1).toSpliced(place, 0, entry)
}

/** The record with one name spelt anew, in its place. */
export function renamed<Value>(
  record: Readonly<Record<string, Value>>,
  from: string,
  to: string,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key === from ? to : key, value]))
}

/** Whether two settings are alike, whatever the order of their names. */
export function alike(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((entry, index) => alike(entry, other[index]))
  if (!isRecord(one) || !isRecord(other)) return false
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every(key => Object.hasOwn(other, key) && alike(one[key], other[key]))
  )
}
