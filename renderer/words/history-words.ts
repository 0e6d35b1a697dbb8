/** A change as the relay tells it, with the window's names in place of the settings file's. */
import { choiceLabel } from './options.ts'
import { titleOf } from './titles.ts'

/** A path at the start of a part, as in `smtp.access[1].from: "any" → "routers"`. */
const start = /^([a-zA-Z]\w*(?:\.\w+|\[\d+\]|\["(?:[^"\\]|\\.)*"\])*)(?=[:\s])/

/** `Maximum sessions: 200 → 50` for `smtp.maxConnections: 200 → 50`; what it can't read stays as it is. */
export function historyWords(words: string): string {
  return words.split('; ').map(partWords).join('; ')
}

function partWords(part: string): string {
  const path = start.exec(part)?.[1]
  if (
    path === undefined ||
    !/^(smtp|delivery|users|aliases|catchAll|globalAccess|localDomains|localNetworks|routers|hostname)\b/.test(
      path,
    )
  )
    return part
  const rest = part.slice(path.length)
  const steps = path
    .split(/\.|\[(\d+)\]/)
    .flatMap(step => (step ? [/^\d+$/.test(step) ? Number(step) : step] : []))
  return titleOf(path) + rest.replace(/"([^"]*)"/g, (quoted, value) => choiceLabel(steps, value) ?? quoted)
}
