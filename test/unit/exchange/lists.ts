/** What the tests of the dialects share: reading, and what a list comes to on the document's machine. */
import assert from 'node:assert/strict'
import { mapOf } from '../../../app/access/map.ts'
import { formatSpan } from '../../../app/access/network.ts'
import { compilePolicy } from '../../../app/access/policy.ts'
import type { Dialect } from '../../../app/exchange/dialect.ts'
import type { Imported } from '../../../app/exchange/imported.ts'
import { readList } from '../../../app/exchange/read.ts'
import { placeOf } from '../../../app/exchange/remarks.ts'
import type { AccessRow } from '../../../app/settings/settings.ts'
import { type Change, machine, office } from '../access/office.ts'

export function read(
  text: string | Buffer,
  dialect?: Dialect,
  tables: Record<string, string> = {},
): Imported {
  const files = Object.entries(tables).map(([name, table]) => ({ name, bytes: Buffer.from(table) }))
  const understood = readList([{ name: 'list', bytes: Buffer.from(text) }, ...files], dialect)
  assert.ok(understood.ok, JSON.stringify(understood))
  return understood.imported
}

/** Each row as a person says it, as `row` of the office reads it. */
export function rowsOf({ entries }: Imported): string[] {
  return entries.map(({ row }) => words(row))
}

function words({ action, from, withoutAuthentication, users }: AccessRow): string {
  return `${action} ${from}${withoutAuthentication ? ' noauth' : ''}${users.length > 0 ? ` - ${users.join(' ')}` : ''}`
}

/** Each remark with its place; lost ones begin with `!`. */
export function said({ remarks }: Imported): string[] {
  return remarks.map(remark => `${remark.lost ? '! ' : ''}${placeOf(remark)}: ${remark.text}`)
}

/** The whole map: every address with who may send from it, to whom, whatever row decides. */
export function mapOfRows(access: readonly AccessRow[], change: Change['smtp'] = {}): string[] {
  const policy = compilePolicy(office({ smtp: { ...change, access } }), machine)
  const lines: { what: string; family: 4 | 6; first: bigint; last: bigint }[] = []
  for (const { family, first, last, external, internal } of mapOf(policy)) {
    const what = JSON.stringify([external, internal])
    const before = lines.at(-1)
    if (before?.what === what && before.family === family) before.last = last
    else lines.push({ what, family, first, last })
  }
  return lines.map(({ what, ...span }) => `${formatSpan(span)} ${what}`)
}

export function mapOfImported(imported: Imported): string[] {
  return mapOfRows(
    imported.entries.map(({ row }) => row),
    imported.smtp,
  )
}
