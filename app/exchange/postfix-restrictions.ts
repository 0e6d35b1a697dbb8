/** Follows a Postfix's restrictions in order: what becomes of which clients that want to relay (SMTPD_ACCESS_README). */
import { formatSpan, type Span } from '../access/network.ts'
import { AFTER_LOGIN, ANYONE, NEVER, type Relaying } from '../access/relaying.ts'
import { withoutSpans } from '../access/spans.ts'
import type { ClassReader } from './postfix-class.ts'
import { type PostfixConfig, quote, type Word } from './postfix-config.ts'
import { NO_REST, type Rest, restOf, tellOfRest } from './postfix-rest.ts'
import { PASS, readPattern, readResult, type TableEntry } from './postfix-table.ts'
import { type Tables, whyNoTable } from './postfix-tables.ts'
import { linesInWords, type Remarks } from './remarks.ts'

/** Which clients, and what they may; the first that holds an address decides. */
export interface Ruled {
  readonly from: string
  readonly relaying: Relaying
  readonly file?: string
  readonly line: number
}

/** More of them can't be cut out of later lines in bounded time. */
const MOST_PASSED = 1000
const NEVER_PASSES =
  'What is excluded here never is: an entry before it takes all its addresses, and the first one decides.'
const NEVER_DECIDES = 'This never decides: what is passed on before it holds all its addresses.'
const REFUSES_OWN = 'Postern takes mail for its own domains from everybody; this would refuse it too.'
/** Restrictions that stand before a word of their own. */
const WITH_ARGUMENT = /^(?:check_\w+|reject_r[bh]s?bl\w*|permit_(?:dnswl|rhswl)_client|sleep)$/

export interface PostfixParts {
  readonly config: PostfixConfig
  readonly tables: Tables
  readonly classes: ClassReader
  readonly remarks: Remarks
}

export class RestrictionReader {
  readonly ruled: Ruled[] = []
  /** Who may send to mailboxes here; undefined where everybody may. */
  internal: readonly Ruled[] | undefined
  readonly #parts: PostfixParts
  readonly #remarks: Remarks
  readonly #logOns: boolean
  /** Whether whoever is logged on has been let through already. */
  #loggedOnPass = false
  #rest: Rest = NO_REST
  /** Whether mail for its own domains has been looked at already, or isn't what this is about. */
  #ownAreSettled: boolean

  /** `of` says for which recipients the restrictions stand. */
  constructor(parts: PostfixParts, of: 'all' | 'own' = 'all') {
    this.#parts = parts
    this.#remarks = parts.remarks
    this.#logOns = parts.config.word('smtpd_sasl_auth_enable', parts.remarks) === 'yes'
    this.#ownAreSettled = of === 'own'
  }

  read(words: readonly Word[]): void {
    for (let at = 0; at < words.length; at++) {
      const word = words[at]
      if (!word) return
      const name = word.text.toLowerCase()
      const argument = WITH_ARGUMENT.test(name) ? words[++at] : undefined
      if (this.#restriction(name, word, argument) === 'ends') {
        this.#rest = restOf(name, words.slice(at + 1), this.#ownAreSettled)
        this.tellOfRest(this.#remarks)
        return
      }
    }
    const line = words.at(-1)?.line ?? 0
    this.#remarks.note(line, 'The restrictions end without refusing anybody, which lets everybody relay.')
    this.#everybody(ANYONE, line)
  }

  /** To other remarks than those of the reading. */
  tellOfRest(remarks: Remarks): void {
    tellOfRest(this.#rest, remarks)
  }

  #restriction(name: string, word: Word, argument: Word | undefined): 'ends' | 'goes on' {
    switch (name) {
      case 'permit_mynetworks':
        this.#list(this.#myNetworks(word))
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
      case 'check_recipient_access':
        this.#ownDomains(word, argument)
        return 'goes on'
      case 'permit_auth_destination':
        this.#ownAreSettled = true
        return 'goes on'
      // Postern looks for the recipient by itself.
      case 'reject_unlisted_recipient':
        return 'goes on'
      case 'permit':
        this.#everybody(ANYONE, word.line)
        return 'ends'
      case 'reject':
      case 'defer':
        if (!this.#ownAreSettled) this.#remarks.note(word.line, REFUSES_OWN)
        this.#everybody(NEVER, word.line)
        return 'ends'
      case 'reject_unauth_destination':
      case 'defer_unauth_destination':
        this.#everybody(NEVER, word.line)
        return 'ends'
      default:
        this.#remarks.lose(word.line, `${quote(word.text)} has nothing like it in an access list.`)
        return 'goes on'
    }
  }

  #myNetworks(by: Word): readonly TableEntry[] {
    const words = this.#parts.config.words('mynetworks', this.#remarks)
    return words ? words.flatMap(word => this.#myNetwork(word)) : this.#ownNetworks(by)
  }

  /** An odd number of `!` leaves it out of what comes after it (postconf(5)). */
  #myNetwork({ text, line }: Word): readonly TableEntry[] {
    const pattern = text.replace(/^!+/, '')
    const result = (text.length - pattern.length) % 2 === 1 ? PASS : ANYONE
    if (/^cidr:/i.test(pattern))
      return this.#parts.tables.networks({ text: pattern, line }, () => result) ?? []
    const read = readPattern(pattern)
    if (read.ok) return [{ span: read.span, result, line }]
    const why = whyNoTable(pattern)
    this.#remarks.lose(
      line,
      `mynetworks: ${why === undefined ? (fileProblem(pattern) ?? read.problem) : `${quote(pattern)} was not taken: ${why}.`}`,
    )
    return []
  }

  /** mynetworks_style; before compatibility level 2 it was "subnet" where nothing is said. */
  #ownNetworks({ line }: Word): readonly TableEntry[] {
    const { config } = this.#parts
    const level = Number(config.word('compatibility_level', this.#remarks) ?? '0')
    const style = config.word('mynetworks_style', this.#remarks) ?? (level >= 2 ? 'host' : 'subnet')
    if (style === 'subnet') {
      this.#remarks.note(line, 'mynetworks is not set: the local networks of this machine take its place.')
      this.#add('local-networks', ANYONE, line)
    } else if (style === 'host') {
      this.#remarks.note(line, 'mynetworks_style is "host": only this machine itself was taken.')
      for (const from of ['127.0.0.0/8', '::1']) this.#add(from, ANYONE, line)
    } else this.#remarks.lose(line, `mynetworks_style ${quote(style)} was not taken: write the networks out.`)
    return []
  }

  #table(word: Word, argument: Word | undefined): void {
    const { tables, classes } = this.#parts
    if (!argument) this.#remarks.lose(word.line, 'check_client_access needs a table behind it.')
    const entries = argument && tables.networks(argument, text => readResult(text) ?? classes.result(text))
    if (!entries) return
    if (!this.#ownAreSettled) this.#tellOfRefusing(entries)
    this.#list(entries)
  }

  /** A table may hold very many. */
  #tellOfRefusing(entries: readonly TableEntry[]): void {
    const [first, ...more] = entries.filter(
      ({ result }) => result.kind === 'never' || result.kind === 'after-login',
    )
    if (!first) return
    const others = more.length === 0 ? '' : ` So would ${linesInWords(more.map(({ line }) => line))}.`
    this.#remarks.note(first.line, `${REFUSES_OWN}${others}`, first.file)
  }

  /** As in our own export: for the domains of virtual_mailbox_domains, a class of their own. */
  #ownDomains(word: Word, argument: Word | undefined): void {
    const { config, tables, classes } = this.#parts
    const [domains] = config.words('virtual_mailbox_domains', this.#remarks) ?? []
    const isOwn = argument !== undefined && /^regexp:/i.test(argument.text) && domains?.text === argument.text
    if (!isOwn || this.ruled.length > 0 || this.#loggedOnPass) {
      this.#remarks.lose(word.line, `${quote(word.text)} has nothing like it in an access list.`)
      return
    }
    const name = tables.domainsLeadTo(argument)
    this.#ownAreSettled = true
    if (name === undefined) return
    if (!classes.has(name)) {
      this.#remarks.lose(argument.line, `${quote(name)} is no class of smtpd_restriction_classes.`)
      return
    }
    const reader = new RestrictionReader(this.#parts, 'own')
    reader.read(config.words(name, this.#remarks) ?? [])
    this.internal = reader.ruled
  }

  /** First match: what an earlier entry passes on is cut out of the later ones. */
  #list(entries: readonly TableEntry[]): void {
    const passed: Span[] = []
    const before: Span[] = []
    for (const { span, result, line, file } of entries) {
      if (result.kind === 'pass') {
        if (before.length > 0 && withoutSpans([span], before).length === 0)
          this.#remarks.note(line, NEVER_PASSES, file)
        passed.push(span)
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
      if (left.length === 0) this.#remarks.note(line, NEVER_DECIDES, file)
      for (const one of left) this.#add(formatSpan(one), result, line, file)
    }
  }

  #everybody(relaying: Relaying, line: number): void {
    // No row lets nobody through, too.
    if (relaying.kind !== 'never' || this.#loggedOnPass) this.#add('any', relaying, line)
  }

  #add(from: string, relaying: Relaying, line: number, file?: string): void {
    this.ruled.push({ from, relaying: this.#known(relaying), line, ...(file === undefined ? {} : { file }) })
  }

  #known(relaying: Relaying): Relaying {
    if (relaying.kind === 'anyone') return relaying
    if (this.#loggedOnPass) return AFTER_LOGIN
    return this.#logOns ? relaying : NEVER
  }
}

function fileProblem(pattern: string): string | undefined {
  return pattern.startsWith('/')
    ? `${quote(pattern)} names a file, and files were not read: write its networks into main.cf.`
    : undefined
}
