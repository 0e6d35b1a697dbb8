/** What VPOP3's ways of writing a list have in common. */
import { formatSpan, parseFrom } from '../access/network.ts'
import type { AccessRow } from '../settings/settings.ts'
import type { Block } from './blocks.ts'

export type ReadFrom =
  | { readonly ok: true; readonly from: string }
  | { readonly ok: false; readonly problem: string }

/** A host, a network or a range in Postern's shortest writing. */
export function readFrom(text: string): ReadFrom {
  const parsed = parseFrom(text)
  if (!parsed.ok) return parsed
  const { from } = parsed
  return { ok: true, from: from.kind === 'span' ? formatSpan(from.span) : from.kind }
}

/** Names of accounts, each once. */
export function namesOf(words: readonly string[]): readonly string[] {
  return [...new Set(words)]
}

/** A name longer than the settings take. */
export function tooLong(names: readonly string[]): string | undefined {
  const found = names.find(name => name.length > 64)
  return found && `The name ${found.slice(0, 20)}… is over 64 characters long; check the line.`
}

/** How a version writes rows. */
export interface Writing {
  /** The first line, where it says something of the global list. */
  readonly head: (useGlobalAccess: boolean) => readonly string[]
  /** Its words; undefined where it has none. */
  readonly any: string
  readonly localNetworks: string | undefined
  readonly routers: string | undefined
  /** Undefined for what it can't write. */
  readonly block: (block: Block) => string | undefined
  readonly row: (row: AccessRow, where: string) => readonly string[]
  readonly canName: (name: string) => boolean
  readonly hasComments: boolean
}
