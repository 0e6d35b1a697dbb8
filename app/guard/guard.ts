/** The guard: turns away whoever attacks, slows whoever guesses, and knows where the accounts' owners are. */
import { NOT_ACCEPTED } from '../access/decide.ts'
import type { Client } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import type { Emit } from '../log/event.ts'
import { type Reply, reply } from '../mail/reply.ts'
import type { Changer, IdsSettings } from '../settings/settings.ts'
import { type Attempt, type Block, BOUNDS, Engine } from './engine.ts'
import { type BlockFacts, blockFacts, type SourceFacts, sourceFacts } from './facts.ts'
import { KeptState } from './kept-state.ts'
import { Lists } from './lists.ts'
import { type OffenceKind, offenceWords } from './offence.ts'
import type { Pace } from './pace.ts'
import { clientOf, readSource, sourceOf } from './source.ts'
import { type Clocks, MACHINE_CLOCKS, Time } from './time.ts'
import { Untried } from './untried.ts'
import { Waits } from './waits.ts'

/** What the guard is told, asked for each time: it changes while running. */
export interface GuardContext {
  readonly ids: () => IdsSettings
  readonly policy: () => Pick<Policy, 'machine'>
  readonly emit: Emit
  /** Where blocks and places are kept over a restart; nothing is where absent. */
  readonly file?: string
  readonly clocks?: Clocks
  readonly pace?: Pace
}

/** How a client stands: `log-on`: turned away unless he logs on, since others at his address did. */
export type Standing =
  | { readonly kind: 'free' }
  | { readonly kind: 'log-on' | 'refused'; readonly reply: Reply }

/** Who wants to log on. */
export interface LogOnAttempt {
  readonly client: Client
  /** The account's key, or the name that was given where there is no such account. */
  readonly account: string
  readonly exists: boolean
}

/** A log-on whose turn it is; `end` is called once. */
export interface GuardedTurn {
  /** The account is known there, or all are, as in the office. */
  readonly isOwner: boolean
  /** A reply, where it led to a block. */
  end(outcome: 'right' | 'wrong' | 'busy'): Reply | undefined
}

/** Milliseconds between two lines of the log about one block's refused connections. */
const TELL_EVERY = 10 * 60_000

const FREE: Standing = { kind: 'free' }

export class Guard {
  readonly #context: GuardContext
  readonly #engine: Engine
  readonly #lists = new Lists()
  readonly #untried = new Untried()
  readonly #time: Time
  readonly #waits: Waits
  readonly #kept: KeptState
  /** When a block's refused connections were told last. */
  readonly #told = new WeakMap<Block, number>()

  /** What the file keeps counts at once; a damaged one is told of, and written anew. */
  static async open(context: GuardContext): Promise<Guard> {
    const guard = new Guard(context)
    await guard.#kept.read()
    return guard
  }

  constructor(context: GuardContext) {
    this.#context = context
    this.#engine = new Engine(BOUNDS, context.pace)
    this.#time = new Time(context.clocks ?? MACHINE_CLOCKS)
    this.#waits = new Waits(this.#time)
    this.#kept = new KeptState(this.#engine, this.#time, context.file, context.emit)
  }

  /** At the connection; `id` is the session's, for the log. */
  greet(client: Client, id: string): Reply | undefined {
    const { ids } = this.#now()
    if (ids.enabled && this.#listed(client) === 'always') {
      this.#context.emit({
        kind: 'connection-refused',
        session: id,
        client: client.text,
        reply: NOT_ACCEPTED,
      })
      return NOT_ACCEPTED
    }
    const standing = this.standing(client)
    if (standing.kind !== 'refused') return undefined
    const block = this.#blockOf(client)
    if (block) this.#tellRefused(block, client, id, standing.reply)
    return standing.reply
  }

  /** In the middle of a session, for whoever isn't logged on. */
  standing(client: Client): Standing {
    const block = this.#blockOf(client)
    if (!block) return FREE
    const { now } = this.#now()
    const kind = this.#engine.isShared(block.source, now) ? 'log-on' : 'refused'
    return { kind, reply: this.#turnedAway(block) }
  }

  /** Whether somebody logged on from there lately. */
  isKnown(client: Client): boolean {
    return this.#engine.places.hasAt(sourceOf(client), this.#time.now())
  }

  /** Takes note of an offence of somebody who isn't logged on. */
  offend(client: Client, kind: OffenceKind, who?: string): void {
    const { now, ids } = this.#now()
    const exempt = this.#isExempt(client)
    const block = this.#engine.offend(sourceOf(client), kind, who?.slice(0, LONGEST), now, ids, exempt)
    if (block) this.#tellBlocked(block)
  }

  /** Resolves when the log-on may be tried; at once for an owner at a place of his. A reply where it may not. */
  async turn({ client, account, exists }: LogOnAttempt): Promise<GuardedTurn | { readonly reply: Reply }> {
    const exempt = this.#isExempt(client)
    const wanted = { source: sourceOf(client), account: account.slice(0, LONGEST), exists, exempt }
    const attempt = (): Attempt => ({ ...wanted, now: this.#time.now() })
    const turn = this.#engine.attempt(attempt(), this.#context.ids())
    if (turn.kind !== 'turn') this.#leaveUntried(attempt())
    if (turn.kind === 'blocked') return { reply: this.#turnedAway(turn.block) }
    if (turn.kind === 'later') return { reply: comeAgain(turn.at - this.#time.now()) }
    if (turn.reserved && !(await this.#waits.until(turn.at, placeOf(wanted)))) {
      this.#engine.settle(attempt())
      return { reply: CLOSED }
    }
    // While it waited its source may have been blocked.
    const block = this.#engine.barring(attempt(), this.#context.ids())
    if (block) {
      if (turn.reserved) this.#engine.settle(attempt())
      this.#leaveUntried(attempt())
      return { reply: this.#turnedAway(block) }
    }
    return {
      isOwner: exempt || this.#engine.places.isKnown(wanted.account, wanted.source, this.#time.now()),
      end: outcome => {
        if (turn.reserved) this.#engine.settle(attempt())
        return this.#end(attempt(), outcome)
      },
    }
  }

  /** Whether a password may be compared with what was right there a moment ago, before its turn. */
  mayRecognise(client: Client): boolean {
    const { now, ids } = this.#now()
    return !this.#untried.isFull(sourceOf(client), now, ids.window)
  }

  /** Where the account logged on without its turn, known by the password it used a moment ago. */
  recognised({ client, account }: LogOnAttempt): void {
    this.#learn({ source: sourceOf(client), account, exists: true, exempt: false, now: this.#time.now() })
  }

  /** Blocked sources, those that are blocked for longest from now first. */
  blocks(): readonly BlockFacts[] {
    const { now, ids } = this.#now()
    return this.#engine
      .blocks(now)
      .toSorted((one, other) => other.until - one.until)
      .map(block => blockFacts(block, this.#engine, this.#time, ids))
  }

  /** What is known of an address, or of the source it belongs to; undefined where that is no address. */
  view(address: string): SourceFacts | undefined {
    const source = readSource(address)
    const client = source === undefined ? undefined : (clientOf(address.trim()) ?? clientOf(source))
    if (source === undefined || !client) return undefined
    return sourceFacts(source, this.#engine, this.#time, this.#context.ids(), this.#listed(client))
  }

  /** The sources that were blocked and are no longer. */
  unblock(sources: readonly string[], by: Changer): readonly string[] {
    const { now } = this.#now()
    const gone = sources.filter(source => this.#engine.unblock(source, now))
    for (const source of gone) this.#untried.forget(source)
    for (const address of gone) this.#context.emit({ kind: 'unblocked', address, by })
    if (gone.length > 0) this.#kept.changed()
    return gone
  }

  /** Whoever waits for his turn is sent away, as the relay stops. */
  endWaits(): void {
    this.#waits.close()
  }

  async close(): Promise<void> {
    this.#waits.close()
    await this.#kept.close()
  }

  #end(attempt: Attempt, outcome: 'right' | 'wrong' | 'busy'): Reply | undefined {
    if (outcome === 'busy') {
      this.#leaveUntried(attempt)
      return undefined
    }
    if (outcome === 'right') {
      this.#learn(attempt)
      return undefined
    }
    const block = this.#engine.fail(attempt, this.#context.ids())
    if (block) this.#tellBlocked(block)
    return block && this.#turnedAway(block)
  }

  #leaveUntried({ source, now }: Attempt): void {
    const { enabled, window } = this.#context.ids()
    if (enabled) this.#untried.add(source, now, window)
  }

  #learn(attempt: Attempt): void {
    this.#engine.succeed(attempt)
    this.#waits.release(placeOf(attempt))
    this.#kept.learned()
  }

  #blockOf(client: Client): Block | undefined {
    const { now, ids } = this.#now()
    if (!ids.enabled || this.#isExempt(client)) return undefined
    return this.#engine.blockOf(sourceOf(client), now)
  }

  #turnedAway({ until }: Block): Reply {
    const minutes = Math.max(1, Math.ceil((until - this.#time.now()) / 60_000))
    const when = minutes === 1 ? 'a minute' : `${minutes} minutes`
    return reply(421, '4.7.0', `Too many errors from your IP address - try again in ${when}`)
  }

  #tellBlocked(block: Block): void {
    const { source, points, until, offences } = block
    this.#context.emit({
      kind: 'blocked',
      address: source,
      points,
      until: this.#time.toWall(until),
      why: offenceWords(offences),
    })
    this.#kept.changed()
  }

  /** A block's connections may come in floods. */
  #tellRefused(block: Block, client: Client, session: string, answered: Reply): void {
    const now = this.#time.now()
    block.refused++
    const last = this.#told.get(block)
    if (last !== undefined && now - last < TELL_EVERY) return
    this.#told.set(block, now)
    this.#context.emit({
      kind: 'connection-refused',
      session,
      client: client.text,
      reply: answered,
      blocked: block.source,
    })
  }

  #isExempt(client: Client): boolean {
    return this.#listed(client) === 'never'
  }

  #listed(client: Client) {
    return this.#lists.of(client, this.#context.ids(), this.#context.policy().machine)
  }

  #now() {
    return { now: this.#time.now(), ids: this.#context.ids() }
  }
}

/** Characters of a name or an address that are kept. */
const LONGEST = 100

const CLOSED = reply(421, '4.3.2', 'The server is shutting down')

/** An account at a source, as a key. */
function placeOf({ source, account }: Pick<Attempt, 'source' | 'account'>): string {
  return `${source} ${account}`
}

function comeAgain(milliseconds: number): Reply {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  return reply(454, '4.7.0', `Too many failed log-ons - try again in ${seconds} seconds`)
}
