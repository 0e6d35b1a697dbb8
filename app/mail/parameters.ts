/** The parameters behind a path: `KEYWORD` or `KEYWORD=value`, each once (RFC 5321 sections 4.1.1.11 and 4.1.2). */
import { toPrintable } from './printable.ts'
import { type Reply, reply } from './reply.ts'

/** How one parameter is read: into the facts `T` of its command; undefined for a bad value. */
export type Parameter<T> =
  | { readonly kind: 'flag'; readonly facts: Partial<T> }
  | {
      readonly kind: 'value'
      /** What the value must be, to follow "must be". */
      readonly form: string
      readonly read: (value: string) => Partial<T> | undefined
    }

export type Read<T> = { readonly ok: true; readonly facts: Partial<T> } | Refused

export interface Refused {
  readonly ok: false
  readonly reply: Reply
}

export function refuse(code: number, status: string, text: string): Refused {
  return { ok: false, reply: reply(code, status, text) }
}

/**
 * Reads all of `text`, between spaces; the keywords of `known` are in capitals. What isn't known gets 555 (RFC 5321
 * section 4.1.1.11); what is, but is written wrongly, 501 (section 4.2.3, RFC 3461 section 4).
 */
export function readParameters<T>(text: string, known: ReadonlyMap<string, Parameter<T>>): Read<T> {
  const seen = new Set<string>()
  let facts: Partial<T> = {}
  for (const parameter of text.split(' ').filter(part => part !== '')) {
    const [name, value] = splitParameter(parameter)
    if (seen.has(name)) return refuse(501, '5.5.4', `${name} is given twice`)
    const read = readParameter(name, value, known.get(name))
    if (!read.ok) return read
    seen.add(name)
    facts = { ...facts, ...read.facts }
  }
  return { ok: true, facts }
}

function splitParameter(parameter: string): [string, string | undefined] {
  const equals = parameter.indexOf('=')
  if (equals < 0) return [upperCase(parameter), undefined]
  return [upperCase(parameter.slice(0, equals)), parameter.slice(equals + 1)]
}

/** Of ASCII letters only: JavaScript's own makes SIZE of a keyword with a long s. */
export function upperCase(text: string): string {
  return text.replace(/[a-z]+/g, letters => letters.toUpperCase())
}

function readParameter<T>(name: string, value: string | undefined, known: Parameter<T> | undefined): Read<T> {
  if (!known) return refuse(555, '5.5.4', `The parameter ${toPrintable(name, 32) || '"="'} is not supported`)
  if (known.kind === 'flag') {
    return value === undefined
      ? { ok: true, facts: known.facts }
      : refuse(501, '5.5.4', `The parameter ${name} takes no value`)
  }
  if (value === undefined || value === '') return refuse(501, '5.5.4', `The parameter ${name} needs a value`)
  const facts = known.read(value)
  return facts ? { ok: true, facts } : refuse(501, '5.5.4', `The value of ${name} must be ${known.form}`)
}
