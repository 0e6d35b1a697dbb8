/** `postern audit`: who can send through this server, whether it is open, and what is hardly meant. */
import { type Command, InvalidArgumentError } from 'commander'
import { nameWords } from '../access/name-facts.ts'
import type { Audit, AuditFinding, Consent, Control, Status } from '../control/control.ts'
import { allowOption, consentOf } from './allowing.ts'
import { plain } from './plain.ts'
import { addCommand, jsonOption } from './shape.ts'
import type { Shell } from './shell.ts'

interface AuditOptions {
  readonly fix?: number
  readonly allowOpenRelay?: boolean
  readonly json?: boolean
}

/** Ranges that are printed for a person. */
const PRINTED = 40

export function addAudit(program: Command, shell: Shell): void {
  addCommand(program, {
    usage: 'audit',
    summary: 'Prove who can send through this server, and find what is hardly meant',
    more:
      'All of IPv4 and IPv6 is looked at, nothing is sampled. The exit status is 1 when\n' +
      'this is an open relay: when an address of the Internet can send without logging on.\n' +
      'With --fix the change that mends a finding is made; postern settings undo takes\n' +
      'it back.',
    examples: [
      ['postern audit', 'the map in words, the verdict and the findings'],
      ['postern audit --fix 1', 'mend the first finding'],
      ['postern audit --json', 'all ranges of addresses, for a program'],
    ],
  })
    .option('--fix <n>', 'make the change that mends finding N', numberOf)
    .addOption(allowOption())
    .addOption(jsonOption())
    .action(
      shell.act(({ fix, json, ...allowing }: AuditOptions) =>
        fix === undefined ? audit(shell, json === true) : mend(shell, fix, consentOf(allowing)),
      ),
    )
}

function numberOf(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Give the number of a finding, as in 1.')
  return Number(text)
}

function audit(shell: Shell, json: boolean): Promise<number> {
  return shell.reading(async control => {
    const found = await control.audit({ kind: 'current' })
    if (json) shell.printJson(facts(await whole(control, found)))
    else show(shell, found, (await control.status()).names)
    return found.openRelay ? 1 : 0
  })
}

function mend(shell: Shell, number: number, consent: Consent): Promise<number> {
  return shell.withControl(async control => {
    const { findings } = await control.audit({ kind: 'current' })
    const finding = findings[number - 1]
    if (!finding) {
      shell.complain(
        findings.length === 0
          ? 'There is nothing to mend: the audit found nothing.'
          : `There is no finding ${number}: give a number from 1 to ${findings.length}, as postern audit shows them.`,
      )
      return 1
    }
    const { kind, list, row } = finding
    const applied = await control.mend({ kind, list, row }, shell.by, consent)
    if (!applied.ok) return shell.refuse(applied.problems)
    shell.print(plain(finding.mend))
    shell.print(plain(applied.words))
    return 0
  })
}

/** What scripts are promised comes first. */
function facts({ openRelay, off, ranges, findings, lines, lineCount, ...more }: Audit) {
  const { internalLines, internalLineCount } = more
  return {
    ...{ openRelay, ranges, findings, lines, internalLines },
    ...(off && { off }),
    ...(lineCount !== undefined && { lineCount }),
    ...(internalLineCount !== undefined && { internalLineCount }),
  }
}

/** Of a long list the ranges come in parts. */
async function whole(control: Control, audit: Audit): Promise<Audit> {
  const ranges = [...audit.ranges]
  while (ranges.length < (audit.rangeCount ?? 0)) {
    const some = await control.auditRanges({ kind: 'current' }, ranges.length)
    if (some.length === 0) throw new Error('The settings were changed meanwhile: ask again.')
    ranges.push(...some)
  }
  return { ...audit, ranges }
}

function show(shell: Shell, found: Audit, names: Status['names']): void {
  const { style } = shell
  const verdict = found.openRelay
    ? style.red(`This is an open relay: anyone can send without logging on from ${plain(found.open ?? '')}.`)
    : style.green('This is no open relay: no address of the Internet can send without logging on.')
  if (found.off) {
    shell.print(style.bold('The SMTP service is off: nobody can send now.'))
    shell.print('All that follows is what the list allows once the service is on.')
    shell.print('')
  }
  shell.print(style.bold(verdict))
  shell.print('')
  shell.print(style.bold('Who can send to addresses outside'))
  for (const { who, words, rows } of found.lines)
    shell.print(`  ${plain(who)}: ${plain(words)}${rowWords(rows)}`)
  showMore(shell, found.lines.length, found.lineCount)
  shell.print(style.bold('Who can send to your own users'))
  for (const { who, words } of found.internalLines) shell.print(`  ${plain(who)}: ${plain(words)}`)
  showMore(shell, found.internalLines.length, found.internalLineCount)
  if (names.length > 0) shell.print(style.bold('Host names in the access lists'))
  for (const facts of names) shell.print(`  ${plain(nameWords(facts, Date.now()))}`)
  shell.print('')
  showRanges(shell, found)
  shell.print('')
  showFindings(shell, found.findings)
}

function showMore(shell: Shell, told: number, count: number = told): void {
  if (count > told) shell.print(`  … and ${count - told} more.`)
}

function rowWords(rows: readonly number[]): string {
  if (rows.length === 0) return ''
  return rows.length > 8 ? ` (${rows.length} rows)` : ` (row${rows.length > 1 ? 's' : ''} ${rows.join(', ')})`
}

function showRanges(shell: Shell, { ranges, rangeCount = ranges.length }: Audit): void {
  shell.printTable(
    [{ title: 'from', whole: true }, { title: 'to', whole: true }, { title: 'can send outside' }],
    ranges.slice(0, PRINTED).map(({ first, last, relay, users, logOn }) => {
      const who = { anyone: 'anyone', 'after-login': users?.join(', ') ?? 'every user', never: 'nobody' }[
        relay
      ]
      return [
        first,
        last,
        relay === 'after-login' ? `${who}, after logging on${logOn === false ? ' (not offered)' : ''}` : who,
      ]
    }),
  )
  const more = rangeCount - PRINTED
  if (more > 0) shell.print(`… and ${more} ${more === 1 ? 'range' : 'ranges'} more; --json prints all.`)
}

function showFindings(shell: Shell, findings: readonly AuditFinding[]): void {
  if (findings.length === 0) {
    shell.print('Nothing to mend.')
    return
  }
  shell.print(shell.style.bold(findings.length === 1 ? '1 finding' : `${findings.length} findings`))
  findings.forEach(({ text, mend }, at) => {
    shell.print(`${String(at + 1).padStart(3)}. ${plain(text)}`)
    shell.print(`     ${plain(mend)} (postern audit --fix ${at + 1})`)
  })
}
