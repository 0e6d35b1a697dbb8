/** What a person can see: which characters hide in a text, and how they are named or replaced. */

/**
 * Control and formatting characters (C1 and bidi controls among them), lone surrogates, every space but the
 * ASCII one, what Unicode lets a display leave out, and U+FFFD: it stands where a byte was no UTF-8, so two
 * different texts would look alike.
 */
const HIDDEN =
  /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufffd]/u

/** The first character that can't be seen, or that no text should hold; undefined when there is none. */
export function hiddenCharacter(text: string): string | undefined {
  return HIDDEN.exec(text)?.[0]
}

/** A character's name in ASCII: `","`, or `U+00AD` for one that isn't printable ASCII. */
export function nameCharacter(character: string): string {
  if (/^[ -~]$/.test(character)) return `"${character}"`
  const code = character.codePointAt(0) ?? 0
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** Printable ASCII of at most `limit` characters; a `?` for every code unit that isn't. */
export function toPrintable(text: string, limit: number): string {
  return text.slice(0, limit).replace(/[^ -~]/g, '?')
}
