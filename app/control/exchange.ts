/** Lists of other servers, as window and command line give them to the relay and get them from it. */
import type { DifferenceLine } from '../access/difference-lines.ts'
import type { Dialect } from '../exchange/dialect.ts'
import type { Remark } from '../exchange/remarks.ts'
import type { ListName, Version } from '../exchange/vpop3.ts'
import type { AccessRow, Problem } from '../settings/settings.ts'

export interface ImportAsked {
  /** The list itself first; then the tables that it names. */
  readonly files: readonly { readonly name: string; readonly base64: string }[]
  /** Found by itself where absent. */
  readonly dialect?: Dialect
  /** Which of the two lists is replaced; the service's where absent. */
  readonly list?: ListName
  /** What a list without rows is to mean here: it meant everybody in VPOP3. */
  readonly empty?: 'everybody' | 'nobody'
  /** Whether to take the list without what couldn't be taken. */
  readonly leaveOut?: boolean
  readonly allowOpenRelay?: boolean
}

export interface ImportPreview {
  readonly dialect: Dialect
  /** The first of them, where they are many. */
  readonly rows: readonly AccessRow[]
  /** How many there are; absent where all are told. */
  readonly rowCount?: number
  /** What would be written into the settings, with every default; a long list as `Pieces`. */
  readonly edits: readonly { readonly path: string; readonly value: unknown }[]
  /** The first of them; what couldn't be taken before what is to be known. */
  readonly remarks: readonly Remark[]
  readonly remarkCount: number
  readonly lostCount: number
  /** Each difference of the settings. */
  readonly words: readonly string[]
  /** How many there are, where only the first are told. */
  readonly wordCount?: number
  /** Who can send more or less. */
  readonly senders: readonly DifferenceLine[]
  readonly senderCount?: number
  /** The addresses of the Internet that could relay without logging on, in words; absent where there are none. */
  readonly open?: string
  /** Whether that is so by this import: it is applied only by whoever says so. */
  readonly opens: boolean
  /** Why it can't be applied as it was asked, each a sentence that says what to do. */
  readonly problems: readonly Problem[]
  /** Which answers are missing. */
  readonly asks: readonly ('empty' | 'leave-out')[]
}

export type ExportTarget =
  | { readonly dialect: 'vpop3'; readonly version: Version; readonly list?: ListName }
  | { readonly dialect: 'postfix' }

export type { Dialect } from '../exchange/dialect.ts'
export type { Exported } from '../exchange/exported.ts'
export type { Remark } from '../exchange/remarks.ts'
