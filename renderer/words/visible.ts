/** Visible text: what came with mail or from another server, without characters that hide, turn or pile up. */

/** Controls but tab and line ends, half characters, and format characters but the two that join letters. */
const HIDING = /(?![\t\n\r])\p{Cc}|\p{Cs}|(?![\u200c\u200d])\p{Cf}/gu
/** No writing has more marks on one letter. */
const PILED = /(\p{M}{4})\p{M}+/gu
const REPLACEMENT = '\ufffd'

export function visible(text: string): string {
  return text.replace(HIDING, REPLACEMENT).replace(PILED, '$1')
}

/** The same for every text in a value; what has none stays the very same. */
export function visibleIn<Value>(value: Value): Value {
  // Texts become texts, and all else stays what it was.
  return clean(value) as Value
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return visible(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const cleaned = value.map(clean)
    return cleaned.some((one, at) => one !== value[at]) ? cleaned : value
  }
  const entries = Object.entries(value).map(([key, one]): [string, unknown] => [key, clean(one)])
  return entries.some(([key, one]) => one !== Reflect.get(value, key)) ? Object.fromEntries(entries) : value
}
