/** The audit of settings: the whole map, whether it is open, and the findings. */
import { accountNames } from '../access/account.ts'
import { findingsOf } from '../access/findings.ts'
import { mapOf } from '../access/map.ts'
import { internalLines, relayLines } from '../access/map-lines.ts'
import { markLogOns } from '../access/map-log-ons.ts'
import { hostNamesIn } from '../access/name-answer.ts'
import { formatValue } from '../access/network.ts'
import { openRanges } from '../access/open-relay.ts'
import { placeWords } from '../access/place.ts'
import type { Policy } from '../access/policy.ts'
import type { Stretch } from '../access/stretch.ts'
import type { Settings } from '../settings/settings.ts'
import { hostLines } from './host-lines.ts'
import type { Audit, AuditRange } from './proof.ts'

export function auditAnswer(settings: Settings, policyFor: (settings: Settings) => Policy): Audit {
  const policy = policyFor(settings)
  const map = mapOf(policy)
  const nameOf = accountNames(settings)
  const open = openRanges(policy, map)
  const hostNames = hostNamesIn(settings)
  const hosts = hostLines(settings, policy, policyFor, nameOf)
  return {
    openRelay: open !== undefined,
    ...(!policy.enabled && { off: true }),
    ...(open && { open: placeWords(open, policy) }),
    ranges: rangesOf(markLogOns(map, policy), nameOf),
    lines: [...relayLines(policy, map, nameOf), ...hosts.lines].sort(
      (one, other) => (one.rows[0] ?? Infinity) - (other.rows[0] ?? Infinity),
    ),
    internalLines: [...internalLines(policy, map, nameOf), ...hosts.internalLines],
    findings: findingsOf({ settings, policy, map }).map(({ kind, list, row, text, mend }) => ({
      ...{ kind, list, row, text },
      mend: mend.words,
    })),
    ...(hostNames.length > 0 && { hostNames }),
  }
}

/** Neighbours of whom the same holds are one; equal permissions of a map are one object. */
function rangesOf(map: readonly Stretch[], nameOf: (key: string) => string): readonly AuditRange[] {
  const isFirst = (at: number) =>
    map[at - 1]?.external !== map[at]?.external ||
    isInVain(map[at - 1]) !== isInVain(map[at]) ||
    map[at - 1]?.family !== map[at]?.family
  const ends = map.filter((_, at) => at === map.length - 1 || isFirst(at + 1))
  const starts = map.filter((_, at) => isFirst(at))
  return starts.map(({ family, first, external, noLogOn }, at) => ({
    first: formatValue(family, first),
    last: formatValue(family, ends[at]?.last ?? first),
    relay: external.kind,
    users: external.kind === 'after-login' ? (external.users?.map(nameOf) ?? null) : null,
    ...(noLogOn && external.kind === 'after-login' && { logOn: false as const }),
  }))
}

function isInVain(stretch: Partial<Pick<Stretch, 'external' | 'noLogOn'>> | undefined): boolean {
  return stretch?.noLogOn === true && stretch.external?.kind === 'after-login'
}
