/** What a setting is called where only its path is known, as in a list of problems. */
import { optionOf } from './options.ts'

const lists: Readonly<Record<string, string>> = {
  'smtp.access': 'IP Access Restrictions, row',
  globalAccess: 'Global Access Restrictions, row',
  'smtp.listeners': 'Binding',
  users: 'User',
  'delivery.routes': 'Mail sender',
  'delivery.dkim': 'DKIM key',
}

/** `IP Access Restrictions, row 2, Address` for `smtp.access[1].from`. */
export function titleOf(path: string): string {
  const steps = stepsOf(path)
  const at = steps.findIndex(step => typeof step === 'number')
  const list = lists[steps.slice(0, at).join('.')]
  if (at < 0 || list === undefined) return named(steps)
  const entry = `${list} ${Number(steps[at]) + 1}`
  return at === steps.length - 1 ? entry : `${entry}, ${optionOf(steps.slice(0, at + 2)).label}`
}

function named(steps: readonly (string | number)[]): string {
  const [first, second] = steps
  if (first === 'aliases' && second !== undefined) return `Alias ${second}`
  if (first === 'catchAll' && second !== undefined) return `Catch-all of ${second}`
  const end = steps.findIndex(step => typeof step === 'number')
  return optionOf(end < 0 ? steps : steps.slice(0, end)).label
}

function stepsOf(path: string): readonly (string | number)[] {
  const found = path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)
  return [...found].map(([, index, quoted, name]) =>
    index === undefined ? (quoted ?? name ?? '') : Number(index),
  )
}
