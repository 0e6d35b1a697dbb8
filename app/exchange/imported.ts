/** What was read of another server's list, and what was said of it line by line. */
import type { AccessRow, SmtpSettings } from '../settings/settings.ts'
import type { Dialect } from './dialect.ts'
import type { Remark } from './remarks.ts'

/** A row, and where it stood. */
export interface Entry {
  readonly row: AccessRow
  readonly file?: string
  /** Counted from 1. */
  readonly line: number
}

/** Settings that the other server's list goes with. */
export type GoesWith = Partial<
  Pick<SmtpSettings, 'authentication' | 'internalMailWithoutAuthentication' | 'antiRelay' | 'useGlobalAccess'>
>

export interface Read {
  readonly entries: readonly Entry[]
  readonly smtp: GoesWith
  /** What no row meant there: VPOP3 let everybody in then. */
  readonly emptyMeant: 'everybody' | 'nobody'
}

export interface Imported extends Read {
  readonly dialect: Dialect
  /** At most `Remarks.listed`; what couldn't be taken first. */
  readonly remarks: readonly Remark[]
  readonly remarkCount: number
  /** How many of them say that something couldn't be taken. */
  readonly lostCount: number
}

/** A list with its tables; a Postfix with very many sets of users has one for each. */
export const MOST_FILES = 200

/** A file of the import: its name without folders, and its bytes. */
export interface SourceFile {
  readonly name: string
  readonly bytes: Uint8Array
}

export function rowOf(row: Pick<AccessRow, 'action' | 'from'> & Partial<AccessRow>): AccessRow {
  return { withoutAuthentication: false, mendLineEnds: false, users: [], comment: '', enabled: true, ...row }
}

/** Characters of a comment that a row keeps, as the settings' schema permits. */
const LONGEST_COMMENT = 1000

/** `note` takes a sentence where the comment is too long to be kept whole. */
export function keptComment(text: string, note: (sentence: string) => void): string {
  if (text.length > LONGEST_COMMENT)
    note(`The comment has more than ${LONGEST_COMMENT} characters; what comes after them was left out.`)
  return text.slice(0, LONGEST_COMMENT)
}
