/** The width of text on a terminal, in columns. */

/** Blocks whose characters take two columns (Unicode UAX 11, Wide and Fullwidth), emoji aside. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u
const invisible = /^[\p{M}\p{Cf}\p{Cc}]*$/u
const ascii = /^[ -~]*$/

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

export function width(text: string): number {
  if (ascii.test(text)) return text.length
  return clusters(text).reduce((sum, cluster) => sum + clusterWidth(cluster), 0)
}

/** The text, or as much of it as fits in `columns` with `…` behind it. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text
  if (columns <= 0) return ''
  let kept = ''
  let used = 1
  for (const cluster of clusters(text)) {
    used += clusterWidth(cluster)
    if (used > columns) break
    kept += cluster
  }
  return `${kept.trimEnd()}…`
}

function clusters(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
}

function clusterWidth(cluster: string): number {
  if (invisible.test(cluster)) return 0
  return wide.test(cluster) ? 2 : 1
}
