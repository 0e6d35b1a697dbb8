/** Colours and weights, on a terminal that wants them. */

export interface Style {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
}

/** Whether to colour: on a terminal, unless NO_COLOR (no-color.org) or a terminal without them says not to. */
export function wantsColours(
  isTerminal: boolean,
  variables: Readonly<Record<string, string | undefined>>,
): boolean {
  return isTerminal && !variables['NO_COLOR'] && variables['TERM'] !== 'dumb'
}

export function styleOf(colours: boolean): Style {
  const dress = (on: number) => (text: string) =>
    colours && text !== '' ? `\u001b[${on}m${text}\u001b[0m` : text
  return { bold: dress(1), dim: dress(2), red: dress(31), green: dress(32), yellow: dress(33) }
}

/** Takes every control character out of finished output but line feeds, tabs and, where they are on, our own colours. */
export function guard(text: string, colours: boolean): string {
  return text.replace(/\u001b\[(?:[0-2]|3[1-3])m|(?![\n\t])\p{Cc}/gu, found =>
    colours && found.length > 1 ? found : '',
  )
}
