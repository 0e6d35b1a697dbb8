/** Answers about what can be proved: audits, their mending, differences and replays. */

import { findingsOf } from '../access/findings.ts'
import { mapOf } from '../access/map.ts'
import { applyEdits } from '../access/mend.ts'
import type { Policy } from '../access/policy.ts'
import { changeLines } from '../settings/change.ts'
import { parseSettings, parseSettingsText, withDefaults } from '../settings/parse.ts'
import type { Parsed, Problem, Settings } from '../settings/settings.ts'
import { thin } from '../settings/thin.ts'
import { problemLine } from '../settings/words.ts'
import { auditAnswer } from './audit-answer.ts'
import { compareSenders } from './comparison.ts'
import type { Control } from './control.ts'
import type { SettingsParts } from './parts.ts'
import type { Audit, FindingName, Source } from './proof.ts'
import { DECISIONS, replay } from './replay.ts'

type ProofRequest = 'audit' | 'auditRanges' | 'mend' | 'compareSettings' | 'compareRoutes' | 'replaySettings'

/** Ranges that are told at once. */
const RANGES = 5000

interface Read {
  /** Defaults filled in. */
  readonly raw: unknown
  readonly settings: Settings
}

export function proofAnswers(parts: SettingsParts): Pick<Control, ProofRequest> {
  const { store, journal, policyFor } = parts
  const read = (source: Source) => readSource(source, parts)
  const audits = new WeakMap<Policy, Audit>()
  return {
    async audit(source) {
      const { settings } = readable(await read(source))
      const policy = policyFor(settings)
      const audit = auditAnswer(settings, policyFor)
      audits.set(policy, audit)
      return audit
    },
    async auditRanges(source, from) {
      const { settings } = readable(await read(source))
      const audit = audits.get(policyFor(settings)) ?? auditAnswer(settings, policyFor)
      audits.set(policyFor(settings), audit)
      return audit.ranges.slice(from, from + RANGES)
    },
    mend: (finding, by, consent) =>
      store.edit(
        raw => {
          const filled = withDefaults(raw)
          const mended = mendedDraft(filled, finding, parts)
          return mended.ok ? { ok: true, value: thin(raw, filled, mended.value) } : mended
        },
        by,
        consent,
      ),
    async compareSettings(before, after) {
      const [old, fresh] = [await read(before), await read(after)]
      if (!old.ok) return old
      if (!fresh.ok) return fresh
      return {
        ok: true,
        words: changeLines(old.value.raw, fresh.value.raw),
        senders: compareSenders(old.value.settings, fresh.value.settings, policyFor),
      }
    },
    async compareRoutes(before, after) {
      const [old, fresh] = [readable(await read(before)), readable(await read(after))]
      return parts.reroutingOf(old.settings, fresh.settings)
    },
    async replaySettings(before, after) {
      const [old, fresh] = [readable(await read(before)), readable(await read(after))]
      const judge = ({ settings }: Read) => ({ policy: policyFor(settings), users: settings.users })
      const events = await journal.read(DECISIONS)
      return replay(events, judge(old), judge(fresh))
    },
  }
}

const GONE =
  'Look at the findings again, since this one is there no more: the settings were changed meanwhile.'

/** A draft, which has its defaults filled in before and after, without the finding. */
export function mendedDraft(
  draft: unknown,
  { kind, list, row }: FindingName,
  { checks, policyFor }: Pick<SettingsParts, 'checks' | 'policyFor'>,
): Parsed<unknown> {
  const parsed = parseSettings(draft, checks)
  if (!parsed.ok) return parsed
  const policy = policyFor(parsed.value)
  const found = findingsOf({ settings: parsed.value, policy, map: mapOf(policy) }).find(
    one => one.kind === kind && one.list === list && one.row === row,
  )
  if (!found) return { ok: false, problems: [{ path: '', text: GONE }] }
  const edited = applyEdits(draft, found.mend.edits)
  return edited.ok ? { ok: true, value: withDefaults(edited.value) } : edited
}

async function readSource(source: Source, { store, checks, unpack }: SettingsParts): Promise<Parsed<Read>> {
  switch (source.kind) {
    case 'current': {
      const { raw, settings } = store.current
      return { ok: true, value: { raw: withDefaults(raw), settings } }
    }
    case 'draft': {
      const draft = unpack ? unpack(source.draft) : wholeDraft(source.draft)
      const parsed = parseSettings(draft, checks)
      if (!parsed.ok) return parsed
      return { ok: true, value: { raw: withDefaults(draft), settings: parsed.value } }
    }
    case 'text':
      return readText(source.text, checks)
    case 'history': {
      const text = await store.earlier(source.file)
      if (text !== undefined) return readText(text, checks)
      return refused(
        `Choose an earlier file that the history lists: ${source.file} is none that can be read.`,
      )
    }
  }
}

/** A draft may come as its JSON; what isn't even that is left to the parser. */
export function wholeDraft(draft: unknown): unknown {
  if (typeof draft !== 'string') return draft
  try {
    return JSON.parse(draft)
  } catch {
    return draft
  }
}

function readText(text: string, checks: SettingsParts['checks']): Parsed<Read> {
  const parsed = parseSettingsText(text, checks)
  if (!parsed.ok) return parsed
  return { ok: true, value: { raw: withDefaults(parsed.raw), settings: parsed.settings } }
}

/** Throws a sentence where they can't be understood. */
function readable(read: Parsed<Read>): Read {
  if (read.ok) return read.value
  const [first] = read.problems
  throw new Error(`Mend the settings first: ${first ? problemLine(first) : 'they have problems.'}`)
}

function refused(text: string): { readonly ok: false; readonly problems: readonly Problem[] } {
  return { ok: false, problems: [{ path: '', text }] }
}
