/** A restriction class of one's own in main.cf, as far as it tells by the log-on who may relay. */
import { NEVER } from '../access/relaying.ts'
import { type PostfixConfig, quote, type Word } from './postfix-config.ts'
import { type Result, readResult } from './postfix-table.ts'
import type { Tables } from './postfix-tables.ts'
import type { Remarks } from './remarks.ts'

const STATIC = /^static:\{?(.*?)\}?$/i

/** Reads each class once. */
export class ClassReader {
  readonly #config: PostfixConfig
  readonly #tables: Tables
  readonly #remarks: Remarks
  readonly #names: ReadonlySet<string>
  readonly #read = new Map<string, Result>()

  constructor(config: PostfixConfig, tables: Tables, remarks: Remarks) {
    this.#config = config
    this.#tables = tables
    this.#remarks = remarks
    const words = config.words('smtpd_restriction_classes', remarks) ?? []
    this.#names = new Set(words.map(({ text }) => text))
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  /** As a result in a table. What can't be taken is lost, and lets nobody through. */
  result(name: string): Result | undefined {
    if (!this.has(name)) return undefined
    const known = this.#read.get(name) ?? this.#body(name)
    this.#read.set(name, known)
    return known
  }

  #body(name: string): Result {
    const words = this.#config.words(name, this.#remarks) ?? []
    const body = new Body(this.#config, this.#tables, this.#remarks)
    for (let at = 0; at < words.length; at++) {
      const word = words[at]
      if (!word) break
      const argument = word.text.startsWith('check_') ? words[++at] : undefined
      const result = body.restriction(word, argument)
      if (result) return result
    }
    this.#remarks.lose(
      this.#config.lineOf(name),
      `The class ${name} was not taken: it must end by refusing whoever is left.`,
    )
    return NEVER
  }
}

class Body {
  readonly #config: PostfixConfig
  readonly #tables: Tables
  readonly #remarks: Remarks
  /** Those let through so far; null: whoever is logged on. */
  #users: readonly string[] | null = []
  /** Whether whoever is logged on has met an end. */
  #isOver = false

  constructor(config: PostfixConfig, tables: Tables, remarks: Remarks) {
    this.#config = config
    this.#tables = tables
    this.#remarks = remarks
  }

  /** What the class comes to, where it ends here. */
  restriction(word: Word, argument: Word | undefined): Result | undefined {
    switch (word.text.toLowerCase()) {
      case 'permit_sasl_authenticated':
        if (!this.#isOver) this.#users = null
        this.#isOver = true
        return undefined
      case 'check_sasl_access':
        this.#logOn(word, argument)
        return undefined
      case 'check_client_access':
        if (refuses(argument)) return this.#result
        break
      case 'reject':
      case 'defer':
      case 'reject_unauth_destination':
      case 'defer_unauth_destination':
        return this.#result
    }
    this.#remarks.lose(word.line, `${quote(word.text)} has nothing like it in an access list.`)
    return undefined
  }

  get #result(): Result {
    const nobody = this.#users !== null && this.#users.length === 0
    return nobody ? NEVER : { kind: 'after-login', users: this.#users }
  }

  #logOn(word: Word, argument: Word | undefined): void {
    if (refuses(argument)) {
      this.#isOver = true
    } else if (argument && /^texthash:/i.test(argument.text)) {
      const names = this.#tables.names(argument)?.map(name => this.#bare(name))
      if (names && !this.#isOver && this.#users) this.#users = [...new Set([...this.#users, ...names])]
    } else {
      this.#remarks.lose(
        word.line,
        `${quote(argument?.text ?? word.text)} was not taken: names are read from a texthash table.`,
      )
    }
  }

  /** SASL may set the realm behind the name of an account. */
  #bare(name: string): string {
    const realm = this.#config.word('smtpd_sasl_local_domain', this.#remarks)
    return realm !== undefined && name.toLowerCase().endsWith(`@${realm}`)
      ? name.slice(0, -realm.length - 1)
      : name
  }
}

/** Whether it refuses everybody who comes to it. */
function refuses(argument: Word | undefined): boolean {
  const [, result] = STATIC.exec(argument?.text ?? '') ?? []
  return result !== undefined && readResult(result)?.kind === 'never'
}
