/** What no settings hold and the schema can't be trusted with: endless nesting, endless lists, `__proto__`. */
import { maxDepth } from './json.ts'
import { formatPath, isObject, type Step } from './path.ts'
import type { Problem } from './settings.ts'

/** Values in one file: 150,000 rows with their users and comments are fewer. */
const maxValues = 2_000_000

export type Hostile =
  | { readonly kind: 'endless'; readonly problem: Problem }
  | { readonly kind: 'bounded'; readonly problems: readonly Problem[] }

/** Walks without recursion, since the nesting may be made to exhaust the stack. */
export function findHostile(raw: unknown): Hostile {
  const problems: Problem[] = []
  const open: { readonly value: unknown; readonly path: readonly Step[] }[] = [{ value: raw, path: [] }]
  let values = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next
    if (path.length > maxDepth)
      return endless(path.slice(0, 3), `Remove what is nested more than ${maxDepth} deep here.`)
    values += Array.isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : 0
    if (values > maxValues)
      return endless([], `Make the settings smaller: they hold over ${maxValues} values.`)
    if (isObject(value) && Object.hasOwn(value, '__proto__'))
      problems.push({
        path: formatPath([...path, '__proto__']),
        text: 'Remove "__proto__": it can\'t be a name here.',
      })
    for (const [step, inner] of entriesOf(value)) open.push({ value: inner, path: [...path, step] })
  }
  return { kind: 'bounded', problems }
}

function entriesOf(value: unknown): readonly (readonly [Step, unknown])[] {
  if (Array.isArray(value)) return [...value.entries()]
  return isObject(value) ? Object.entries(value) : []
}

function endless(path: readonly Step[], text: string): Hostile {
  return { kind: 'endless', problem: { path: formatPath(path), text } }
}
