/** An option in words: VPOP3's name for it, and a plain sentence beside it. */

export interface Choice {
  readonly value: string
  readonly label: string
  /** What it means, beside it. */
  readonly sentence?: string
}

export interface Option {
  readonly label: string
  readonly sentence: string
  /** More, for who asks with F1. */
  readonly more?: string
  readonly choices?: readonly Choice[]
}

/** By the pattern of their path, as in `smtp.access[].from`. */
export type Options = Readonly<Record<string, Option>>
