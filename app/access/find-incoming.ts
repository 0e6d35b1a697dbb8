/** Findings about incoming mail that stops: the servers that bring it can't log on, or may not even connect. */
import type { Edit, Findable, Finding } from './finding.ts'
import { spansWhere } from './map.ts'
import { LIST_PATHS } from './mend.ts'
import type { Span } from './network.ts'
import { internetOf } from './open-relay.ts'
import type { AccessList, Policy } from './policy.ts'
import { commonSpans, sizeOf } from './spans.ts'
import type { Stretch } from './stretch.ts'

export function findIncoming(found: Findable): readonly Finding[] {
  return [...findAsked(found), ...findShut(found)]
}

/** Mail to users here needs a log-on. */
function findAsked({ policy, map }: Findable): readonly Finding[] {
  const shut = spansWhere(map, ({ internal }) => internal.kind === 'after-login')
  if (policy.authentication !== 'required' || commonSpans(shut, internetOf(policy)).length === 0) return []
  return [
    {
      kind: 'incoming-mail-stops',
      list: null,
      row: null,
      text: "Incoming mail stops: authentication is required for mail to your own users too, and the servers that bring it can't log on.",
      mend: {
        words:
          "Don't require authentication for internal mail: mail to your own users is taken from everybody again. Who can send to addresses outside stays as it is.",
        edits: [{ kind: 'set', path: 'smtp.internalMailWithoutAuthentication', value: true }],
      },
    },
  ]
}

/** The list decides who may connect, and lets most of the Internet not: hardly where mail for users here is taken. */
function findShut({ settings, policy, map }: Findable): readonly Finding[] {
  if (policy.antiRelay !== 'authenticated-users' || settings.localDomains.length === 0) return []
  const lists = [policy.service, ...(policy.global ? [policy.global] : [])]
  return lists.flatMap(list => {
    const shut = spansWhere(map, stretch => isShutBy(list, stretch))
    return isMostOf(commonSpans(shut, internetOf(policy)), internetOf(policy)) ? [shutBy(list, policy)] : []
  })
}

/** By a row for everybody, or by none. */
function isShutBy({ name, rows }: AccessList, stretch: Stretch): boolean {
  const number = stretch[name]
  const row = rows[number - 1]
  return row === undefined || (row.action === 'block' && isForAll(row))
}

function isForAll({ from }: { readonly from: string }): boolean {
  return from.trim().toLowerCase() === 'any'
}

/** Of IPv4: few servers have nothing else. */
function isMostOf(spans: readonly Span[], all: readonly Span[]): boolean {
  return 2n * sizeOf(spans, 4) > sizeOf(all, 4)
}

function shutBy({ name, rows }: AccessList, policy: Policy): Finding {
  const of = policy.global ? ` of ${name === 'global' ? 'the global list' : "the service's list"}` : ''
  const at = rows.findIndex(row => row.enabled && row.action === 'block' && isForAll(row))
  const path = `${LIST_PATHS[name]}[${at < 0 ? rows.length : at}]`
  const row = at < 0 ? null : at + 1
  const edits: readonly Edit[] =
    at < 0
      ? [{ kind: 'set', path, value: { action: 'allow', from: 'any', comment: 'incoming mail' } }]
      : [
          { kind: 'set', path: `${path}.action`, value: 'allow' },
          { kind: 'set', path: `${path}.users`, value: [] },
          { kind: 'set', path: `${path}.withoutAuthentication`, value: false },
        ]
  return {
    kind: 'incoming-mail-stops',
    list: name,
    row,
    text: `Incoming mail stops: ${row === null ? `no row${of}` : `row ${row}${of} blocks everybody, so that nothing`} lets most of the Internet connect: the servers that bring mail to your own users can't.`,
    mend: {
      words: `${row === null ? `Add a row${of} that allows everybody` : `Make row ${row}${of} say Allow`}: mail to your own users is taken from there${policy.global ? ', as far as the other list lets them connect' : ''}. ${RELAYING[policy.authentication]}`,
      edits,
    },
  }
}

/** What such a row does to mail to addresses outside. */
const RELAYING: Readonly<Record<Policy['authentication'], string>> = {
  required: 'To addresses outside every user can send from there too, after logging on.',
  allowed: 'To addresses outside every user can send from there too, after logging on.',
  disabled: 'Nobody can send to addresses outside, since logging on is switched off.',
}
