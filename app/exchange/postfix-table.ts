/** A Postfix table of client addresses: `cidr:` patterns with what becomes of them (cidr_table(5), access(5)). */
import { parseFrom, type Span } from '../access/network.ts'
import { AFTER_LOGIN, ANYONE, NEVER, type Relaying } from '../access/relaying.ts'
import type { TextLine } from './decode.ts'
import { tellOfComments } from './postfix-config.ts'
import type { Remarks } from './remarks.ts'

/** What a match says of relaying. `pass`: this table says nothing, whoever comes next decides. */
export type Result = Relaying | { readonly kind: 'pass' }

export const PASS: Result = { kind: 'pass' }

export interface TableEntry {
  readonly span: Span
  readonly result: Result
  readonly file?: string
  readonly line: number
}

/** Reads what stands behind a pattern; undefined for what it doesn't know. */
export type ResultReader = (text: string) => Result | undefined

/** In order; what can't be read is lost. */
export function readCidrTable(
  lines: readonly TextLine[],
  file: string,
  remarks: Remarks,
  read: ResultReader,
): readonly TableEntry[] {
  // What stands within a condition holds only there: without it, it would say more than it does.
  let depth = 0
  return logicalLines(lines, file, remarks).flatMap(({ number, text }) => {
    const [pattern = '', ...words] = text.trim().split(/\s+/)
    const isWithin = depth > 0
    if (/^if$/i.test(pattern)) depth += 1
    if (/^endif$/i.test(pattern)) depth = Math.max(0, depth - 1)
    if (isWithin || /^(?:if|endif)$/i.test(pattern) || pattern.startsWith('!')) {
      remarks.lose(number, CONDITIONAL, file)
      return []
    }
    const span = readPattern(pattern)
    if (!span.ok) {
      remarks.lose(number, span.problem, file)
      return []
    }
    const result = read(words.join(' '))
    if (result) return [{ span: span.span, result, line: number, file }]
    remarks.lose(
      number,
      `The result ${JSON.stringify(words.join(' ').slice(0, 60))} was not taken: OK, REJECT, DUNNO, codes and, where SASL is on, permit_sasl_authenticated are.`,
      file,
    )
    return []
  })
}

type ReadPattern =
  | { readonly ok: true; readonly span: Span }
  | { readonly ok: false; readonly problem: string }

const CONDITIONAL =
  'Conditions ("if", "endif", "!") and what stands within them were not taken: write the networks out.'

/** A host or a network, IPv6 also in brackets, as in mynetworks. */
export function readPattern(pattern: string): ReadPattern {
  const bare = pattern.replace(/^\[([^\]]*)\]/, '$1')
  const parsed = parseFrom(bare)
  if (parsed.ok && parsed.from.kind === 'span' && !bare.includes('-'))
    return { ok: true, span: parsed.from.span }
  const isMeant = !parsed.ok && /^[\d.]+(?:\/|$)|^[\da-f]*:[\da-f:.]*(?:\/|$)/i.test(bare)
  if (isMeant) return parsed
  return { ok: false, problem: `${JSON.stringify(pattern.slice(0, 60))} is no address and no network.` }
}

/** Lines that begin with a blank go on the line before; comments are told of together. */
export function logicalLines(
  lines: readonly TextLine[],
  file: string,
  remarks: Remarks,
): readonly TextLine[] {
  const joined: TextLine[] = []
  const comments: number[] = []
  for (const line of lines) {
    const before = joined.at(-1)
    if (/^\s*#/.test(line.text)) comments.push(line.number)
    else if (/^\s/.test(line.text) && before)
      joined[joined.length - 1] = { ...before, text: `${before.text} ${line.text.trim()}` }
    else joined.push(line)
  }
  tellOfComments(comments, remarks, file)
  return joined
}

/** Results of `access(5)`, without those that name restrictions of one's own. */
export function readResult(text: string): Result | undefined {
  const words = text.toLowerCase().split(/[\s,]+/)
  const [first = '', second, ...more] = words
  if (first === 'permit_sasl_authenticated' && second === 'reject' && more.length === 0) return AFTER_LOGIN
  if (/^(?:reject|defer|defer_if_reject|defer_if_permit|[45]\d\d)$/.test(first)) return NEVER
  if (words.length > 1) return undefined
  if (first === 'ok' || first === 'permit' || /^\d+$/.test(first)) return ANYONE
  return first === 'dunno' ? PASS : undefined
}
