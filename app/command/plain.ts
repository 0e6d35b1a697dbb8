/** Plain text: what came with mail, made harmless for a terminal. */

/** Control sequences of ECMA-48 that are complete: CSI, the strings (OSC, DCS, SOS, PM, APC), and the two-letter ones. */
const sequences = new RegExp(
  [
    '(?:\\u001b\\[|\\u009b)[0-?]{0,64}[ -/]{0,16}[@-~]',
    '(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0000-\\u001f\\u007f-\\u009f]{0,4096}(?:\\u0007|\\u009c|\\u001b\\\\)',
    '\\u001b[ -/]{0,16}[0-Z\\\\^-~]',
  ].join('|'),
  'g',
)
const breaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g
const keptBreaks = /\r\n?|[\v\f\u0085\u2028\u2029]/g
/** Controls, half characters, and the format characters that turn or hide text; not the two that join letters. */
const unseen = /\p{Cc}|\p{Cs}|(?![\u200c\u200d])\p{Cf}/gu
const unseenButBreaks = /(?![\t\n])\p{Cc}|\p{Cs}|(?![\u200c\u200d])\p{Cf}/gu

/** On one line: no control characters, no escape sequences, nothing that turns the direction of writing. */
export function plain(text: string): string {
  return text.replace(sequences, '').replace(breaks, ' ').replace(unseen, '')
}

/** The same, but its lines and tabs stay. */
export function plainLines(text: string): string {
  return text.replace(sequences, '').replace(keptBreaks, '\n').replace(unseenButBreaks, '')
}

/** JSON that loses nothing and is harmless on a terminal: what `plain` takes away is written as an escape here. */
export function plainJson(value: unknown, indent = 0): string {
  // They stand in strings only, save the line feeds of the indentation.
  return JSON.stringify(value ?? null, null, indent).replace(/(?!\n)\p{Cc}|\p{Cf}|[\u2028\u2029]/gu, escaped)
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
  }).join('')
}
