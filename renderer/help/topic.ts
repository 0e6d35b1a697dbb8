/** A topic of the help: its words in a small notation that the help page draws. */

/**
 * Paragraphs, parted by empty lines; one whose lines start with `- ` is a list. In them `**strong**`, `` `code` ``, and
 * `[words](place)` for a way into the window, as in `[the rows](smtp/access)`.
 */
export interface Topic {
  readonly id: string
  readonly title: string
  readonly words: string
}
