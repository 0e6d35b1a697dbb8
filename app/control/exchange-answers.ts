/** Answers about lists of other servers: what an import would do, the import itself, and exports. */
import { keptMaps, type mapOf } from '../access/map.ts'
import { openRanges } from '../access/open-relay.ts'
import { placeWords } from '../access/place.ts'
import { exportPostfix } from '../exchange/postfix-export.ts'
import { writeVpop3 } from '../exchange/vpop3.ts'
import { firstChanges } from '../settings/change.ts'
import { parseSettings } from '../settings/parse.ts'
import type { Problem, Settings } from '../settings/settings.ts'
import { compareSenders } from './comparison.ts'
import type { Control } from './control.ts'
import type { ImportAsked, ImportPreview } from './exchange.ts'
import { type Asked, type Import, importOf, writtenInto } from './import.ts'
import { opensAnew } from './open-relay-guard.ts'
import type { SettingsParts } from './parts.ts'

type ExchangeRequest = 'previewImport' | 'importList' | 'exportList'

export function exchangeAnswers(parts: SettingsParts): Pick<Control, ExchangeRequest> {
  const { store, policyFor } = parts
  return {
    previewImport: async asked => previewImport(asked, store.current, parts),
    async importList(asked, by) {
      const found = importOf(asked, store.current.settings)
      return store.edit(
        raw => {
          const next = writtenInto(raw, found)
          const tried = tryOut(next, asked, found, store.current.settings, parts)
          return tried.problems.length > 0
            ? { ok: false, problems: tried.problems }
            : { ok: true, value: next }
        },
        by,
        { openRelay: asked.allowOpenRelay === true },
      )
    },
    async exportList(target) {
      const { settings } = store.current
      const policy = policyFor(settings)
      return target.dialect === 'postfix'
        ? exportPostfix(settings, policy)
        : writeVpop3(settings, policy.machine, target.version, target.list ?? 'service')
    },
  }
}

type Judges = Pick<SettingsParts, 'checks' | 'policyFor'>

interface InForce {
  readonly raw: unknown
  readonly settings: Settings
}

interface Tried {
  readonly problems: readonly Problem[]
  readonly asks: readonly Asked[]
  /** The settings after it, where they are fit to be used. */
  readonly after: Settings | undefined
  readonly open: string | undefined
  readonly opens: boolean
}

/** Throws a sentence where the list can't be understood at all. */
export function previewImport(asked: ImportAsked, { raw, settings }: InForce, parts: Judges): ImportPreview {
  const found = importOf(asked, settings)
  const next = writtenInto(raw, found)
  const mapFor = keptMaps()
  const { problems, asks, after, open, opens } = tryOut(next, asked, found, settings, { ...parts, mapFor })
  const { words, count } = after ? firstChanges(raw, next, TOLD) : { words: [], count: 0 }
  const { dialect, remarks, remarkCount, lostCount, rows, edits } = found
  return {
    ...{ dialect, rows, edits, remarks, remarkCount, lostCount, problems, asks, opens },
    words,
    ...(count > words.length && { wordCount: count }),
    senders: after ? compareSenders(settings, after, parts.policyFor, mapFor) : [],
    ...(open === undefined ? {} : { open }),
  }
}

function tryOut(
  next: unknown,
  asked: ImportAsked,
  found: Import,
  before: Settings,
  { checks, policyFor, mapFor = keptMaps() }: Judges & { readonly mapFor?: typeof mapOf },
): Tried {
  const missing: (readonly [Asked, string])[] = []
  // Of a list of which nothing could be taken nothing is left out.
  if (found.lostCount > 0 && found.rows.length > 0 && asked.leaveOut !== true)
    missing.push(['leave-out', LOST])
  if (found.isEmpty && asked.empty === undefined) missing.push(['empty', EMPTY])
  const parsed = parseSettings(next, checks)
  const policy = parsed.ok ? policyFor(parsed.value) : undefined
  const ranges = policy && openRanges(policy, mapFor(policy))
  return {
    problems: [
      ...found.problems,
      ...missing.map(([, text]) => ({ path: '', text })),
      ...(parsed.ok ? [] : parsed.problems),
    ],
    asks: missing.map(([name]) => name),
    after: parsed.ok ? parsed.value : undefined,
    open: policy && ranges && placeWords(ranges, policy),
    opens: parsed.ok && opensAnew(parsed.value, before, policyFor, mapFor),
  }
}

/** Differences told one by one. */
const TOLD = 500

const LOST =
  'Mend the lines that could not be taken, or say that they are to be left out: without them the list decides otherwise.'
const EMPTY =
  'The list is empty. That let everybody in there, and lets nobody in here: say whether it is to mean everybody or nobody.'
