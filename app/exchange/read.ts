/** Reads another server's list, in whatever dialect and encoding; what can't be taken is told line by line. */
import { spansOf } from '../access/policy.ts'
import { compileRanges } from '../access/ranges.ts'
import { decode, excerptsOf, linesOf } from './decode.ts'
import type { Dialect } from './dialect.ts'
import { readHmailServer } from './hmailserver.ts'
import type { Entry, Imported, Read, SourceFile } from './imported.ts'
import { readPostfix } from './postfix-import.ts'
import { recognise } from './recognise.ts'
import { type Remark, Remarks } from './remarks.ts'
import { readVpop3One } from './vpop3-1.ts'
import { readVpop3Three } from './vpop3-3.ts'
import { readVpop3Five } from './vpop3-5.ts'

/** Rows of one list that the settings have room for, with comments and a few names each. */
export const MOST_ROWS = 150_000

export type Understood =
  | { readonly ok: true; readonly imported: Imported }
  /** One sentence. */
  | { readonly ok: false; readonly problem: string }

/** Pure. The first file is the list; the others are tables that it names. `dialect` is found where it isn't given. */
export function readList(files: readonly SourceFile[], named?: Dialect): Understood {
  const [main, ...others] = files
  if (!main) return refuse('There is nothing to import; give a file, or paste a list.')
  const remarks = new Remarks()
  const decoded = decode(main.bytes, remarks)
  if (!decoded.ok) return decoded
  const dialect = named ?? recognise(decoded.text)
  if (!dialect) return refuse('It is none of the lists that can be told by themselves; say which it is.')
  const read = readAs(dialect, decoded.text, others, remarks)
  const entries = bounded(read.entries, remarks)
  tellOfShadowed(entries, remarks)
  const { count, lostCount } = remarks
  const listed = withExcerpts(remarks.listed, decoded.text)
  return { ok: true, imported: { ...read, entries, dialect, remarks: listed, remarkCount: count, lostCount } }
}

function withExcerpts(remarks: readonly Remark[], text: string): readonly Remark[] {
  const own = remarks.filter(({ file, line }) => file === undefined && line > 0)
  const excerpts = excerptsOf(text, new Set(own.map(({ line }) => line)))
  return remarks.map(remark => {
    const excerpt = remark.file === undefined ? excerpts.get(remark.line) : undefined
    return excerpt === undefined ? remark : { ...remark, excerpt }
  })
}

function readAs(dialect: Dialect, text: string, others: readonly SourceFile[], remarks: Remarks): Read {
  switch (dialect) {
    case 'vpop3-1.5':
      return readVpop3One(linesOf(text, remarks), remarks)
    case 'vpop3-3':
      return readVpop3Three(linesOf(text, remarks), remarks)
    case 'vpop3-5':
      return readVpop3Five(linesOf(text, remarks), remarks)
    case 'hmailserver':
      return readHmailServer(text, remarks)
    case 'postfix':
      return readPostfix(text, tablesOf(others, remarks), remarks)
  }
}

function tablesOf(files: readonly SourceFile[], remarks: Remarks): ReadonlyMap<string, string> {
  const texts = files.flatMap(({ name, bytes }): [string, string][] => {
    const decoded = decode(bytes, remarks, name)
    if (decoded.ok) return [[name, decoded.text]]
    remarks.lose(0, decoded.problem, name)
    return []
  })
  return new Map(texts)
}

function bounded(entries: readonly Entry[], remarks: Remarks): readonly Entry[] {
  const first = entries[MOST_ROWS]
  if (!first) return entries
  const more = entries.length - MOST_ROWS
  remarks.lose(
    first.line,
    `There are over ${MOST_ROWS} rows: the ${more} from here on were not taken; write networks instead of addresses.`,
    first.file,
  )
  return entries.slice(0, MOST_ROWS)
}

/** Rows that never decide, since those before them cover all their addresses. */
function tellOfShadowed(entries: readonly Entry[], remarks: Remarks): void {
  const nowhere = { localNetworks: [], routers: [] }
  const spans = entries.flatMap(({ row }, index) =>
    spansOf(row.from, nowhere).map(span => ({ row: index + 1, span })),
  )
  const { v4Rows, v6Rows } = compileRanges(spans)
  const [there, deciding] = [new Uint8Array(entries.length + 1), new Uint8Array(entries.length + 1)]
  for (const { row } of spans) there[row] = 1
  for (const rows of [v4Rows, v6Rows]) for (const row of rows) deciding[row] = 1
  for (const [index, { file, line }] of entries.entries()) {
    if (there[index + 1] !== 1 || deciding[index + 1] === 1) continue
    remarks.note(line, 'This row never decides: those before it cover all its addresses.', file)
  }
}

function refuse(problem: string): Understood {
  return { ok: false, problem }
}
