/** What lets a refused client send: the narrowest row in each list that refuses it, its address alone, for who it was. */
import type { AccessRow, Decision, SmtpDraft } from '../state/settings.ts'
import { newRow } from './rows.ts'

/** A list with a new row in it. */
export interface Put {
  /** Counted from 0. */
  readonly at: number
  readonly rows: readonly AccessRow[]
}

/** The parts of a draft that the proposal changes. */
interface Lists {
  readonly globalAccess: readonly AccessRow[]
  readonly smtp: Pick<SmtpDraft, 'access' | 'authentication' | 'antiRelay'>
}

export type Proposal =
  /** With these rows it is accepted; with none of them it is by the draft as it is. */
  | { readonly kind: 'rows'; readonly service?: Put; readonly global?: Put }
  /** No such row would help: why, as a sentence. */
  | { readonly kind: 'in-the-way'; readonly why: string }
  /** No row lets in a client that hasn't logged on. */
  | { readonly kind: 'none' }

/** The rows with it in its place: just above the row that refused, counted from 1; below all where none matched. */
export function rowsWith(fresh: AccessRow, refusing: number | null, rows: readonly AccessRow[]): Put {
  const at = Math.min(rows.length, refusing === null ? rows.length : refusing - 1)
  return { at, rows: rows.toSpliced(at, 0, fresh) }
}

/** Undefined where no row lets in a client that hasn't logged on. `below`: the row that refused, whose mending stays. */
export function clientRow(
  client: string,
  user: string | undefined,
  smtp: Pick<SmtpDraft, 'authentication' | 'antiRelay'>,
  below?: AccessRow,
): AccessRow | undefined {
  const mendLineEnds = below?.mendLineEnds ?? false
  const row = { ...newRow, from: client, comment: 'from the log', mendLineEnds }
  // Where logging on is switched off, whoever logged on before counts as anybody.
  if (user !== undefined && smtp.authentication !== 'disabled') return { ...row, users: [user] }
  if (smtp.antiRelay === 'authenticated-users') return undefined
  return { ...row, withoutAuthentication: smtp.authentication === 'required' }
}

/** Tried by the relay's own decision: `explain` says what it comes to with other lists. */
export async function proposalFor<Draft extends Lists>(
  client: string,
  user: string | undefined,
  draft: Draft,
  explain: (draft: Draft) => Promise<Decision>,
): Promise<Proposal> {
  const puts: { service?: Put; global?: Put } = {}
  for (let tried = draft; ; ) {
    const { verdict, reply, list, row, steps } = await explain(tried)
    if (verdict === 'accept') return { kind: 'rows', ...puts }
    const rows = list === 'global' ? tried.globalAccess : tried.smtp.access
    const below = row === null ? undefined : rows[row - 1]
    // What a router passes on may come from anywhere; and whom the row names would lose by one above it.
    const isForOthers = user !== undefined && below?.action === 'allow' && reply.code !== 530
    if (list === null || puts[list] || below?.from === 'routers' || isForOthers)
      return { kind: 'in-the-way', why: steps.at(-2) ?? '' }
    const fresh = clientRow(client, user, tried.smtp, below)
    if (!fresh) return { kind: 'none' }
    const put = rowsWith(fresh, row, rows)
    puts[list] = put
    tried =
      list === 'global'
        ? { ...tried, globalAccess: put.rows }
        : { ...tried, smtp: { ...tried.smtp, access: put.rows } }
  }
}
