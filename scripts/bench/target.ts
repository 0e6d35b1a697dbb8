/** A relay that is measured: how it is laid out and started. One more is one more file in targets/. */

import type { Target } from './place.ts'
import { libraries } from './targets/libraries.ts'
import { postern } from './targets/postern.ts'
import { postfix } from './targets/postfix.ts'

const all: readonly Target[] = [postfix, postern, libraries]

/** Throws a sentence for a name that is none. */
export function findTargets(names: readonly string[]): readonly Target[] {
  return names.map(name => {
    const target = all.find(one => one.name === name)
    if (target) return target
    throw new Error(`There is no target "${name}"; there are ${all.map(one => one.name).join(', ')}.`)
  })
}
