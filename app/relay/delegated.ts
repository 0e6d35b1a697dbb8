/** The relay's answers, of which those that grow with long lists are the clerk's where the lists are long. */
import type { Control, Plan } from '../control/control.ts'
import type { Drafts } from '../control/drafts.ts'
import { LONG, type LONG_LISTS, listIn } from '../control/pieces.ts'
import { wholeDraft } from '../control/proof-answers.ts'
import type { SetupAnswers } from '../control/setup-answers.ts'
import { withDefaults } from '../settings/parse.ts'
import type { SettingsStore } from '../settings/store.ts'
import type { Clerk } from './clerk.ts'

/** Requests that change nothing, and those that change settings. */
const LOOKS = [
  'checkSettings',
  'planRemoteUsers',
  'audit',
  'auditRanges',
  'compareSettings',
  'compareRoutes',
  'replaySettings',
  'previewImport',
  'exportList',
] as const
const CHANGES = [
  'setSettings',
  'importSettings',
  'addUser',
  'removeUser',
  'setPassword',
  'letRemoteUsersSend',
  'mend',
  'importList',
] as const

type Name = (typeof LOOKS)[number] | (typeof CHANGES)[number]

export function delegatedControl<Answers extends Pick<Control, Name>>(
  control: Answers,
  clerk: Clerk,
  store: SettingsStore,
): Answers {
  const delegated = (name: Name, far: (...args: readonly unknown[]) => Promise<unknown>) => ({
    [name]: (...args: readonly unknown[]): Promise<unknown> =>
      clerk.takes(...args) ? far(...args) : Reflect.apply(control[name], control, args),
  })
  const looks = LOOKS.map(name => delegated(name, (...args) => clerk.answer(name, ...args)))
  const changes = CHANGES.map(name =>
    delegated(name, (...args) => store.take(() => clerk.change(name, ...args))),
  )
  // Each stands in for the request of the same name, and answers as it does.
  return Object.assign({}, control, ...looks, ...changes) as Answers
}

/** The first questions, where settings that are long already leave them open. */
export function delegatedSetup(setup: SetupAnswers, clerk: Clerk, store: SettingsStore): SetupAnswers {
  return {
    ...setup,
    planFirstRun: async (...asked) =>
      // The clerk answers as the set-up does.
      clerk.takes() ? ((await clerk.answer('planFirstRun', ...asked)) as Plan) : setup.planFirstRun(...asked),
    applyFirstRun: (...asked) =>
      clerk.takes()
        ? store.take(() => clerk.change('applyFirstRun', ...asked))
        : setup.applyFirstRun(...asked),
  }
}

/** A draft arrives as JSON: the window's, whose long lists stand as pieces of those it was given. */
export function delegatedDrafts(drafts: Drafts, clerk: Clerk, store: SettingsStore): AsyncDrafts {
  const far = <Result>(name: string, args: readonly unknown[]): Promise<Result> =>
    // The clerk answers as the drafts do.
    clerk.answer(name, ...args) as Promise<Result>
  return {
    base() {
      const { kept, raw } = store.current
      return kept === undefined ? drafts.base() : { settings: withDefaults(raw), revision: kept }
    },
    rows(of, list, from, count) {
      const { kept, settings } = store.current
      const rows = kept === of ? listIn(settings, list) : undefined
      const most = Math.min(count, LONG)
      if (!Array.isArray(rows)) return clerk.ask('rows', of, list, from, most)
      return Promise.resolve(JSON.stringify(rows.slice(from, from + most)))
    },
    review: async draft => (clerk.takes(draft) ? far('review', [draft]) : drafts.review(wholeDraft(draft))),
    mend: async (draft, finding) =>
      clerk.takes(draft) ? far('mendDraft', [draft, finding]) : drafts.mend(wholeDraft(draft), finding),
    explain: async (draft, asked) =>
      clerk.takes(draft) ? far('explainDraft', [draft, asked]) : drafts.explain(wholeDraft(draft), asked),
    apply: async (draft, ...more) =>
      clerk.takes(draft)
        ? store.take(() => clerk.change('applyDraft', draft, ...more))
        : drafts.apply(wholeDraft(draft), ...more),
    restore: (file, sentence) => drafts.restore(file, sentence),
    undo: sentence => drafts.undo(sentence),
  }
}

type Later<Work> = Work extends (...args: infer Args) => infer Result
  ? (...args: Args) => Promise<Awaited<Result>>
  : never

/** `Drafts`, of which most take their time. */
export interface AsyncDrafts extends Pick<Drafts, 'base' | 'restore' | 'undo' | 'apply'> {
  readonly review: Later<Drafts['review']>
  readonly mend: Later<Drafts['mend']>
  readonly explain: Later<Drafts['explain']>
  /** Some rows of a long list that settings, or an import, called `of` have, as JSON; at most 1,000. */
  rows(of: string, list: (typeof LONG_LISTS)[number], from: number, count: number): Promise<string>
}
