/** A dialogue script as a postmaster writes it, read into steps; `test/dialogue/README.md` tells its language. */

export type Step = { readonly line: number } & Action

export type Action =
  | { readonly kind: 'connect'; readonly from: string | undefined; readonly tls: boolean }
  | { readonly kind: 'switch'; readonly connection: number }
  | { readonly kind: 'starttls' | 'close' | 'hangup' }
  | { readonly kind: 'send'; readonly bytes: Buffer }
  | { readonly kind: 'reply'; readonly pattern: string; readonly many: boolean }
  | { readonly kind: 'expect'; readonly words: string; readonly block: Buffer | undefined }

export interface Script {
  readonly file: string
  /** What stands after `settings:`; an empty object without it. */
  readonly settings: unknown
  readonly steps: readonly Step[]
}

/** Throws with `file:line` at what it doesn't understand. */
export function parseScript(file: string, text: string): Script {
  const lines = text.split(/\r?\n/)
  const steps: Step[] = []
  let settings: unknown = {}
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    if (/^\s*(#|$)/.test(line)) continue
    try {
      if (line.startsWith('settings:')) {
        const end = endOfIndented(lines, i)
        settings = JSON.parse([line.slice('settings:'.length), ...lines.slice(i + 1, end)].join('\n'))
        i = end - 1
        continue
      }
      const end = endOfBlock(lines, i)
      const block = end > i ? lines.slice(i + 1, end) : undefined
      addStep(steps, { line: i + 1, ...parseAction(line, block) })
      i = end
    } catch (error) {
      throw new Error(`${file}:${i + 1}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { file, settings, steps }
}

/** Lines sent one after another with no reply between go out in one piece. */
function addStep(steps: Step[], step: Step): void {
  const last = steps.at(-1)
  if (step.kind !== 'send' || last?.kind !== 'send') steps.push(step)
  else steps[steps.length - 1] = { ...last, bytes: Buffer.concat([last.bytes, step.bytes]) }
}

/** The first line after `start` that is neither indented nor the closing brace. */
function endOfIndented(lines: readonly string[], start: number): number {
  const next = lines.findIndex((line, i) => i > start && !/^(\s+\S|\}$)/.test(line))
  return next < 0 ? lines.length : next
}

/** The line that ends a `<<WORD` block, or `start` itself where there is none. */
function endOfBlock(lines: readonly string[], start: number): number {
  const word = /^(?:C|expect .*?) ?<<(\w+)$/.exec(lines[start] ?? '')?.[1]
  if (word === undefined) return start
  const end = lines.indexOf(word, start + 1)
  if (end < 0) throw new Error(`no line "${word}" ends the block`)
  return end
}

function parseAction(line: string, block: readonly string[] | undefined): Action {
  if (/^C ?<<\w+$/.test(line)) return { kind: 'send', bytes: blockBytes(block) }
  const [, words] = /^expect (.*?)(?: ?<<\w+)?$/.exec(line) ?? []
  if (words !== undefined) return { kind: 'expect', words, block: block && blockBytes(block) }
  const [, times, sent] = /^C(?:\*(\d+))?:(?: (.*))?$/.exec(line) ?? []
  if (/^C(\*\d+)?:/.test(line)) return { kind: 'send', bytes: sentBytes(sent ?? '', Number(times ?? 1)) }
  const [, many, pattern] = /^S(\*)?: (.*)$/.exec(line) ?? []
  if (pattern !== undefined) return { kind: 'reply', pattern: encode(pattern), many: many === '*' }
  const [connect, from, tls] = /^connect(?: from (\S+))?( tls)?$/.exec(line) ?? []
  if (connect) return { kind: 'connect', from, tls: tls !== undefined }
  const [, connection] = /^switch ([1-9]\d*)$/.exec(line) ?? []
  if (connection) return { kind: 'switch', connection: Number(connection) }
  if (line === 'starttls' || line === 'close' || line === 'hangup') return { kind: line }
  throw new Error(`"${line}" is no line of a dialogue script`)
}

function blockBytes(lines: readonly string[] = []): Buffer {
  return Buffer.from(lines.map(line => `${line}\r\n`).join(''))
}

/** The text so many times, then CR LF, unless a single `\` ends it. */
function sentBytes(text: string, times: number): Buffer {
  const open = /(?:^|[^\\])(?:\\\\)*\\$/.test(text)
  const once = bytesOf(encode(open ? text.slice(0, -1) : text))
  return Buffer.concat([...Array<Buffer>(times).fill(once), Buffer.from(open ? '' : '\r\n')])
}

/** `base64(…)`, with escapes inside. */
function encode(text: string): string {
  return text.replace(/base64\(([^)]*)\)/g, (_, inner: string) => bytesOf(inner).toString('base64'))
}

const escapes: Readonly<Record<string, number>> = { r: 13, n: 10, t: 9, '0': 0, '\\': 92 }

/** `\r \n \t \0 \\ \xNN`; other text as UTF-8. */
function bytesOf(text: string): Buffer {
  const parts = text.split(/(\\x[0-9A-Fa-f]{2}|\\.)/)
  return Buffer.concat(
    parts.map(part => {
      if (part.startsWith('\\x') && part.length === 4) return Buffer.from(part.slice(2), 'hex')
      if (!part.startsWith('\\') || part.length < 2) return Buffer.from(part)
      const byte = escapes[part[1] ?? '']
      if (byte === undefined) throw new Error(`"${part}" is no escape`)
      return Buffer.from([byte])
    }),
  )
}

/** Whether a reply line is the expected one: `…` stands for any text, and so does `...` at the end. */
export function matches(pattern: string, line: string): boolean {
  const parts = pattern.replace(/\.\.\.$/, '…').split('…')
  const source = parts.map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')
  return new RegExp(`^${source}$`, 's').test(line)
}
