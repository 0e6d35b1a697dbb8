/** Answers about long lists: of what could be as long as they are, the first, so that no answer is. */
import { isObject } from '../settings/path.ts'

/** Entries that are told one by one. */
const TOLD = 500

/** Texts of which the last says how many more there are. */
const TEXTS = ['words', 'notes']
/** Lists that a count stands beside. */
const COUNTED: Readonly<Record<string, string>> = {
  rows: 'rowCount',
  ranges: 'rangeCount',
  lines: 'lineCount',
  internalLines: 'internalLineCount',
  senders: 'senderCount',
  openRelay: 'openRelayCount',
}

export function bounded<Answer>(answer: Answer): Answer {
  if (!isObject(answer)) return answer
  const entries = Object.entries(answer).flatMap(([key, value]): [string, unknown][] => {
    if (!Array.isArray(value) || value.length <= TOLD) return [[key, value]]
    if (TEXTS.includes(key)) return [[key, texts(value)]]
    const count = COUNTED[key]
    if (count === undefined) return [[key, value]]
    return [
      [key, value.slice(0, TOLD)],
      [count, value.length],
    ]
  })
  // Only lists are made shorter, so that it stays what it was.
  return Object.fromEntries(entries) as Answer
}

function texts(all: readonly unknown[]): readonly unknown[] {
  return [...all.slice(0, TOLD), `… and ${all.length - TOLD} more`]
}
