/** JSON read strictly (RFC 8259), naming the line and column of a mistake, and keys that are given twice. */
import { formatPath, type Step } from './path.ts'
import type { Problem } from './settings.ts'

/** Deeper than any settings; keeps a hostile file from exhausting the stack. */
export const maxDepth = 32

export type Json =
  | { readonly ok: true; readonly value: unknown; readonly duplicates: readonly Problem[] }
  | { readonly ok: false; readonly problem: Problem }

export function readJson(text: string): Json {
  // Some editors put a byte order mark first.
  const reader = new Reader(text.replace(/^\uFEFF/, ''))
  try {
    const value = reader.document()
    return { ok: true, value, duplicates: reader.duplicates }
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    return { ok: false, problem: { path: '', text: `${position(text, error.at)}: ${error.message}` } }
  }
}

class Mistake extends Error {
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

function position(text: string, at: number): string {
  const before = text.slice(0, at).split(/\r\n|\n|\r/)
  return `Line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}

class Reader {
  readonly duplicates: Problem[] = []
  readonly #text: string
  readonly #path: Step[] = []
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): unknown {
    this.#space()
    if (this.#at === this.#text.length) throw this.#mistake('the file is empty; write at least {}.')
    const value = this.#value()
    this.#space()
    if (this.#at < this.#text.length)
      throw this.#mistake(`remove ${this.#found()}: the settings end before it.`)
    return value
  }

  #value(): unknown {
    if (this.#path.length > maxDepth)
      throw this.#mistake(`lists and objects are nested more than ${maxDepth} deep; remove the inner ones.`)
    const next = this.#text[this.#at]
    if (next === '{') return this.#object()
    if (next === '[') return this.#list()
    if (next === '"') return this.#string()
    return this.#word()
  }

  #object(): unknown {
    const entries = new Map<string, unknown>()
    this.#each('}', () => {
      if (this.#text[this.#at] !== '"')
        throw this.#mistake(`write a name in double quotes instead of ${this.#found()}.`)
      const key = this.#string()
      this.#space()
      if (!this.#take(':')) throw this.#mistake(`write a colon before ${this.#found()}.`)
      this.#space()
      this.#path.push(key)
      if (entries.has(key)) this.#duplicate(key)
      entries.set(key, this.#value())
      this.#path.pop()
    })
    // fromEntries makes an own property of "__proto__" too, where an assignment would change the prototype.
    return Object.fromEntries(entries)
  }

  #list(): unknown {
    const list: unknown[] = []
    this.#each(']', () => {
      this.#path.push(list.length)
      list.push(this.#value())
      this.#path.pop()
    })
    return list
  }

  #each(end: '}' | ']', read: () => void): void {
    this.#at++
    this.#space()
    if (this.#take(end)) return
    for (;;) {
      read()
      this.#space()
      if (this.#take(end)) return
      if (!this.#take(',')) throw this.#mistake(`write a comma or "${end}" before ${this.#found()}.`)
      this.#space()
      if (this.#text[this.#at] === end) throw this.#mistake(`remove the comma before "${end}".`)
    }
  }

  #string(): string {
    const start = this.#at++
    // Piece by piece, since one pattern for a whole string of megabytes overflows the stack.
    while (this.#match(/[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y) !== undefined);
    if (!this.#take('"'))
      throw this.#mistake(
        'end this text with a double quote, write a backslash as \\\\ and no line ends in it.',
      )
    return String(JSON.parse(this.#text.slice(start, this.#at)))
  }

  #word(): unknown {
    const start = this.#at
    const word = this.#match(/[^\s,:"[\]{}]+/y)
    if (word !== undefined && /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(word))
      return JSON.parse(word)
    this.#at = start
    throw this.#mistake(
      `write a value (text goes in double quotes, comments are not allowed) instead of ${this.#found()}.`,
    )
  }

  #space(): void {
    this.#match(/[ \t\r\n]*/y)
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    this.#at += found?.length ?? 0
    return found
  }

  #found(): string {
    const next = /^(?:[^\s,:"[\]{}]{1,20}|[\s\S])/u.exec(this.#text.slice(this.#at, this.#at + 40))?.[0]
    if (next === '"') return 'the double quote'
    return next === undefined ? 'the end of the file' : JSON.stringify(next)
  }

  #duplicate(key: string): void {
    this.duplicates.push({
      path: formatPath(this.#path),
      text: `Remove one of the two: ${JSON.stringify(key)} is given twice, the second time in ${position(this.#text, this.#at).replace('L', 'l')}.`,
    })
  }

  #mistake(message: string): Mistake {
    return new Mistake(message, this.#at)
  }
}
