/** Drafts: settings that somebody edits, reviewed and tried before they are applied; and the way back to earlier ones. */
import { createHash } from 'node:crypto'
import type { Case, Decision } from '../access/decision.ts'
import type { DifferenceLine } from '../access/difference-lines.ts'
import { changeLines } from '../settings/change.ts'
import { parseSettings, withDefaults } from '../settings/parse.ts'
import type { Applied, Parsed, Problem } from '../settings/settings.ts'
import { thin } from '../settings/thin.ts'
import { compareSenders } from './comparison.ts'
import { type NewPasswords, withPasswords } from './draft-passwords.ts'
import { explainAnswer } from './explain-answer.ts'
import { consentBy, opensRelay } from './open-relay-guard.ts'
import type { SettingsParts } from './parts.ts'
import type { FindingName } from './proof.ts'
import { mendedDraft } from './proof-answers.ts'

export interface Drafts {
  /** What a draft begins from, defaults filled in; the revision is another with each applied change. */
  base(): { readonly settings: unknown; readonly revision: string }
  /** `words` has a line for each difference from what is in force. */
  review(draft: unknown): Reviewed
  /** The draft without a finding that an audit of it named. */
  mend(draft: unknown, finding: FindingName): Parsed<unknown>
  /**
   * Refused where the draft began from another revision than the one in force, and where it opens the relay without
   * `sentence` saying so.
   */
  apply(draft: unknown, revision: string, passwords?: NewPasswords, sentence?: string): Promise<Applied>
  /** Throws a sentence where the draft, or the case, can't be understood. */
  explain(draft: unknown, asked: Case): Decision
  /** `file` as history names it. */
  restore(file: string, sentence?: string): Promise<Applied>
  /** Brings the newest earlier file back. */
  undo(sentence?: string): Promise<Applied>
}

/** What a draft would be. */
export interface Reviewed {
  readonly problems: readonly Problem[]
  readonly words: readonly string[]
  readonly senders: readonly DifferenceLine[]
  /** The addresses to which it would open the relay, as ranges. */
  readonly openRelay?: readonly string[]
  /** How many there are, where only the first are told. */
  readonly senderCount?: number
  readonly openRelayCount?: number
}

const OUTDATED =
  'The settings were changed elsewhere in the meantime: look at them as they are now, and make the change again.'

export function draftsOf({ store, checks, policyFor, names, now }: SettingsParts): Drafts {
  const revision = () => createHash('sha256').update(store.current.text).digest('base64url')
  const written = (draft: unknown) => {
    const { raw } = store.current
    return thin(raw, withDefaults(raw), draft)
  }
  return {
    base: () => ({ settings: withDefaults(store.current.raw), revision: revision() }),
    review(draft) {
      const parsed = parseSettings(draft, checks)
      if (!parsed.ok) return { problems: parsed.problems, words: [], senders: [] }
      const opened = opensRelay(parsed.value, store.current.settings, policyFor)
      return {
        problems: [],
        words: changeLines(store.current.raw, written(draft)),
        senders: compareSenders(store.current.settings, parsed.value, policyFor),
        ...(opened && { openRelay: opened }),
      }
    },
    mend: (draft, finding) => mendedDraft(draft, finding, { checks, policyFor }),
    async apply(draft, from, passwords = {}, sentence) {
      const whole = await withPasswords(draft, passwords)
      const change = (): Parsed<unknown> => {
        if (from !== revision()) return { ok: false, problems: [{ path: '', text: OUTDATED }] }
        const parsed = parseSettings(whole, checks)
        return parsed.ok ? { ok: true, value: written(whole) } : parsed
      }
      return store.edit(change, 'window', consentBy(sentence))
    },
    explain(draft, asked) {
      const parsed = parseSettings(draft, checks)
      if (!parsed.ok) throw new Error(`Mend the draft first: ${firstWords(parsed.problems)}`)
      return explainAnswer(asked, policyFor(parsed.value), parsed.value, names(), now())
    },
    restore: (file, sentence) => store.restore(file, 'window', consentBy(sentence)),
    undo: sentence => store.undo('window', consentBy(sentence)),
  }
}

function firstWords([first]: readonly Problem[]): string {
  if (!first) return 'it has problems.'
  return first.path === '' ? first.text : `${first.path}: ${first.text}`
}
