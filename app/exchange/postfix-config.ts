/** Postfix's main.cf: its parameters with their lines, and `$name` put in (postconf(5)). */
import type { Remarks } from './remarks.ts'

export interface Word {
  readonly text: string
  readonly line: number
}

export interface Parameter {
  readonly name: string
  readonly line: number
  /** Parted at blanks and commas. */
  readonly words: readonly Word[]
}

/** A value may name others that name others: this many words at most come out of it, and this deep. */
const MOST_WORDS = 100_000
const DEEPEST = 20

export class PostfixConfig {
  readonly #parameters: ReadonlyMap<string, Parameter>

  constructor(parameters: ReadonlyMap<string, Parameter>) {
    this.#parameters = parameters
  }

  get names(): readonly Parameter[] {
    return [...this.#parameters.values()]
  }

  /** Undefined where main.cf doesn't set it. */
  words(name: string, remarks: Remarks): readonly Word[] | undefined {
    const parameter = this.#parameters.get(name)
    return parameter && this.#expand(parameter.words, remarks, DEEPEST, { left: MOST_WORDS })
  }

  /** The first word, in lower case. */
  word(name: string, remarks: Remarks): string | undefined {
    return this.words(name, remarks)?.[0]?.text.toLowerCase()
  }

  lineOf(name: string): number {
    return this.#parameters.get(name)?.line ?? 0
  }

  #expand(words: readonly Word[], remarks: Remarks, deep: number, room: { left: number }): readonly Word[] {
    return words.flatMap(word => {
      room.left -= 1
      if (room.left < 0 || deep === 0) {
        if (room.left === -1 || deep === 0)
          remarks.lose(word.line, 'The names with $ here lead to others without end.')
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
      const inner = this.#expand(parameter.words, remarks, deep - 1, room)
      return inner.map(({ text }) => ({ text, line: word.line }))
    })
  }
}

/** Every line that is no parameter is lost; of one that is set twice the last counts, as in Postfix. */
export function readPostfixConfig(text: string, remarks: Remarks): PostfixConfig {
  const parameters = new Map<string, { name: string; line: number; words: Word[] }>()
  let current: { name: string; line: number; words: Word[] } | undefined
  for (const [index, whole] of text.split(/\r\n|\n|\r/).entries()) {
    const line = index + 1
    if (/^\s*(?:#|$)/.test(whole)) continue
    if (/^\s/.test(whole)) {
      if (current) current.words.push(...wordsOf(whole, line))
      else remarks.lose(line, 'This line goes on a parameter, and there is none before it.')
      continue
    }
    const at = whole.indexOf('=')
    const name = whole.slice(0, Math.max(at, 0)).trim()
    if (!/^\w{1,100}$/.test(name)) {
      remarks.lose(line, 'This is no line of main.cf: write "name = value".')
      current = undefined
      continue
    }
    if (parameters.has(name)) remarks.note(line, `${name} is set twice; this one, the later, counts.`)
    current = { name, line, words: wordsOf(whole.slice(at + 1), line) }
    parameters.set(name, current)
  }
  return new PostfixConfig(parameters)
}

function wordsOf(text: string, line: number): Word[] {
  return text
    .split(/[\s,]+/)
    .filter(word => word !== '')
    .map(word => ({ text: word, line }))
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
