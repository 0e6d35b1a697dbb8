/** The tables beside a main.cf, as its words ask for them: `cidr:/etc/postfix/clients.cidr`. */
import { linesOf, type TextLine } from './decode.ts'
import { quote, type Word } from './postfix-config.ts'
import { logicalLines, type ResultReader, readCidrTable, type TableEntry } from './postfix-table.ts'
import type { Remarks } from './remarks.ts'

/** A name without folders → the text. */
export type Texts = ReadonlyMap<string, string>

/** Postfix's types of tables (DATABASE_README), apart from those that are read. */
const OTHER_TYPE =
  /^(?:btree|cdb|dbm|environ|fail|hash|inline|internal|ldap|lmdb|memcache|mongodb|mysql|netinfo|nis|nisplus|pcre|pgsql|pipemap|proxy|randmap|regexp|sdbm|socketmap|sqlite|static|tcp|texthash|unionmap|unix):/i

export class Tables {
  readonly #texts: Texts
  readonly #remarks: Remarks
  readonly #lines = new Map<string, readonly TextLine[]>()

  constructor(texts: Texts, remarks: Remarks) {
    this.#texts = texts
    this.#remarks = remarks
  }

  /** Given, and not asked for. */
  get unused(): readonly string[] {
    return [...this.#texts.keys()].filter(name => !this.#lines.has(name))
  }

  /** Networks with what becomes of them; undefined where there is no such table, which is said. */
  networks(word: Word, read: ResultReader): readonly TableEntry[] | undefined {
    const why = notCidr(word.text)
    if (why !== undefined) {
      this.#remarks.lose(word.line, `${quote(word.text)} was not taken: ${why}.`)
      return undefined
    }
    const found = this.#open(word)
    return found && readCidrTable(found.lines, found.file, this.#remarks, read)
  }

  /** The names of a table in which every result is OK; undefined where it can't be taken, which is said. */
  names(word: Word): readonly string[] | undefined {
    const rows = this.#rows(word, /^(\S+)\s+ok$/i, 'only names with OK behind them are')
    return rows?.map(([, name = '']) => name)
  }

  /** The one restriction that all patterns of domains lead to. */
  domainsLeadTo(word: Word): string | undefined {
    const rows = this.#rows(word, /^\/.+\/i?\s+(\w+)$/, 'only patterns that all lead to one restriction are')
    const [name, ...others] = new Set(rows?.map(([, name = '']) => name))
    if (others.length === 0) return name
    this.#remarks.lose(
      word.line,
      `${quote(word.text)} was not taken: its patterns lead to several restrictions.`,
    )
    return undefined
  }

  #rows(word: Word, shape: RegExp, taken: string): readonly RegExpExecArray[] | undefined {
    const found = this.#open(word)
    const rows = found && logicalLines(found.lines, found.file, this.#remarks)
    return rows?.flatMap(({ number, text }): readonly RegExpExecArray[] => {
      const row = shape.exec(text.trim())
      if (row) return [row]
      this.#remarks.lose(number, `${quote(text)} was not taken: ${taken}.`, found?.file)
      return []
    })
  }

  #open({
    text: name,
    line,
  }: Word): { readonly file: string; readonly lines: readonly TextLine[] } | undefined {
    const file = fileOf(name)
    const text = this.#texts.get(file)
    if (text === undefined) {
      this.#remarks.lose(line, `The table ${file} is missing: give it together with main.cf.`)
      return undefined
    }
    const lines = this.#lines.get(file) ?? linesOf(text, this.#remarks, file)
    this.#lines.set(file, lines)
    return { file, lines }
  }
}

/** Why it isn't a CIDR table that can be read; undefined where it is one. */
function notCidr(name: string): string | undefined {
  if (/^cidr:\{/i.test(name))
    return 'write what stands within the braces into a file, and give that together with main.cf'
  return /^cidr:/i.test(name)
    ? undefined
    : (whyNoTable(name) ?? 'it names no table: write cidr: before the name of a CIDR table')
}

/** For a table of another type than is read here. */
export function whyNoTable(name: string): string | undefined {
  const [type] = OTHER_TYPE.exec(name) ?? []
  return (
    type &&
    `a ${type.slice(0, -1).toLowerCase()} table can't be read here: write its addresses and networks into a CIDR table (cidr:)`
  )
}

/** The names, without folders, of the tables that main.cf asks for to say who may relay. */
export function tablesNamedIn(text: string): readonly string[] {
  const named = text.matchAll(
    /(?<!\w)(?:cidr:|check_sasl_access[\s,]+texthash:|check_recipient_access[\s,]+regexp:)([^\s,{}]+)/g,
  )
  return [...new Set([...named].map(([, path = '']) => fileOf(path)))]
}

export function fileOf(path: string): string {
  return path.replace(/^\w+:/, '').split(/[/\\]/).at(-1) ?? ''
}
