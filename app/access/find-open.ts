/** Findings about rows that let strangers in: the Internet, or a router that forwards it. */
import { offeringLogOn } from './find-log-on.ts'
import { type Edit, type Findable, type Finding, MOST } from './finding.ts'
import { LIST_PATHS } from './mend.ts'
import { formatSpan, type Span } from './network.ts'
import { internetOf } from './open-relay.ts'
import { placeWords } from './place.ts'
import { type AccessList, asksInternal, type Policy } from './policy.ts'
import { ownNetworkWords } from './public-network.ts'
import { commonSpans } from './spans.ts'
import { enumerate } from './wording.ts'

/** Each row of the service's list by which strangers relay without logging on. */
export function findOpen(found: Findable): readonly Finding[] {
  const { policy } = found
  const open = openByRow(found, internetOf(policy))
  const offer = offeringLogOn(found.settings, policy, 'anybody')
  return [...open]
    .slice(0, MOST)
    .map(([row, spans]) =>
      policy.authentication === 'required'
        ? waivedForStrangers(row, spans, policy, offer)
        : openToStrangers(row, spans, policy, new Set(open.keys()), offer),
    )
}

/** Each row of the service's list by which a router may send without logging on. */
export function findRouters(found: Findable): readonly Finding[] {
  const { policy } = found
  return [...openByRow(found, policy.machine.routers)].map(([row, spans]): Finding => {
    const router = enumerate(spans.map(formatSpan))
    return {
      kind: 'router-not-blocked',
      list: 'service',
      row,
      text: `Row ${row} lets your router ${router} send without logging on: mail from the Internet that it passes on can wear its address.`,
      mend: {
        words: `Block the routers above row ${row}: nobody can send to addresses outside from your router ${router} any more${asksInternal(policy) ? ', and mail to your own users needs a log-on from there' : ''}. All other addresses stay as they are.`,
        edits: [blockRouters(policy, row)],
      },
    }
  })
}

/** The row that blocks the routers, put in. */
export function routerRow(list: AccessList['name'], row: number): Edit {
  const comment = 'mail that a router passes on may come from the Internet'
  return { kind: 'insert', list, row, value: { action: 'block', from: 'routers', comment } }
}

/** One that stands too low is moved. */
function blockRouters({ service }: Policy, row: number): Edit {
  const low = service.rows.findIndex(
    ({ action, from, enabled }, index) =>
      index >= row && enabled && action === 'block' && from.trim().toLowerCase() === 'routers',
  )
  if (low < 0) return routerRow('service', row)
  return { kind: 'move', list: 'service', row: low + 1, to: row }
}

/** What of `within` relays without logging on, by the row that decides. */
function openByRow({ map }: Findable, within: readonly Span[]): ReadonlyMap<number, readonly Span[]> {
  const rows = new Map<number, Span[]>()
  for (const { external, service, family, first, last } of map) {
    if (external.kind !== 'anyone') continue
    rows.set(service, [...(rows.get(service) ?? []), { family, first, last }])
  }
  const open = [...rows].map(([row, spans]) => [row, commonSpans(spans, within)] as const)
  return new Map(open.filter(([, spans]) => spans.length > 0).sort(([one], [other]) => one - other))
}

type Offer = ReturnType<typeof offeringLogOn>

function waivedForStrangers(row: number, spans: readonly Span[], policy: Policy, offer: Offer): Finding {
  return {
    kind: 'open-relay',
    list: 'service',
    row,
    text: `Row ${row} makes this an open relay: anyone can send without logging on from ${placeWords(spans, policy)}.${whyWords(spans, policy)}`,
    mend: {
      words: `Take “without authentication” off row ${row}: whoever sends by it must log on first${asksInternal(policy) ? ', for mail to your own users too' : ''}.${offer.words} All other rows stay as they are.`,
      edits: [waive('service', row, false), ...offer.edits],
    },
  }
}

/** Rows that concern the office only go on as they are. */
function openToStrangers(
  row: number,
  spans: readonly Span[],
  policy: Policy,
  open: ReadonlySet<number>,
  offer: Offer,
): Finding {
  const rows = enumerate([...open].map(String))
  const named =
    policy.authentication === 'disabled' ? ' Users whom a row names can log on then, and send.' : ''
  return {
    kind: 'wide-open',
    list: 'service',
    row,
    text: `Row ${row} makes this an open relay: authentication isn't required, so that anyone can send from ${placeWords(spans, policy)}.${whyWords(spans, policy)}`,
    mend: {
      words: `Require authentication: whoever sends by ${open.size === 1 ? 'row' : 'rows'} ${rows} must log on first.${offer.words} The other rows waive it, so that they go on as they are, and so does mail to your own users.${named}`,
      edits: [
        { kind: 'set', path: 'smtp.authentication', value: 'required' },
        { kind: 'set', path: 'smtp.internalMailWithoutAuthentication', value: true },
        ...waivers(policy.service, index => !open.has(index)),
        ...(policy.global ? waivers(policy.global, () => true) : []),
        ...offer.edits,
      ],
    },
  }
}

function whyWords(spans: readonly Span[], { machine }: Policy): string {
  const words = ownNetworkWords(spans, machine)
  return words === '' ? '' : ` ${words}`
}

/** Edits that waive the authentication on the rows that let everybody in, or on the others take that back. */
function waivers({ name, rows }: AccessList, isWaived: (row: number) => boolean): readonly Edit[] {
  return rows.flatMap(({ action, users, withoutAuthentication }, index) => {
    const wanted = isWaived(index + 1)
    if (action !== 'allow' || users.length > 0 || withoutAuthentication === wanted) return []
    return [waive(name, index + 1, wanted)]
  })
}

function waive(list: AccessList['name'], row: number, value: boolean): Edit {
  return { kind: 'set', path: `${LIST_PATHS[list]}[${row - 1}].withoutAuthentication`, value }
}
