/** The guard's two lists: sources that are never blocked, and those that always are. */
import type { Machine } from '../access/machine.ts'
import type { Client } from '../access/network.ts'
import { spansOf } from '../access/policy.ts'
import { compileRanges, type Ranges, rowAt } from '../access/ranges.ts'
import type { IdsSettings } from '../settings/settings.ts'

export type Listed = 'never' | 'always' | 'neither'

export class Lists {
  #ids: IdsSettings | undefined
  #machine: Machine | undefined
  #never: Ranges = compileRanges([])
  #always: Ranges = compileRanges([])

  /** The list that holds the client; `never` goes before `always`. Compiled anew when settings or machine change. */
  of(client: Client, ids: IdsSettings, machine: Machine): Listed {
    if (ids !== this.#ids || machine !== this.#machine) {
      this.#ids = ids
      this.#machine = machine
      this.#never = rangesOf(ids.neverBlock, machine)
      this.#always = rangesOf(ids.alwaysBlock, machine)
    }
    if (rowAt(this.#never, client) !== 0) return 'never'
    return rowAt(this.#always, client) === 0 ? 'neither' : 'always'
  }
}

function rangesOf(entries: readonly string[], machine: Machine): Ranges {
  return compileRanges(
    entries.flatMap((entry, index) => spansOf(entry, machine).map(span => ({ row: index + 1, span }))),
  )
}
