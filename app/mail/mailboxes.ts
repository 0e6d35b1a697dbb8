/** The mailboxes in a From or Reply-To, and where in its bytes they stand (RFC 5322 sections 3.4 and 4.4). */
/*
 * A parser that gives texts back, as nodemailer's does, can't tell where they stood, and what is kept here are the
 * bytes: encoded words, comments, folding and white space as somebody wrote them.
 */

export interface Mailbox {
  /** Where the list's element with it begins. */
  readonly start: number
  /** Of the angle bracket; absent where the address stands by itself. */
  readonly open?: number
  /** As it is written, without angle brackets, comments and folding; a character for each byte. */
  readonly address: string
  /** What stands in parentheses beside it: a name, where it stands by itself. */
  readonly comment?: string
}

export interface Mailboxes {
  readonly mailboxes: readonly Mailbox[]
  /** A group's name ends here (RFC 6854). */
  readonly group?: { readonly start: number; readonly end: number }
  /** Something stands in the list that is no mailbox, or something in it isn't closed. */
  readonly odd: boolean
}

interface Element {
  readonly start: number
  /** Its words, quoted strings, dots and at signs. */
  text: string
  open?: number
  inside?: string
  comment?: string
}

/** `body`: a character for each byte. Never throws; what can't be read is `odd`. */
export function readMailboxes(body: string): Mailboxes {
  const mailboxes: Mailbox[] = []
  let group: Mailboxes['group']
  let odd = false
  let element: Element = { start: 0, text: '' }
  const finish = (next: number) => {
    const { start, open, inside, comment } = element
    const address = (inside ?? element.text).trim()
    const found = {
      start,
      address,
      ...(open !== undefined && { open }),
      ...(comment !== undefined && { comment }),
    }
    if (address.includes('@')) mailboxes.push(found)
    else if (address !== '' || inside !== undefined) odd = true
    element = { start: next, text: '' }
  }
  for (let at = 0; at < body.length; ) {
    const end = endOfToken(body, at)
    const token = body.slice(at, end ?? body.length)
    odd ||= end === undefined
    switch (token[0]) {
      case ',':
      case ';':
        finish(at + 1)
        break
      case ':':
        if (group || element.open !== undefined || element.text.includes('@')) {
          odd = true
          finish(at + 1)
        } else {
          group = { start: element.start, end: at }
          element = { start: at + 1, text: '' }
        }
        break
      case '(':
        element.comment = token.slice(1, -1)
        break
      case '<':
        odd ||= element.inside !== undefined
        element.open ??= at
        element.inside ??= withoutComments(token.slice(1, -1))
        break
      default:
        element.text = joined(element.text, token)
    }
    at = end ?? body.length
  }
  finish(body.length)
  return { mailboxes, ...(group && { group }), odd }
}

const CLOSING: Readonly<Record<string, string>> = { '"': '"', '[': ']', '<': '>', '(': ')' }

/** Where the token at `at` ends; undefined where it isn't closed. */
function endOfToken(body: string, at: number): number | undefined {
  const opening = body[at] ?? ''
  const closing = CLOSING[opening]
  if (closing === undefined) return at + 1
  let depth = 1
  for (let next = at + 1; next < body.length; next++) {
    const character = body[next]
    if (character === '\\') next++
    else if (character === closing) depth--
    else if (character === opening && opening === '(') depth++
    else if (opening === '<' && (character === '"' || character === '('))
      next = (endOfToken(body, next) ?? body.length) - 1
    if (depth === 0) return next + 1
  }
  return undefined
}

/** Characters of an address that are looked at: none is as long as this. */
const LONGEST = 2000

/** White space parts words, but stands for nothing beside a dot or an at sign (RFC 5322 section 4.4). */
function joined(text: string, token: string): string {
  if (text.length > LONGEST) return text
  if (!/^[ \t\r\n]$/.test(token)) return /^[.@]$/.test(token) ? text.trimEnd() + token : text + token
  return /[ .@]$/.test(text) || text === '' ? text : `${text} `
}

function withoutComments(text: string): string {
  let left = ''
  for (let at = 0; at < text.length; ) {
    const end = endOfToken(text, at) ?? text.length
    if (text[at] !== '(') left = joined(left, text.slice(at, end))
    at = end
  }
  // A source route means nothing any more (RFC 5322 section 4.4).
  return left.trim().replace(/^@[^:]*:/, '')
}
