/** The bridge with long lists: they stand whole in what the window sees, and cross in pieces, a few rows at a time. */
import type { Bridge, Requests, Told } from '../../main/bridge.ts'
import { isRecord } from './paths.ts'
import {
  type HeldList,
  Interning,
  isPieces,
  joined,
  type LongList,
  listIn,
  long,
  longLists,
  piecesOf,
  type Rows,
  withList,
} from './pieces.ts'

/** Lists held beside those in use. */
const mostHeld = 6

/** Answers that have settings in them, and where. */
const settingsIn: Readonly<Partial<Record<keyof Requests, string>>> = {
  snapshot: 'settings',
  mendDraft: 'value',
  planRemoteUsers: 'settings',
  planFirstRun: 'settings',
}

export class LongBridge implements Bridge {
  readonly #bridge: Bridge
  /** The one used last stands last. */
  readonly #held = new Map<string, Promise<HeldList>>()
  #known: readonly HeldList[] = []
  readonly #newest = new Map<LongList, Rows>()
  /** Settings are told one after the other, whatever their rows take. */
  #turn: Promise<unknown> | undefined

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  ask<Name extends keyof Requests>(
    name: Name,
    ...args: Parameters<Requests[Name]>
  ): ReturnType<Requests[Name]> {
    // The answer is what was asked for, with its lists whole.
    return this.#ask(name, args) as ReturnType<Requests[Name]>
  }

  onTold(listener: (told: Told) => void): () => void {
    return this.#bridge.onTold(told => {
      if (told.kind !== 'settings' || (!hasPieces(told.settings) && this.#turn === undefined))
        return listener(told)
      void this.#inTurn(async () => listener({ ...told, settings: await this.#whole(told.settings) }))
    })
  }

  async #ask(name: keyof Requests, args: readonly unknown[]): Promise<unknown> {
    // What is asked for goes on as it came, but for its drafts.
    const answer: unknown = await Reflect.apply(this.#bridge.ask, this.#bridge, [
      name,
      ...this.#light(name, args),
    ])
    if (name === 'keptDraft') return this.#keptDraft(answer)
    if (name === 'previewImport') return this.#preview(answer)
    const key = settingsIn[name]
    if (key === undefined || !isRecord(answer) || !hasPieces(answer[key])) return answer
    return this.#inTurn(async () => ({ ...answer, [key]: await this.#whole(answer[key]) }))
  }

  /** Drafts cross as text: value by value they would take many times as long. */
  #light(name: keyof Requests, args: readonly unknown[]): readonly unknown[] {
    const [first, ...more] = args
    switch (name) {
      case 'review':
      case 'applyDraft':
      case 'explainDraft':
      case 'mendDraft':
        return [this.#text(first), ...more]
      case 'keepDraft':
        return [first === null ? null : this.#keptText(first)]
      case 'audit':
      case 'compareSettings':
      case 'compareRoutes':
      case 'replaySettings':
        return args.map(source =>
          isRecord(source) && source['kind'] === 'draft'
            ? { kind: 'draft', draft: this.#text(source['draft']) }
            : source,
        )
      default:
        return args
    }
  }

  #text(draft: unknown): string {
    return JSON.stringify(this.#packed(draft))
  }

  #packed(settings: unknown): unknown {
    return longLists.reduce((light, list) => {
      const rows = listIn(light, list)
      return Array.isArray(rows) && rows.length > long
        ? withList(light, list, piecesOf(rows, this.#known))
        : light
    }, settings)
  }

  #keptText(kept: unknown): string {
    if (!isRecord(kept)) return JSON.stringify(kept)
    return JSON.stringify({
      ...kept,
      base: this.#packed(kept['base']),
      settings: this.#packed(kept['settings']),
    })
  }

  async #keptDraft(text: unknown): Promise<unknown> {
    const kept: unknown = typeof text === 'string' ? JSON.parse(text) : null
    if (!isRecord(kept)) return null
    return {
      ...kept,
      base: await this.#whole(kept['base']),
      settings: await this.#whole(kept['settings']),
    }
  }

  async #preview(answer: unknown): Promise<unknown> {
    if (!isRecord(answer) || !Array.isArray(answer['edits'])) return answer
    const edits = answer['edits'].map(async (edit: unknown) =>
      isRecord(edit) && isPieces(edit['value'])
        ? { ...edit, value: await joined(edit['value'], (of, list) => this.#rows(of, list)) }
        : edit,
    )
    return { ...answer, edits: await Promise.all(edits) }
  }

  async #whole(settings: unknown): Promise<unknown> {
    let whole = settings
    for (const list of longLists) {
      const pieces = listIn(whole, list)
      if (isPieces(pieces))
        whole = withList(whole, list, await joined(pieces, (of, name) => this.#rows(of, name)))
    }
    return whole
  }

  async #rows(of: string, list: LongList): Promise<Rows> {
    const key = `${of} ${list}`
    const held = this.#held.get(key) ?? this.#fetch(of, list)
    this.#held.delete(key)
    this.#held.set(key, held)
    try {
      const { rows } = await held
      await this.#tidy()
      return rows
    } catch (error) {
      this.#held.delete(key)
      throw error
    }
  }

  /** A few rows at a time, so that the window goes on meanwhile. */
  async #fetch(of: string, list: LongList): Promise<HeldList> {
    const rows: unknown[] = []
    const interning = new Interning(this.#newest.get(list) ?? [])
    for (;;) {
      const text = await this.#bridge.ask('longList', of, list, rows.length, long)
      const some: unknown = JSON.parse(text)
      if (!Array.isArray(some) || some.length === 0) break
      for (const row of some) rows.push(interning.take(row))
    }
    if (rows.length === 0) throw new Error('The list is no longer kept: make the change again.')
    this.#newest.set(list, rows)
    return { of, list, rows }
  }

  async #tidy(): Promise<void> {
    for (const key of this.#held.keys()) {
      if (this.#held.size <= mostHeld) break
      this.#held.delete(key)
    }
    // The one used last is looked through first.
    this.#known = (await Promise.all(this.#held.values())).reverse()
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = this.#turn ?? Promise.resolve()
    // What came before is taken in before this is told.
    const result = before.then(() => new Promise(resolve => setTimeout(resolve))).then(work)
    const turn = result.then(
      () => undefined,
      () => undefined,
    )
    this.#turn = turn
    void turn.then(() => {
      if (this.#turn === turn) this.#turn = undefined
    })
    return result
  }
}

function hasPieces(settings: unknown): boolean {
  return longLists.some(list => isPieces(listIn(settings, list)))
}
