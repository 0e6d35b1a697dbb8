/** The clerk's work: answers what grows with the rows of long lists, and makes the changes that hold them. */
import type { Machine } from '../access/machine.ts'
import { hostNamesIn } from '../access/name-answer.ts'
import { formatSpan } from '../access/network.ts'
import { openRelay } from '../access/open-relay.ts'
import type { Policy } from '../access/policy.ts'
import { accountAnswers } from '../control/account-answers.ts'
import { bounded } from '../control/bounded.ts'
import { draftsOf } from '../control/drafts.ts'
import type { ImportPreview } from '../control/exchange.ts'
import { exchangeAnswers } from '../control/exchange-answers.ts'
import { refuseOpening } from '../control/open-relay-guard.ts'
import type { Editing, SettingsParts } from '../control/parts.ts'
import {
  isLong,
  LONG,
  LONG_LISTS,
  type LongList,
  packed,
  rowsIn,
  unpacked,
  withoutRows,
} from '../control/pieces.ts'
import { proofAnswers } from '../control/proof-answers.ts'
import { remoteAnswers } from '../control/remote-answers.ts'
import { settingsAnswers } from '../control/settings-answers.ts'
import { checkSettings } from '../control/settings-checks.ts'
import { setupAnswers } from '../control/setup-answers.ts'
import { describeChange, same } from '../settings/change.ts'
import { formatSettings } from '../settings/file.ts'
import type { Checks } from '../settings/parse.ts'
import { type Current, readerOf } from '../settings/reader.ts'
import type { Applied, Changer, Consent, Settings } from '../settings/settings.ts'
import { CHECKS } from './checks.ts'
import { ClerkShelf } from './clerk-shelf.ts'
import type { Asked, Handed, HandedChange, HandedRead, Place, Work } from './clerk-words.ts'
import { policyOf } from './policy-of.ts'

/** Asks the relay. */
export type Ask = <Name extends keyof Asked>(
  name: Name,
  ...args: Parameters<Asked[Name]>
) => Promise<ReturnType<Asked[Name]>>

type Later<Table> = {
  [Name in keyof Table]: Table[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Result | Promise<Result>
    : never
}

interface Made {
  readonly current: Current
  readonly by: Changer
  readonly consent: Consent
}

type Answers = Readonly<Record<string, (...args: never[]) => unknown>>

export class ClerkWork implements Later<Work> {
  readonly #ask: Ask
  readonly #checks: Checks = { ...CHECKS, known: new WeakMap() }
  readonly #reader = readerOf(this.#checks)
  readonly #shelf = new ClerkShelf()
  #policies = new WeakMap<Settings, Policy>()
  #place: Place = { machine: { localNetworks: [], routers: [] }, names: [], secrets: [] }
  #made: Made | undefined

  constructor(ask: Ask) {
    this.#ask = ask
  }

  async hold(text: string): Promise<void> {
    const read = await this.#reader.read(text)
    if (!read.ok) throw new Error('The settings in force can no longer be read.')
    this.#shelf.inForce(this.#shelf.keep(read.current))
  }

  async read(text: string, form: 'as it is' | 'our own'): Promise<HandedRead> {
    const read = await this.#reader.read(text, form)
    return read.ok ? { ok: true, handed: handed(this.#shelf.keep(read.current)) } : read
  }

  inForce(kept: string): void {
    this.#shelf.inForce(this.#shelf.find(kept))
  }

  rows(of: string, list: LongList, from: number, count: number): string {
    return JSON.stringify(this.#shelf.rowsOf(of, list)?.slice(from, from + count) ?? [])
  }

  alike(one: string, other: string): boolean {
    return one === other || same(this.#shelf.find(one).raw, this.#shelf.find(other).raw)
  }

  words(before: string, after: string): string {
    return describeChange(this.#shelf.find(before).raw, this.#shelf.find(after).raw)
  }

  compile(kept: string, place: Place) {
    this.#stand(place)
    const { settings } = this.#shelf.find(kept)
    const policy = this.#policyFor(settings)
    const { service, global } = policy
    return {
      lists: {
        service: { ranges: service.ranges, kinds: service.kinds },
        ...(global && { global: { ranges: global.ranges, kinds: global.kinds } }),
      },
      names: hostNamesIn(settings),
      open: openRelay(policy),
    }
  }

  guard(next: string, before: string, by: Changer, place: Place): Applied | undefined {
    this.#stand(place)
    const [after, old] = [this.#shelf.find(next).settings, this.#shelf.find(before).settings]
    return bounded(refuseOpening(after, old, by, settings => this.#policyFor(settings)))
  }

  async answer(name: string, args: readonly unknown[], place: Place): Promise<unknown> {
    this.#stand(place)
    const answers = this.#answers()
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined
    if (!answer) throw new Error(`The clerk knows no request ${name}.`)
    return bounded(this.#packed(await Reflect.apply(answer, answers, args)))
  }

  async change(name: string, args: readonly unknown[], place: Place): Promise<HandedChange> {
    this.#made = undefined
    // Its answer says what was refused; what was made stands beside it.
    const applied = (await this.answer(name, args, place)) as Applied
    const made = this.#made as Made | undefined
    this.#made = undefined
    if (!applied.ok || !made) return { applied }
    const current = this.#shelf.keep(made.current)
    if (name === 'applyDraft') this.#shelf.drafted(current)
    return { applied, handed: handed(current), by: made.by, consent: made.consent }
  }

  /** Made once: they keep what they worked out for settings that are asked about again. */
  #answers(): Answers {
    this.#known ??= this.#makeAnswers()
    return this.#known
  }
  #known: Answers | undefined

  #makeAnswers(): Answers {
    const parts = this.#parts()
    const drafts = draftsOf(parts)
    const proof = proofAnswers(parts)
    const exchange = exchangeAnswers(parts)
    const secrets = {
      names: () => this.#place.secrets,
      set: (name: string, value: string) => this.#ask('setSecret', name, value),
    }
    const setup = setupAnswers({ ...parts, secrets })
    return {
      ...settingsAnswers(parts),
      ...accountAnswers(parts),
      ...remoteAnswers(parts),
      ...exchange,
      ...proof,
      previewImport: async (asked: Parameters<typeof exchange.previewImport>[0]) =>
        this.#handImport(await exchange.previewImport(asked)),
      review: (draft: unknown) => drafts.review(this.#draft(draft)),
      explainDraft: (draft: unknown, asked: Parameters<typeof drafts.explain>[1]) =>
        drafts.explain(this.#draft(draft), asked),
      mendDraft: (draft: unknown, finding: Parameters<typeof drafts.mend>[1]) =>
        drafts.mend(this.#draft(draft), finding),
      planFirstRun: setup.planFirstRun,
      applyFirstRun: setup.applyFirstRun,
      applyDraft: (draft: unknown, ...more: [string]) => drafts.apply(this.#draft(draft), ...more),
      checks: () => {
        const { settings } = this.#shelf.current
        return checkSettings(settings, this.#policyFor(settings))
      },
    }
  }

  #parts(): SettingsParts {
    return {
      store: this.#editing(),
      journal: { read: async () => this.#ask('decisions') },
      checks: this.#checks,
      policyFor: settings => this.#policyFor(settings),
      reroutingOf: async ({ delivery: before }, { delivery: after }) =>
        this.#ask('rerouting', before.routes, after.routes),
      names: () => this.#place.names,
      now: Date.now,
      unpack: draft => this.#draft(draft),
    }
  }

  /** Changes are made, and put in force by the relay. */
  #editing(): Editing {
    const refused = async (): Promise<Applied> => ({ ok: false, problems: [] })
    const take = async (text: string, by: Changer, consent: Consent = {}): Promise<Applied> => {
      const read = await this.#reader.read(text, 'our own')
      if (!read.ok) return read
      this.#made = { current: read.current, by, consent }
      return { ok: true, words: '' }
    }
    const shelf = this.#shelf
    return {
      get current() {
        return shelf.current
      },
      edit: async (change, by, consent) => {
        const changed = change(this.#shelf.current.raw)
        return changed.ok ? take(formatSettings(changed.value), by, consent) : changed
      },
      applyText: take,
      earlier: file => this.#ask('earlier', file),
      history: () => this.#ask('history'),
      undo: refused,
      restore: refused,
    }
  }

  #draft(draft: unknown): unknown {
    if (typeof draft !== 'string') return draft
    if (this.#lastDraft?.text !== draft) {
      const whole = unpacked(JSON.parse(draft), (of, list) => this.#shelf.rowsOf(of, list))
      this.#lastDraft = { text: draft, whole }
    }
    return this.#lastDraft.whole
  }
  #lastDraft: { readonly text: string; readonly whole: unknown } | undefined

  /** Of an import the rows stay here; who takes them names them. */
  #handImport(preview: ImportPreview): ImportPreview {
    const { rows } = preview
    if (rows.length <= LONG) return preview
    const of = this.#shelf.lend(rows)
    const edits = preview.edits.map(edit => {
      const list = LONG_LISTS.find(name => name === edit.path)
      return list ? { path: list, value: { pieces: [{ of, list, from: 0, count: rows.length }] } } : edit
    })
    return { ...preview, edits }
  }

  /** Settings in an answer cross as pieces of what the asker has. */
  #packed(answer: unknown): unknown {
    if (typeof answer !== 'object' || answer === null) return answer
    const key = ['settings', 'value'].find(name => isLong(Reflect.get(answer, name)))
    if (key === undefined) return answer
    return { ...answer, [key]: packed(Reflect.get(answer, key), this.#shelf.lists()) }
  }

  #policyFor(settings: Settings): Policy {
    const known = this.#policies.get(settings) ?? policyOf(settings, this.#place.machine)
    this.#policies.set(settings, known)
    return known
  }

  #stand(place: Place): void {
    if (fingerprint(place.machine) !== fingerprint(this.#place.machine)) this.#policies = new WeakMap()
    this.#place = place
  }
}

function handed({ kept = '', text, raw, settings }: Current): Handed {
  const long = LONG_LISTS.flatMap(list => {
    const { length: count = 0 } = rowsIn(settings, list) ?? []
    return count > LONG ? [{ list, count }] : []
  })
  return { kept, text, raw: withoutRows(raw, kept), settings: withoutRows(settings, kept), long }
}

function fingerprint({ localNetworks, routers, names }: Machine): string {
  const named = [...(names ?? [])].map(([name, { taken, refused }]) => [
    name,
    [taken, refused].flat().map(formatSpan),
  ])
  return JSON.stringify([localNetworks.map(formatSpan), routers.map(formatSpan), named])
}
