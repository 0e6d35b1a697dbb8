/** Reads who may relay through a Postfix out of its main.cf and the tables beside it. */
import { isDeepStrictEqual } from 'node:util'
import { formatSpan, type Span } from '../access/network.ts'
import { withoutSpans } from '../access/spans.ts'
import { linesOf } from './decode.ts'
import { type Entry, type Read, rowOf } from './imported.ts'
import { type PostfixConfig, quote, readPostfixConfig, type Word } from './postfix-config.ts'
import { tellOfOthers } from './postfix-others.ts'
import { type Result, readCidrTable, readPattern, type TableEntry } from './postfix-table.ts'
import { Remarks } from './remarks.ts'

/** A name without folders → the text. */
export type Tables = ReadonlyMap<string, string>

/** What Postfix does where main.cf doesn't say (postconf(5)). */
const DEFAULT = ['permit_mynetworks', 'permit_sasl_authenticated', 'defer_unauth_destination']
/** More of them can't be cut out of later lines in bounded time. */
const MOST_PASSED = 1000
const NEVER_PASSES =
  'What is excluded here never is: an entry before it takes all its addresses, and the first one decides.'
/** Restrictions that stand before a word of their own. */
const WITH_ARGUMENT = /^(?:check_\w+|reject_r[bh]s?bl\w*|permit_(?:dnswl|rhswl)_client|sleep)$/

export function readPostfix(text: string, tables: Tables, remarks: Remarks, file?: string): Read {
  const config = readPostfixConfig(text, remarks)
  const reader = new Reader(config, tables, remarks)
  const words = config.words('smtpd_relay_restrictions', remarks) ?? standard(config, remarks)
  reader.read(words)
  tellOfOthers(config, remarks, file, isRepeated(config, tables, reader.entries))
  return {
    entries: reader.entries,
    smtp: {
      authentication: 'required',
      internalMailWithoutAuthentication: true,
      antiRelay: 'client-address',
      useGlobalAccess: false,
    },
    emptyMeant: 'nobody',
  }
}

/** The names, without folders, of the tables that main.cf asks for. */
export function tablesNamedIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/(?<![\w])cidr:([^\s,]+)/g)].map(([, path = '']) => fileOf(path)))]
}

function standard(config: PostfixConfig, remarks: Remarks): readonly Word[] {
  remarks.note(0, 'main.cf has no smtpd_relay_restrictions: what Postfix does without them was taken.')
  return DEFAULT.map(text => ({ text, line: config.lineOf('mynetworks') }))
}

/** Whether smtpd_recipient_restrictions, which counts as well, says the same once more: before Postfix 2.10 it stood there. */
function isRepeated(config: PostfixConfig, tables: Tables, entries: readonly Entry[]): boolean {
  const remarks = new Remarks()
  const again = new Reader(config, tables, remarks)
  again.read(config.words('smtpd_recipient_restrictions', remarks) ?? [])
  const rows = (all: readonly Entry[]) => all.map(({ row }) => row)
  return remarks.lostCount === 0 && isDeepStrictEqual(rows(again.entries), rows(entries))
}

class Reader {
  readonly entries: Entry[] = []
  readonly #config: PostfixConfig
  readonly #tables: Tables
  readonly #remarks: Remarks
  readonly #logOns: boolean
  /** Whether whoever is logged on has been let through already. */
  #loggedOnPass = false

  constructor(config: PostfixConfig, tables: Tables, remarks: Remarks) {
    this.#config = config
    this.#tables = tables
    this.#remarks = remarks
    this.#logOns = config.word('smtpd_sasl_auth_enable', remarks) === 'yes'
  }

  read(words: readonly Word[]): void {
    for (let at = 0; at < words.length; at++) {
      const word = words[at]
      if (!word) return
      const name = word.text.toLowerCase()
      const argument = WITH_ARGUMENT.test(name) ? words[++at] : undefined
      if (this.#restriction(name, word, argument) === 'ends') return
    }
    const line = words.at(-1)?.line ?? 0
    this.#remarks.note(line, 'The restrictions end without refusing anybody, which lets everybody relay.')
    this.#everybody('anyone', line)
  }

  #restriction(name: string, word: Word, argument: Word | undefined): 'ends' | 'goes on' {
    switch (name) {
      case 'permit_mynetworks':
        this.#list(this.#myNetworks(word), undefined)
        return 'goes on'
      case 'permit_sasl_authenticated':
        if (this.#logOns) this.#loggedOnPass = true
        else
          this.#remarks.note(
            word.line,
            'Nobody can log on by main.cf (smtpd_sasl_auth_enable); master.cf was not read.',
          )
        return 'goes on'
      case 'check_client_access':
        this.#table(word, argument)
        return 'goes on'
      // Postern looks for the recipient by itself, and takes mail for its own domains from everybody.
      case 'permit_auth_destination':
      case 'reject_unlisted_recipient':
        return 'goes on'
      case 'permit':
        this.#everybody('anyone', word.line)
        return 'ends'
      case 'reject':
      case 'defer':
        this.#remarks.note(
          word.line,
          'Postern takes mail for its own domains from everybody; this would refuse it too.',
        )
        this.#everybody('never', word.line)
        return 'ends'
      case 'reject_unauth_destination':
      case 'defer_unauth_destination':
        this.#everybody('never', word.line)
        return 'ends'
      default:
        this.#remarks.lose(word.line, `${quote(word.text)} has nothing like it in an access list.`)
        return 'goes on'
    }
  }

  #myNetworks(by: Word): readonly TableEntry[] {
    const words = this.#config.words('mynetworks', this.#remarks)
    if (!words) return this.#ownNetworks(by)
    return words.flatMap(({ text, line }): readonly TableEntry[] => {
      const isOut = text.startsWith('!')
      const pattern = text.slice(isOut ? 1 : 0)
      const result = isOut ? 'pass' : 'anyone'
      if (/^cidr:/i.test(pattern))
        return this.#entries(pattern, line)?.map(entry => ({ ...entry, result, line })) ?? []
      const read = readPattern(pattern)
      if (read.ok) return [{ span: read.span, result, line }]
      this.#remarks.lose(line, `mynetworks: ${read.problem}`)
      return []
    })
  }

  /** mynetworks_style; before compatibility level 2 it was "subnet" where nothing is said. */
  #ownNetworks({ line }: Word): readonly TableEntry[] {
    const level = Number(this.#config.word('compatibility_level', this.#remarks) ?? '0')
    const style = this.#config.word('mynetworks_style', this.#remarks) ?? (level >= 2 ? 'host' : 'subnet')
    if (style === 'subnet') {
      this.#remarks.note(line, 'mynetworks is not set: the local networks of this machine take its place.')
      this.#add('local-networks', 'anyone', line)
    } else if (style === 'host') {
      this.#remarks.note(line, 'mynetworks_style is "host": only this machine itself was taken.')
      for (const from of ['127.0.0.0/8', '::1']) this.#add(from, 'anyone', line)
    } else this.#remarks.lose(line, `mynetworks_style ${quote(style)} was not taken: write the networks out.`)
    return []
  }

  #table(word: Word, argument: Word | undefined): void {
    const entries = argument && this.#entries(argument.text, argument.line)
    if (entries) this.#list(entries, fileOf(argument.text))
    if (!argument) this.#remarks.lose(word.line, 'check_client_access needs a table behind it.')
  }

  /** Undefined where there is no such table, which is said. */
  #entries(name: string, line: number): readonly TableEntry[] | undefined {
    if (!/^cidr:/i.test(name)) {
      const why = /^\w+:/.test(name)
        ? 'only CIDR tables (cidr:) can be: write its addresses and networks into one'
        : 'it names no table: write cidr: before the name of a CIDR table'
      this.#remarks.lose(line, `${quote(name)} was not taken: ${why}.`)
      return undefined
    }
    const file = fileOf(name)
    const text = this.#tables.get(file)
    if (text !== undefined) return readCidrTable(linesOf(text, this.#remarks, file), file, this.#remarks)
    this.#remarks.lose(line, `The table ${file} is missing: give it together with main.cf.`)
    return undefined
  }

  /** First match: what an earlier entry passes on is cut out of the later ones. */
  #list(entries: readonly TableEntry[], file: string | undefined): void {
    let passed: Span[] = []
    const before: Span[] = []
    for (const { span, result, line } of entries) {
      if (result === 'pass') {
        if (before.length > 0 && withoutSpans([span], before).length === 0)
          this.#remarks.note(line, NEVER_PASSES, file)
        passed = [...passed, span]
        if (passed.length <= MOST_PASSED) continue
        this.#remarks.lose(
          line,
          `There are over ${MOST_PASSED} entries that pass addresses on; write fewer.`,
          file,
        )
        return
      }
      if (before.length < MOST_PASSED) before.push(span)
      const left = passed.length === 0 ? [span] : withoutSpans([span], passed)
      for (const one of left) this.#add(formatSpan(one), result, line, file)
    }
  }

  #everybody(result: Result, line: number): void {
    // No row lets nobody through, too.
    if (result !== 'never' || this.#loggedOnPass) this.#add('any', result, line)
  }

  #add(from: string, result: Result, line: number, file?: string): void {
    const logOnHelps = this.#loggedOnPass || (result === 'after-login' && this.#logOns)
    const row =
      result !== 'anyone' && !logOnHelps
        ? rowOf({ action: 'block', from })
        : rowOf({ action: 'allow', from, withoutAuthentication: result === 'anyone' })
    this.entries.push({ row, line, ...(file === undefined ? {} : { file }) })
  }
}

function fileOf(path: string): string {
  return path.replace(/^\w+:/, '').split(/[/\\]/).at(-1) ?? ''
}
