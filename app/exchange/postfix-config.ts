/** Postfix's main.cf: its parameters with their lines, and `$name` put in (postconf(5)). */
import type { TextLine } from './decode.ts'
import { linesInWords, type Remarks } from './remarks.ts'

export interface Word {
  readonly text: string
  readonly line: number
}

export interface Parameter {
  readonly name: string
  readonly line: number
  /** Of the value, which may go on over several lines. */
  readonly lastLine: number
  /** Parted at blanks and commas outside of braces. */
  readonly words: readonly Word[]
}

/** A value may name others that name others: this many words at most come out of it, and this deep. */
const MOST_WORDS = 100_000
const DEEPEST = 20
const ENDLESS = 'The names with $ here lead to others without end.'

export class PostfixConfig {
  readonly #parameters: ReadonlyMap<string, Parameter>
  readonly #asked = new Set<string>()

  constructor(parameters: ReadonlyMap<string, Parameter>) {
    this.#parameters = parameters
  }

  get names(): readonly Parameter[] {
    return [...this.#parameters.values()]
  }

  /** Undefined where main.cf doesn't set it. */
  words(name: string, remarks: Remarks): readonly Word[] | undefined {
    this.#asked.add(name)
    const parameter = this.#parameters.get(name)
    return parameter && this.#expand(parameter.words, remarks, [name], { left: MOST_WORDS })
  }

  /** The first word, in lower case. */
  word(name: string, remarks: Remarks): string | undefined {
    return this.words(name, remarks)?.[0]?.text.toLowerCase()
  }

  /** Whether its words were asked for, or those of another that names it. */
  wasAsked(name: string): boolean {
    return this.#asked.has(name)
  }

  lineOf(name: string): number {
    return this.#parameters.get(name)?.line ?? 0
  }

  /** `open`: the names that lead here. One that leads to itself would multiply whatever stands beside it. */
  #expand(
    words: readonly Word[],
    remarks: Remarks,
    open: readonly string[],
    room: { left: number },
  ): readonly Word[] {
    return words.flatMap(word => {
      room.left -= 1
      if (room.left < 0) {
        if (room.left === -1) remarks.lose(word.line, ENDLESS)
        return []
      }
      if (!word.text.includes('$')) return [word]
      const [, name = ''] =
        /^\$(?:\{(\w+)\}|\((\w+)\)|(\w+))$/.exec(word.text)?.filter(part => part !== undefined) ?? []
      if (/\$\{?config_directory\}?\//.test(word.text)) return [word]
      const parameter = this.#parameters.get(name)
      if (!parameter) {
        remarks.lose(word.line, `What ${quote(word.text)} stands for isn't set in main.cf; write it out.`)
        return []
      }
      this.#asked.add(name)
      if (open.includes(name) || open.length === DEEPEST) {
        remarks.lose(word.line, ENDLESS)
        return []
      }
      const inner = this.#expand(parameter.words, remarks, [...open, name], room)
      return inner.map(({ text }) => ({ text, line: word.line }))
    })
  }
}

/** Every line that is no parameter is lost; of one that is set twice the last counts, as in Postfix. */
export function readPostfixConfig(lines: readonly TextLine[], remarks: Remarks): PostfixConfig {
  const parameters = new Map<string, Draft>()
  const comments: number[] = []
  let current: Draft | undefined
  for (const { number: line, text } of lines) {
    if (/^\s*#/.test(text)) comments.push(line)
    else if (/^\s/.test(text)) {
      if (current) goOn(current, text, line)
      else remarks.lose(line, 'This line goes on a parameter, and there is none before it.')
    } else current = begin(parameters, text, line, remarks)
  }
  tellOfComments(comments, remarks)
  return new PostfixConfig(parameters)
}

interface Draft extends Parameter {
  lastLine: number
  readonly words: Word[]
}

function begin(
  parameters: Map<string, Draft>,
  text: string,
  line: number,
  remarks: Remarks,
): Draft | undefined {
  const at = text.indexOf('=')
  const name = text.slice(0, Math.max(at, 0)).trim()
  if (!/^\w{1,100}$/.test(name)) {
    remarks.lose(line, 'This is no line of main.cf: write "name = value".')
    return undefined
  }
  const before = parameters.get(name)
  if (before) {
    const text = `${name} is set once more in line ${line}, which counts; here it doesn't.`
    for (const one of linesFrom(before)) remarks.note(one, text)
  }
  const current = { name, line, lastLine: line, words: wordsOf(text.slice(at + 1), line) }
  parameters.set(name, current)
  return current
}

function goOn(current: Draft, text: string, line: number): void {
  // Of more, the first that is too many is told of.
  if (current.words.length <= MOST_WORDS) for (const word of wordsOf(text, line)) current.words.push(word)
  current.lastLine = line
}

/** Those on which something of it stands. */
function linesFrom({ line, words }: Parameter): readonly number[] {
  return [...new Set([line, ...words.map(word => word.line)])]
}

/** Comments of a file: no row has room for them, since none belongs to one. */
export function tellOfComments(lines: readonly number[], remarks: Remarks, file?: string): void {
  if (lines.length > 0) remarks.note(0, `Comments were left out (${linesInWords(lines)}).`, file)
}

/** Blanks and commas within braces belong to the word, as in `static:{550 Go away}` (postconf(5)). */
function wordsOf(text: string, line: number): Word[] {
  const words: Word[] = []
  let [word, depth] = ['', 0]
  for (const [part] of text.matchAll(/[\s,]+|[{}]|[^\s,{}]+/g)) {
    if (words.length > MOST_WORDS) return words
    if (part === '{') depth += 1
    else if (part === '}') depth = Math.max(0, depth - 1)
    if (depth > 0 || !/^[\s,]/.test(part)) word += part
    else if (word !== '') {
      words.push({ text: word, line })
      word = ''
    }
  }
  if (word !== '') words.push({ text: word, line })
  return words
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
