/** A Postfix table of client addresses: `cidr:` patterns with what becomes of them (cidr_table(5), access(5)). */
import { parseFrom, type Span } from '../access/network.ts'
import type { TextLine } from './decode.ts'
import type { Remarks } from './remarks.ts'

/** What a match says of relaying. `pass`: this table says nothing, whoever comes next decides. */
export type Result = 'anyone' | 'after-login' | 'never' | 'pass'

export interface TableEntry {
  readonly span: Span
  readonly result: Result
  readonly line: number
}

/** Results of `access(5)`; what else stands there is lost. */
export function readCidrTable(
  lines: readonly TextLine[],
  file: string,
  remarks: Remarks,
): readonly TableEntry[] {
  return logical(lines).flatMap(({ number, text }) => {
    const [pattern = '', ...words] = text.trim().split(/\s+/)
    if (/^(?:if|endif)$/i.test(pattern) || pattern.startsWith('!')) {
      remarks.lose(number, 'Conditions ("if", "endif", "!") were not taken: write the networks out.', file)
      return []
    }
    const span = readPattern(pattern)
    if (!span.ok) {
      remarks.lose(number, span.problem, file)
      return []
    }
    const result = readResult(words.join(' '))
    if (result) return [{ span: span.span, result, line: number }]
    remarks.lose(
      number,
      `The result ${JSON.stringify(words.join(' ').slice(0, 60))} was not taken: OK, REJECT, DUNNO, codes and permit_sasl_authenticated are.`,
      file,
    )
    return []
  })
}

type ReadPattern =
  | { readonly ok: true; readonly span: Span }
  | { readonly ok: false; readonly problem: string }

/** A host or a network, IPv6 also in brackets, as in mynetworks. */
export function readPattern(pattern: string): ReadPattern {
  const bare = pattern.replace(/^\[([^\]]*)\]/, '$1')
  const parsed = parseFrom(bare)
  if (!parsed.ok) return parsed
  if (parsed.from.kind === 'span' && !bare.includes('-')) return { ok: true, span: parsed.from.span }
  return { ok: false, problem: `${JSON.stringify(pattern.slice(0, 60))} is no address and no network.` }
}

/** Lines that begin with a blank go on the line before. */
function logical(lines: readonly TextLine[]): readonly TextLine[] {
  const joined: TextLine[] = []
  for (const line of lines) {
    if (/^\s*#/.test(line.text)) continue
    const before = joined.at(-1)
    if (/^\s/.test(line.text) && before)
      joined[joined.length - 1] = { ...before, text: `${before.text} ${line.text.trim()}` }
    else joined.push(line)
  }
  return joined
}

function readResult(text: string): Result | undefined {
  const words = text.toLowerCase().split(/[\s,]+/)
  const [first = '', second, ...more] = words
  if (first === 'permit_sasl_authenticated' && second === 'reject' && more.length === 0) return 'after-login'
  if (/^(?:reject|defer|defer_if_reject|defer_if_permit|[45]\d\d)$/.test(first)) return 'never'
  if (words.length > 1) return undefined
  if (first === 'ok' || first === 'permit' || /^\d+$/.test(first)) return 'anyone'
  return first === 'dunno' ? 'pass' : undefined
}
