/** The relay: builds its parts from the settings, starts them, takes new settings into effect, stops them. */
import { formatSpan } from './access/network.ts'
import { controlOf } from './control/answers.ts'
import type { Check, Control } from './control/control.ts'
import { dkimAnswers } from './control/dkim-answers.ts'
import { draftsOf } from './control/drafts.ts'
import { withBlock } from './control/guard-answers.ts'
import type { Needs } from './control/needs.ts'
import { openRelayWords, refuseOpening } from './control/open-relay-guard.ts'
import type { ControlParts } from './control/parts.ts'
import { sentenceOf } from './control/sentence.ts'
import { ControlServer } from './control/server.ts'
import { checkSettings } from './control/settings-checks.ts'
import { type SetupAnswers, setupAnswers } from './control/setup-answers.ts'
import { openRelayOf } from './control/status-answer.ts'
import { Delivery } from './delivery/deliver.ts'
import type { RouteContext } from './delivery/open.ts'
import { reroutingOf } from './delivery/rerouting.ts'
import { StsPolicies } from './delivery/sts.ts'
import type { Event } from './log/event.ts'
import { Journal } from './log/journal.ts'
import { typedSecrets } from './oauth/kept-sign-in.ts'
import type { SignIns } from './oauth/sign-ins.ts'
import { RelayClock } from './queue/clock.ts'
import { Queue } from './queue/queue.ts'
import { Alerts } from './relay/alerts.ts'
import { CHECKS } from './relay/checks.ts'
import { type AsyncDrafts, delegatedControl, delegatedDrafts, delegatedSetup } from './relay/delegated.ts'
import { listenersOf } from './relay/listening.ts'
import { newestIn, type Opened, openParts, type RelayOptions, refusalEvent } from './relay/opening.ts'
import { renewalOf } from './relay/renewal-of.ts'
import { Reroutes } from './relay/reroutes.ts'
import { deliveryConfig, expand, isOwnListener, postmaster, routingDiffers } from './relay/routing.ts'
import { openSignIns } from './relay/signing-in.ts'
import { DataFolder } from './settings/folder.ts'
import { FolderLock } from './settings/lock.ts'
import type { Current } from './settings/reader.ts'
import type { Problem, Settings } from './settings/settings.ts'
import { problemLine } from './settings/words.ts'
import { Connections } from './smtp/connections.ts'
import type { Listeners, Standing } from './smtp/listener.ts'
import type { Renewal } from './tls/renewal.ts'

/** For messages coming in, at the stop. */
const RECEIVE_GRACE = { receiving: 3000, answering: 7000 }
/** Milliseconds that messages going out have, at the stop. */
const SEND_GRACE = 10_000
/** Milliseconds that a token which is being renewed has then, so that what came in place of the old one is kept. */
const RENEWAL_GRACE = 3000

export class Relay {
  readonly control: Control
  readonly drafts: AsyncDrafts
  readonly setup: SetupAnswers
  readonly #parts: Opened
  readonly #clock: RelayClock
  readonly #queue: Queue
  readonly #reroutes: Reroutes
  readonly #policies: StsPolicies
  readonly #delivery: Delivery
  readonly #signIns: SignIns
  readonly #listeners: Listeners
  readonly #connections = new Connections()
  readonly #server: ControlServer
  readonly #alerts: Alerts
  readonly #renewal: Renewal
  #running = false
  #paused = false

  /**
   * Opens a data folder with everything in it, neither listening nor delivering. Rejects with `FolderHeld`,
   * `FolderUnusable`, `SettingsRefusal`, or another error whose message is a sentence.
   */
  static async open(path: string, options: RelayOptions): Promise<Relay> {
    const folder = await DataFolder.open(path)
    const lock = await FolderLock.take(folder.path)
    const journal = new Journal(folder.log)
    journal.onFailure(error => options.say(`The log can't be written: ${sentenceOf(error)}`))
    try {
      return new Relay(await openParts(folder, lock, journal, options))
    } catch (error) {
      journal.emit(refusalEvent(error))
      await journal.close()
      await lock.release()
      throw error
    }
  }

  private constructor(parts: Opened) {
    this.#parts = parts
    const { spool, journal, store, surroundings, clerk } = parts
    this.#clock = new RelayClock(newestIn(spool))
    this.#queue = new Queue(spool, this.#clock.now)
    this.#signIns = openSignIns(parts, () => this.#delivery)
    this.#policies = new StsPolicies({
      file: parts.folder.policies,
      warn: text => journal.emit({ kind: 'warning', text }),
    })
    this.#reroutes = new Reroutes(this.#queue, event => journal.emit(event))
    this.#renewal = renewalOf(parts)
    const context = this.#routeContext()
    this.#delivery = this.#createDelivery(context)
    this.#listeners = listenersOf(parts, this.#queue, this.#connections)
    const controlParts = this.#controlParts(context)
    const answers = delegatedControl(controlOf(controlParts), clerk, store)
    const control = { ...answers, ...dkimAnswers(controlParts, answers) }
    const drafts = delegatedDrafts(draftsOf(controlParts), clerk, store)
    this.drafts = {
      ...drafts,
      explain: async (draft, asked) =>
        withBlock(await drafts.explain(draft, asked), asked.client, controlParts),
    }
    this.setup = delegatedSetup(
      setupAnswers({ ...controlParts, secrets: typedSecrets(parts.secrets) }),
      clerk,
      store,
    )
    this.#server = new ControlServer(control, listener => journal.subscribe(listener))
    this.control = control
    this.#alerts = this.#createAlerts()
    const policyFor = (settings: Settings) => surroundings.policyFor(settings)
    clerk.knowQueue((before, after) => reroutingOf(this.#queue, before, after))
    store.guard((next, before, by) =>
      next.kept === undefined && before.kept === undefined
        ? refuseOpening(next.settings, before.settings, by, policyFor)
        : clerk.guard(next, before, by),
    )
    store.prepare((next, before, current) => this.#takeEffect(next, before, current.next))
    store.applied((by, words) => {
      journal.emit({ kind: 'settings-applied', by, words })
      return this.#reroutes.tell()
    })
    store.watch(problems => this.#refusedEdit(problems))
    surroundings.preparing(() => clerk.compile(store.current))
  }

  get listeners(): readonly Standing[] {
    return this.#listeners.standing
  }

  /** That it is an open relay, in a sentence; undefined where it isn't. */
  get openRelay(): string | undefined {
    const { policy } = this.#parts.surroundings
    return openRelayWords(openRelayOf(policy), policy)
  }

  /** The networks and routers that were found on this machine. */
  get machine(): { readonly localNetworks: readonly string[]; readonly routers: readonly string[] } {
    const { localNetworks, routers } = this.#parts.surroundings.machine
    return { localNetworks: localNetworks.map(formatSpan), routers: routers.map(formatSpan) }
  }

  /** What needed a person in an earlier run and still does, as far as is known: it was told then. */
  get earlierNeeds(): Needs {
    return this.#alerts.earlier
  }

  /** Calls for every event from now on, until the function it returns is called. */
  subscribe(listener: (event: Event) => void): () => void {
    return this.#parts.journal.subscribe(listener)
  }

  /** Delivers and listens; rejects with a sentence where a listener can't be opened. */
  async start(): Promise<void> {
    const { journal, folder, surroundings, version, certificates } = this.#parts
    await surroundings.follow()
    const problems = await this.#listeners.apply(surroundings.settings)
    if (problems.length > 0) {
      const text = problems.map(problemLine).join(' ')
      journal.emit({ kind: 'error', text })
      throw new Error(text)
    }
    journal.emit({ kind: 'started', version, folder: folder.path })
    this.#running = true
    certificates.watch()
    this.#renewal.start()
    this.#delivery.start()
    this.#alerts.start()
    // Last: whoever is answered here finds a relay that runs, and can stop it.
    await this.#server.listen(folder.controlAddress)
  }

  /** Takes no mail, or takes it again; what waits is delivered all the while. Rejects as `start` does. */
  async pause(paused: boolean): Promise<void> {
    if (!this.#running || paused === this.#paused) return
    const { journal, surroundings } = this.#parts
    this.#paused = paused
    if (paused) {
      await this.#listeners.close(RECEIVE_GRACE)
      return journal.emit({
        kind: 'warning',
        text: 'Postern was paused: it takes no mail until it is resumed.',
      })
    }
    const problems = await this.#listeners.apply(surroundings.settings)
    this.#paused = problems.length > 0
    if (problems.length > 0) throw new Error(problems.map(({ text }) => text).join(' '))
  }

  /**
   * Takes no more mail, finishes what it is sending, and lets go of the folder. Rejects with a sentence, all else done,
   * where the disk doesn't take what became of the mail.
   */
  async stop(): Promise<void> {
    const { journal, store, surroundings, spool, lock, clerk, certificates, guard } = this.#parts
    await this.#server.close()
    certificates.close()
    await this.#renewal.stop()
    await this.#alerts.stop()
    await this.#signIns.close()
    await surroundings.stop()
    guard.endWaits()
    await Promise.all([this.#listeners.close(RECEIVE_GRACE), store.close()])
    await clerk.close()
    await guard.close()
    await this.#delivery.stop(SEND_GRACE)
    await this.#signIns.settled(RENEWAL_GRACE)
    await this.#policies.close()
    try {
      await spool.close()
    } catch (error) {
      throw new Error(`What was sent last can't be noted, so that it may be sent again: ${sentenceOf(error)}`)
    } finally {
      if (this.#running) journal.emit({ kind: 'stopped' })
      await journal.close()
      await lock.release()
      this.#running = false
    }
  }

  #routeContext(): RouteContext {
    const { secrets, surroundings } = this.#parts
    return {
      secret: name => secrets.get(name),
      isLocalHost: host => surroundings.isLocalHost(host),
      dnsServers: () => surroundings.settings.delivery.dnsServers,
      isOwn: (address, port) => isOwnListener(this.#listeners.standing, address, port),
      tokens: this.#signIns,
      policies: this.#policies,
    }
  }

  #createDelivery(context: RouteContext): Delivery {
    const { spool, folder, journal, surroundings } = this.#parts
    const parts = {
      queue: this.#queue,
      spool,
      mail: folder.mail,
      context,
      expand: (address: string) => expand(address, surroundings),
      postmaster: () => postmaster(surroundings),
      emit: journal.emit.bind(journal),
      now: this.#clock.now,
      toWall: this.#clock.toWall,
    }
    return new Delivery(parts, deliveryConfig(surroundings.settings))
  }

  #createAlerts(): Alerts {
    const { spool, journal, surroundings, alertEvery, alertMemory } = this.#parts
    return new Alerts({
      memory: alertMemory,
      status: () => this.control.status(),
      settings: () => surroundings.settings,
      queue: this.#queue,
      spool,
      emit: journal.emit.bind(journal),
      now: Date.now,
      steady: () => performance.now(),
      expand: address => expand(address, surroundings),
      ...(alertEvery !== undefined && { every: alertEvery }),
    })
  }

  #controlParts(context: RouteContext): ControlParts {
    return {
      ...this.#parts,
      checks: CHECKS,
      queue: this.#queue,
      delivery: this.#delivery,
      context,
      signIns: this.#signIns,
      policy: () => this.#parts.surroundings.policy,
      policyFor: settings => this.#parts.surroundings.policyFor(settings),
      checkSettings: () => this.#checkSettings(),
      names: () => this.#parts.surroundings.names,
      reroutingOf: (before, after) => this.#reroutes.of(before, after),
      lookUpNames: () => this.#parts.surroundings.lookUpNames(),
      standing: () => this.listeners,
      renewal: this.#renewal,
      sessions: () => this.#connections.count,
      running: () => this.#running,
      paused: () => this.#paused,
      since: Date.now(),
      now: Date.now,
      toWall: this.#clock.toWall,
    }
  }

  async #checkSettings(): Promise<readonly Check[]> {
    const { store, surroundings, clerk } = this.#parts
    if (store.current.kept === undefined) return checkSettings(store.current.settings, surroundings.policy)
    // The clerk answers as the checks do.
    return (await clerk.answer('checks')) as readonly Check[]
  }

  async #takeEffect(next: Settings, before: Settings, current: Current): Promise<readonly Problem[]> {
    const { surroundings, clerk, certificates } = this.#parts
    const prepared = await clerk.compile(current)
    const certificate = await certificates.prepare(next)
    if (!certificate.ok) return certificate.problems
    const problems = this.#running && !this.#paused ? await this.#listeners.apply(next) : []
    if (problems.length > 0) return problems
    certificates.use(next, certificate.value)
    surroundings.apply(next, prepared)
    this.#renewal.look()
    await this.#reroutes.look(before, next)
    if (routingDiffers(next, before)) this.#delivery.apply(deliveryConfig(next))
    return []
  }

  #refusedEdit(problems: readonly Problem[]): void {
    this.#parts.journal.emit({ kind: 'settings-refused', by: 'file', problems: problems.map(problemLine) })
  }
}
