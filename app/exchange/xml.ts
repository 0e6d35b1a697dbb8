/** A small, strict reader of XML 1.0: elements and attributes, and none of what makes XML dangerous. */

export interface Element {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  /** Counted from 1. */
  readonly line: number
  /** Names of the elements around it, the outermost first. */
  readonly within: readonly string[]
}

export type Xml =
  | { readonly ok: true }
  | { readonly ok: false; readonly line: number; readonly problem: string }

const DEEPEST = 50
const LONGEST_VALUE = 100_000
const MOST_ATTRIBUTES = 1000
const NAME = '[A-Za-z_:][\\w:.-]{0,200}'
/** One piece of markup, or text; sticky, so each character is looked at a bounded number of times. */
const TEXT = /[^<]+/y
const COMMENT = /<!--/y
const INSTRUCTION = /<\?/y
const CDATA = /<!\[CDATA\[/y
const CLOSE = new RegExp(`</(${NAME})[ \\t\\r\\n]*>`, 'y')
const OPEN = new RegExp(`<(${NAME})`, 'y')
const ATTRIBUTE = new RegExp(
  `[ \\t\\r\\n]+(${NAME})[ \\t\\r\\n]*=[ \\t\\r\\n]*(?:"([^"<]*)"|'([^'<]*)')`,
  'y',
)
const END = /[ \t\r\n]*(\/?)>/y

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/**
 * Tells of each element as it opens. Document types are refused: with them go entities of one's own, which can grow
 * without bound or reach for files. Linear in time; keeps no tree.
 */
export function readXml(text: string, opens: (element: Element) => void): Xml {
  try {
    new Reader(text, opens).document()
    return { ok: true }
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    return { ok: false, line: error.line, problem: error.message }
  }
}

class Mistake extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

class Reader {
  readonly #text: string
  readonly #opens: (element: Element) => void
  readonly #within: string[] = []
  #at = 0
  #line = 1
  #roots = 0
  /** Where the line ends that is read; each is looked for once. */
  #lineEnd: number

  constructor(text: string, opens: (element: Element) => void) {
    this.#text = text
    this.#opens = opens
    this.#lineEnd = this.#endAfter(0)
  }

  document(): void {
    while (this.#at < this.#text.length) this.#piece()
    const open = this.#within.at(-1)
    if (open !== undefined) throw this.#mistake(`The file ends within <${open}>; a part of it is missing.`)
    if (this.#roots === 0) throw this.#mistake('There is no XML in this file.')
  }

  #piece(): void {
    const text = this.#match(TEXT)
    if (text !== undefined) {
      if (this.#within.length === 0 && text.trim() !== '')
        throw this.#mistake(
          this.#roots === 0
            ? 'This is no XML: it begins with other text.'
            : 'There is text outside of the XML.',
        )
      return
    }
    if (this.#skip(COMMENT, '-->') || this.#skip(INSTRUCTION, '?>') || this.#skip(CDATA, ']]>')) return
    if (this.#text.startsWith('<!', this.#at)) {
      throw this.#mistake(
        'This file defines a document type (<!DOCTYPE), which no backup does; it was not read.',
      )
    }
    if (this.#text.startsWith('</', this.#at)) this.#close()
    else this.#open()
  }

  #close(): void {
    const [, name] = this.#exec(CLOSE) ?? []
    const open = this.#within.pop()
    if (name === undefined || name !== open)
      throw this.#mistake(`Another element ends here than began: <${open ?? ''}>.`)
  }

  #open(): void {
    const [, name] = this.#exec(OPEN) ?? []
    if (name === undefined) throw this.#mistake('A "<" stands here that begins no element.')
    if (this.#within.length === 0 && this.#roots++ > 0) throw this.#mistake('A second document begins here.')
    const line = this.#line
    const attributes = this.#attributes()
    const [, closed] = this.#exec(END) ?? []
    if (closed === undefined) throw this.#mistake(`The element <${name}> is not written as XML wants it.`)
    this.#opens({ name, attributes, line, within: this.#within })
    if (closed === '/') return
    if (this.#within.length >= DEEPEST) throw this.#mistake(`Elements are nested over ${DEEPEST} deep.`)
    this.#within.push(name)
  }

  #attributes(): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>()
    for (let found = this.#exec(ATTRIBUTE); found; found = this.#exec(ATTRIBUTE)) {
      const [, name = '', double, single] = found
      const value = double ?? single ?? ''
      if (value.length > LONGEST_VALUE) throw this.#mistake(`The attribute ${name} is endless.`)
      if (attributes.size >= MOST_ATTRIBUTES)
        throw this.#mistake(`An element has over ${MOST_ATTRIBUTES} attributes.`)
      if (attributes.has(name)) throw this.#mistake(`The attribute ${name} is given twice.`)
      attributes.set(name, this.#plain(value))
    }
    return attributes
  }

  #plain(value: string): string {
    return value.replace(/&([^;]{0,12};)?/g, (_, reference: string | undefined) => {
      const name = reference?.slice(0, -1) ?? ''
      const [, hex, decimal] = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? []
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      if (code > 0 && code <= 0x10ffff) return String.fromCodePoint(code)
      const known = ENTITIES.get(name)
      if (known === undefined) throw this.#mistake(`The entity &${name}; is unknown.`)
      return known
    })
  }

  #skip(begin: RegExp, end: string): boolean {
    if (!this.#exec(begin)) return false
    const found = this.#text.indexOf(end, this.#at)
    if (found < 0) throw this.#mistake(`What begins here never ends with ${end}.`)
    this.#go(found + end.length)
    return true
  }

  #match(pattern: RegExp): string | undefined {
    return this.#exec(pattern)?.[0]
  }

  #exec(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text) ?? undefined
    if (found) this.#go(this.#at + found[0].length)
    return found
  }

  #go(to: number): void {
    while (this.#lineEnd < to) {
      this.#line += 1
      this.#lineEnd = this.#endAfter(this.#lineEnd + 1)
    }
    this.#at = to
  }

  #endAfter(at: number): number {
    const found = this.#text.indexOf('\n', at)
    return found < 0 ? Number.POSITIVE_INFINITY : found
  }

  #mistake(problem: string): Mistake {
    return new Mistake(this.#line, problem)
  }
}
