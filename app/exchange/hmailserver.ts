/** Reads hMailServer's IP ranges out of its XML backup (hMailServerBackup.xml). */
import { formatSpan, parseFrom, type Span } from '../access/network.ts'
import { commonSpans } from '../access/spans.ts'
import { type Entry, keptComment, type Read, rowOf } from './imported.ts'
import { linesInWords, type Remarks } from './remarks.ts'
import { type Element, readXml } from './xml.ts'

/** The bits of `Options`, by hMailServer's own names for the boxes (SecurityRange.h, 5.x). */
const BIT = {
  smtp: 1,
  localToLocal: 64,
  localToExternal: 128,
  externalToLocal: 256,
  externalToExternal: 512,
  authLocalToLocal: 8192,
  authLocalToExternal: 16384,
  authExternalToLocal: 32768,
  authExternalToExternal: 65536,
  requireTlsForAuth: 131072,
} as const

/** Kinds of elements, and lines of each, that are named. */
const MOST_NAMED = 300

type Permission = 'anyone' | 'after-login' | 'never'
const ORDER: readonly Permission[] = ['never', 'after-login', 'anyone']

interface Range {
  readonly name: string
  readonly span: Span
  readonly priority: number
  readonly options: number
  readonly line: number
}

/** The highest priority decides there, and so it comes first here. */
export function readHmailServer(text: string, remarks: Remarks): Read {
  const ranges: Range[] = []
  let [isBackup, hasRanges] = [false, false]
  const others = new OtherElements()
  const xml = readXml(text, element => {
    hasRanges ||= element.name === 'SecurityRanges'
    isBackup ||= element.name === 'Backup'
    if (!isRange(element)) return others.saw(element)
    others.sawRange(element)
    const range = readRange(element, remarks)
    if (range) ranges.push(range)
  })
  if (xml.ok) others.tell(remarks)
  if (!xml.ok) remarks.lose(xml.line, xml.problem)
  else if (!hasRanges)
    remarks.lose(
      0,
      isBackup
        ? 'This backup holds no IP ranges: make one in hMailServer with its settings ticked.'
        : 'This is no backup of hMailServer: it holds no SecurityRanges.',
    )
  const sorted = ranges.sort((a, b) => b.priority - a.priority || a.line - b.line)
  tellOfTies(sorted, remarks)
  return {
    // Half a list would decide otherwise than the whole.
    entries: xml.ok ? sorted.map(range => entryOf(range, remarks)) : [],
    smtp: {
      authentication: 'required',
      internalMailWithoutAuthentication: true,
      antiRelay: 'client-address',
      useGlobalAccess: false,
    },
    emptyMeant: 'nobody',
  }
}

function isRange({ name, within }: Element): boolean {
  return name === 'SecurityRange' && within.at(-1) === 'SecurityRanges'
}

/** Domains, accounts and the like: told by name, for a backup holds thousands. */
class OtherElements {
  /** What stands around IP ranges, and isn't left out. */
  readonly #around = new Set(['Backup', 'SecurityRanges'])
  readonly #found = new Map<string, { readonly within: readonly string[]; readonly lines: number[] }>()

  sawRange({ within }: Element): void {
    for (const name of within) this.#around.add(name)
  }

  saw({ name, within, line }: Element): void {
    if (within.length > 3 || this.#found.size >= MOST_NAMED) return
    const path = [...within, name].join('/')
    const known = this.#found.get(path) ?? { within: [...within], lines: [] }
    if (known.lines.length < MOST_NAMED) known.lines.push(line)
    this.#found.set(path, known)
  }

  tell(remarks: Remarks): void {
    const outermost = [...this.#found].filter(
      ([path, { within }]) =>
        !this.#around.has(path.split('/').at(-1) ?? '') && within.every(name => this.#around.has(name)),
    )
    const names = outermost.map(([path, { lines }]) => `${path.split('/').at(-1)} (${linesInWords(lines)})`)
    if (names.length > 0) remarks.note(0, `The backup's other parts were left out: ${names.join(', ')}.`)
  }
}

function readRange({ attributes, line }: Element, remarks: Remarks): Range | undefined {
  const get = (name: string) => attributes.get(name) ?? ''
  const name = get('Name')
  const [priority, options] = [get('Priority'), get('Options')]
  if (!/^-?\d{1,9}$/.test(priority) || !/^\d{1,9}$/.test(options)) {
    remarks.lose(line, `The IP range ${quote(name)} has no Priority or no Options as whole numbers.`)
    return undefined
  }
  if (get('Expires') === '1') {
    remarks.lose(
      line,
      `The IP range ${quote(name)} is there for a time only (until ${get('ExpiresTime').slice(0, 30)}); Postern's rows stay.`,
    )
    return undefined
  }
  const span = readSpan(get('LowerIP'), get('UpperIP'))
  if (span) return { name, span, priority: Number(priority), options: Number(options), line }
  remarks.lose(
    line,
    `The IP range ${quote(name)} doesn't run from a LowerIP up to an UpperIP of the same kind.`,
  )
  return undefined
}

function readSpan(lower: string, upper: string): Span | undefined {
  const parsed = parseFrom(`${lower}-${upper}`)
  return parsed.ok && parsed.from.kind === 'span' ? parsed.from.span : undefined
}

/** hMailServer doesn't promise which of two ranges with one priority wins. */
function tellOfTies(sorted: readonly Range[], remarks: Remarks): void {
  for (const ranges of groups(sorted)) {
    for (const [index, range] of ranges.slice(0, 200).entries()) {
      const rival = ranges
        .slice(0, index)
        .find(other => other.options !== range.options && commonSpans([other.span], [range.span]).length > 0)
      if (rival) {
        remarks.note(
          range.line,
          `The IP ranges ${quote(rival.name)} and ${quote(range.name)} overlap and have one priority; the first was put first.`,
        )
      }
    }
  }
}

function groups(sorted: readonly Range[]): readonly (readonly Range[])[] {
  const all = new Map<number, Range[]>()
  for (const range of sorted) {
    const same = all.get(range.priority)
    if (same) same.push(range)
    else all.set(range.priority, [range])
  }
  return [...all.values()]
}

function entryOf(range: Range, remarks: Remarks): Entry {
  const { name, span, line } = range
  const outcome = relaying(range, remarks)
  tellOfInternal(range, remarks)
  tellOfEncryption(range, remarks)
  return {
    line,
    row: rowOf({
      action: outcome === 'never' ? 'block' : 'allow',
      from: formatSpan(span),
      withoutAuthentication: outcome === 'anyone',
      comment: keptComment(name, sentence => remarks.note(line, sentence)),
    }),
  }
}

/** hMailServer looks at the sender's domain, which anybody can claim: so whoever can get through one way does. */
function relaying({ name, options, line }: Range, remarks: Remarks): Permission {
  if (!(options & BIT.smtp)) {
    remarks.note(
      line,
      `The IP range ${quote(name)} may not connect there; here it may send to local users still.`,
    )
    return 'never'
  }
  const local = permission(options, BIT.localToExternal, BIT.authLocalToExternal)
  const external = permission(options, BIT.externalToExternal, BIT.authExternalToExternal)
  if (local === external) return local
  remarks.note(
    line,
    `The IP range ${quote(name)} tells local senders from others; a sender can be claimed, so that what either may do was taken.`,
  )
  return ORDER.indexOf(local) > ORDER.indexOf(external) ? local : external
}

function tellOfInternal({ name, options, line }: Range, remarks: Remarks): void {
  if (!(options & BIT.smtp)) return
  const local = permission(options, BIT.localToLocal, BIT.authLocalToLocal)
  const external = permission(options, BIT.externalToLocal, BIT.authExternalToLocal)
  if (local === 'anyone' && external === 'anyone') return
  remarks.note(
    line,
    `The IP range ${quote(name)} restricts mail to local users there; here it is taken from everybody.`,
  )
}

function tellOfEncryption({ name, options, line }: Range, remarks: Remarks): void {
  if (!(options & BIT.smtp) || !(options & BIT.requireTlsForAuth)) return
  remarks.note(
    line,
    `The IP range ${quote(name)} wants encryption for log-ons there; here smtp.plaintextAuthentication says that for everybody.`,
  )
}

function permission(options: number, allow: number, authenticate: number): Permission {
  if (!(options & allow)) return 'never'
  return options & authenticate ? 'after-login' : 'anyone'
}

function quote(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name)
}
