/** A change as the relay tells it, with the window's names in place of the settings file's. */
import { choiceLabel } from './options.ts'
import { titleOf } from './titles.ts'

/** A path at the start of a part, as in `smtp.access[1].from: "any" → "routers"`. */
const start = /^([a-zA-Z]\w*(?:\.\w+|\[\d+\]|\["(?:[^"\\]|\\.)*"\])*)(?=[:\s])/
const settings =
  /^(smtp|delivery|users|aliases|catchAll|globalAccess|localDomains|localNetworks|routers|hostname|certificate)\b/

/** `Maximum sessions` with `: 200 → 50`; what has no title stays as the relay said it. */
export interface HistoryPart {
  readonly title?: string
  /** Of the setting, as problems name it. */
  readonly path?: string
  readonly rest: string
}

export function historyParts(words: string): readonly HistoryPart[] {
  return words.split('; ').map(partOf)
}

/** The same as one sentence. */
export function historyWords(words: string): string {
  return historyParts(words)
    .map(({ title = '', rest }) => title + rest)
    .join('; ')
}

function partOf(part: string): HistoryPart {
  const path = start.exec(part)?.[1]
  if (path === undefined || !settings.test(path)) return { rest: part }
  const steps = path
    .split(/\.|\[(\d+)\]/)
    .flatMap(step => (step ? [/^\d+$/.test(step) ? Number(step) : step] : []))
  const told = part.slice(path.length)
  const rest = path.endsWith(']') ? told : settingWords(told)
  const named = rest.replace(/"([^"]*)"/g, (quoted, value) => choiceLabel(steps, value) ?? quoted)
  return { title: titleOf(path), path, rest: named }
}

const words: Readonly<Record<string, string>> = {
  added: 'set to ',
  removed: 'no longer set, was ',
  true: 'on',
  false: 'off',
}

/** A setting that the file hadn't is set, where an entry of a list is added; a switch is on or off. */
function settingWords(rest: string): string {
  const [, what = '', first = '', arrow = '', second = ''] =
    /^((?: \(.*\))?: )((?:added |removed )?(?:\d+|true|false|"[^"]*"))( → )?(.*)$/.exec(rest) ?? []
  if (what === '' || (arrow === '') !== (second === '')) return rest
  const verb = /^(added|removed) /.exec(first)?.[1]
  const value = verb === undefined ? first : first.slice(verb.length + 1)
  return `${what}${verb === undefined ? '' : words[verb]}${words[value] ?? value}${arrow}${words[second] ?? second}`
}
