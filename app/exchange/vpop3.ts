/** Writes an access list as VPOP3 wrote it, or says row by row why it can't be. */
import type { Machine } from '../access/machine.ts'
import { parseFrom, type Span } from '../access/network.ts'
import type { AccessRow, Problem, Settings } from '../settings/settings.ts'
import { blocksOf } from './blocks.ts'
import type { Exported } from './exported.ts'
import { rowOf } from './imported.ts'
import { VPOP3_ONE } from './vpop3-1.ts'
import { VPOP3_THREE } from './vpop3-3.ts'
import { VPOP3_FIVE } from './vpop3-5.ts'
import type { Writing } from './vpop3-words.ts'

export const VERSIONS = ['1.5', '3', '5'] as const
export type Version = (typeof VERSIONS)[number]
export type ListName = 'service' | 'global'

const WRITINGS: Readonly<Record<Version, Writing>> = { '1.5': VPOP3_ONE, '3': VPOP3_THREE, '5': VPOP3_FIVE }

const EMPTY =
  'The list has no row that counts, which lets nobody send here but everybody there: it was written as one row that blocks all.'

/** `machine` as it counts now: a version without a word for the local networks gets their addresses. */
export function writeVpop3(settings: Settings, machine: Machine, version: Version, list: ListName): Exported {
  const [rows, path] =
    list === 'global' ? [settings.globalAccess, 'globalAccess'] : [settings.smtp.access, 'smtp.access']
  const writer = new Writer(version, machine)
  const written = rows.flatMap((row, index) => writer.write(row, `${path}[${index}]`))
  if (writer.problems.length > 0) return { ok: false, problems: writer.problems }
  const body = written.length > 0 ? written : writer.write(rowOf({ action: 'block', from: 'any' }), path)
  const head =
    list === 'global' && version !== '5' ? [] : WRITINGS[version].head(settings.smtp.useGlobalAccess)
  return {
    ok: true,
    files: [{ name: `vpop3-${version}.txt`, text: [...head, ...body].map(line => `${line}\r\n`).join('') }],
    notes: [
      ...writer.notes,
      ...(written.length > 0 ? [] : [EMPTY]),
      ...settingsBeside(settings, version, list),
    ],
  }
}

/** VPOP3's documents name the first method alone. */
const METHODS = {
  'client-address': 'must be "Check Client IP Address"',
  'authenticated-users':
    'must not be "Check Client IP Address", but the one that takes mail only from users who have logged on',
} as const

/** What goes with the list there and isn't part of its text. */
function settingsBeside({ smtp }: Settings, version: Version, list: ListName): readonly string[] {
  const tick = smtp.internalMailWithoutAuthentication ? 'checked' : 'unchecked'
  const notes = [
    `In VPOP3, SMTP Authentication must be as here: ${smtp.authentication}.`,
    `In VPOP3, "SMTP Anti-Relay Protection method" ${METHODS[smtp.antiRelay]}, as here: by the other one the same rows let others send.`,
    `In VPOP3, "Do not require SMTP authentication for internal/incoming mail" must be ${tick}, as here.`,
  ]
  if (version !== '3' || list === 'global') return notes
  const state = smtp.useGlobalAccess ? 'checked' : 'unchecked'
  return [...notes, `In VPOP3, "Use Global Access Restrictions" must be ${state}, as here.`]
}

class Writer {
  readonly problems: Problem[] = []
  readonly notes: string[] = []
  readonly #writing: Writing
  readonly #name: string
  readonly #machine: Machine

  constructor(version: Version, machine: Machine) {
    this.#writing = WRITINGS[version]
    this.#name = `VPOP3 ${version}`
    this.#machine = machine
  }

  /** The row's lines; what can't be written is a problem at its path. */
  write(row: AccessRow, path: string): readonly string[] {
    if (!row.enabled) {
      this.notes.push(`${path} is switched off, which VPOP3 doesn't know: it was left out.`)
      return []
    }
    const name = row.users.find(user => !this.#writing.canName(user))
    if (name !== undefined) {
      this.#refuse(
        `${path}.users`,
        `${this.#name} can't hold the name ${JSON.stringify(name)}: rename the account first.`,
      )
    }
    if (row.comment !== '' && !this.#writing.hasComments) {
      this.notes.push(`${path}: ${this.#name} has no comments; this one was left out.`)
    }
    if (row.mendLineEnds) {
      this.notes.push(
        `${path}: ${this.#name} mends no line ends; devices that send bare LF may be refused there.`,
      )
    }
    const comment = row.comment.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
    return this.#wheres(row, path).flatMap((where, index) =>
      this.#writing.row({ ...row, comment: index === 0 ? comment : '' }, where),
    )
  }

  #wheres({ from: text }: AccessRow, path: string): readonly string[] {
    const parsed = parseFrom(text)
    if (!parsed.ok) return this.#refuse(`${path}.from`, parsed.problem)
    const { any, localNetworks, routers } = this.#writing
    switch (parsed.from.kind) {
      case 'any':
        return [any]
      case 'local-networks':
        return localNetworks ? [localNetworks] : this.#asOfNow(this.#machine.localNetworks, text, path)
      case 'routers':
        return routers ? [routers] : this.#asOfNow(this.#machine.routers, text, path)
      case 'span':
        return this.#blocks(parsed.from.span, path)
      case 'name':
        return this.#refuse(
          `${path}.from`,
          `${this.#name} knows no host names in rows: write the address that ${text} has, or remove the row.`,
        )
    }
  }

  #blocks(span: Span, path: string): readonly string[] {
    const written = blocksOf(span).map(block => this.#writing.block(block))
    if (!written.includes(undefined)) return written.flatMap(line => line ?? [])
    return this.#refuse(
      `${path}.from`,
      `${this.#name} can't hold IPv6 addresses: remove the row, or choose VPOP3 5.`,
    )
  }

  #asOfNow(spans: readonly Span[], word: string, path: string): readonly string[] {
    this.notes.push(
      `${path}: ${this.#name} has no word for ${word}; the IPv4 addresses that they are now were written.`,
    )
    return spans.flatMap(blocksOf).flatMap(block => this.#writing.block(block) ?? [])
  }

  #refuse(path: string, text: string): readonly string[] {
    this.problems.push({ path, text })
    return []
  }
}
