/** A bridge that answers like the real one, from memory: the relay's own parser and decision, and nothing sent. */

import { decide, explained } from '../../app/access/decide.ts'
import type { Case, Decision } from '../../app/access/decision.ts'
import type { Machine } from '../../app/access/machine.ts'
import { formatSpan, parseClient, parseFrom, type Span } from '../../app/access/network.ts'
import { openRelay } from '../../app/access/open-relay.ts'
import { compilePolicy } from '../../app/access/policy.ts'
import { auditAnswer } from '../../app/control/audit-answer.ts'
import { compareSenders } from '../../app/control/comparison.ts'
import type {
  Applied,
  AskedReply,
  Audit,
  BlockFacts,
  CertificateRenewed,
  ExportTarget,
  FindingName,
  HistoryEntry,
  ImportAsked,
  QueueChange,
  QueueFilter,
  QueueSelection,
  Refusal,
  RemoteUsers,
  SignInBegun,
  SignInEnd,
  SignInFacts,
  Source,
  SourceFacts,
  Status,
  Unblocking,
  Why,
} from '../../app/control/control.ts'
import type { DkimChecked, NewDkim } from '../../app/control/dkim.ts'
import { dkimAnswers } from '../../app/control/dkim-answers.ts'
import { previewImport } from '../../app/control/exchange-answers.ts'
import type { FirstAnswers } from '../../app/control/first-answers.ts'
import {
  OPEN_RELAY_SENTENCE,
  openRelayWords,
  opensRelay,
  refuseOpening,
  saysOpenRelay,
} from '../../app/control/open-relay-guard.ts'
import { mendedDraft } from '../../app/control/proof-answers.ts'
import { finderOf } from '../../app/control/queue-filter.ts'
import { remoteAnswers } from '../../app/control/remote-answers.ts'
import { type Judge, replay } from '../../app/control/replay.ts'
import { messageMeanings, replyMeaning } from '../../app/control/reply-meanings.ts'
import { checkSettings } from '../../app/control/settings-checks.ts'
import { type SetupParts, setupAnswers } from '../../app/control/setup-answers.ts'
import { whyAnswer } from '../../app/control/why-answer.ts'
import { reroutingOf } from '../../app/delivery/rerouting.ts'
import { exportPostfix } from '../../app/exchange/postfix-export.ts'
import { writeVpop3 } from '../../app/exchange/vpop3.ts'
import type { Event } from '../../app/log/event.ts'
import { parseAddress } from '../../app/mail/address.ts'
import type { Message } from '../../app/queue/message.ts'
import { describeChange } from '../../app/settings/change.ts'
import { parseSettings, withDefaults } from '../../app/settings/parse.ts'
import { setPath } from '../../app/settings/path.ts'
import type { Settings } from '../../app/settings/settings.ts'
import type { Review, Snapshot, Told } from '../../main/bridge.ts'
import { checks } from '../unit/settings/checks.ts'
import { hash, machine, officeEvents, officeQueue, officeSettings } from './office.ts'

const pausedWarning = {
  kind: 'paused',
  text: 'Postern is paused: it takes no mail until it is resumed.',
} as const

type Raw = Record<string, unknown>

export class FakeBridge {
  raw: Raw
  /** What was put into the clipboard. */
  copied: string[] = []
  earlier: { raw: Raw; entry: HistoryEntry }[] = []
  events: Event[]
  queue: Message[]
  secrets = new Map([['provider', 'old']])
  /** Laid over what the status says of the certificate. */
  certificate: Partial<Status['certificate']> = {}
  renewed: CertificateRenewed = { ok: false, text: 'No certificate was got from acme.example: it is silent.' }
  passwords = new Map<string, string>()
  /** What the DNS says about every key. */
  inDns: Pick<DkimChecked, 'state' | 'text'> = {
    state: 'missing',
    text: 'The DNS has no record of the key: put the record there as it is shown.',
  }
  paused = false
  blocked: readonly BlockFacts[] = []
  names: Status['names'] = []
  setup: Snapshot['setup']['state'] = 'done'
  sent: string[] = []
  /** Whether its ports are open while it isn't paused. */
  listening = true
  hops: Status['hops'] = []
  certificateNames: readonly string[] = ['mail.example.com']
  /** Of every message. */
  header = 'Subject: Hello\r\nFrom: fred@example.com\r\n'
  readonly retried: QueueSelection[] = []
  /** Of every sender that signs in with OAuth2. */
  standing: SignInFacts['standing'] = {
    kind: 'needs-person',
    reason: 'never',
    why: 'nobody has signed in with Microsoft yet',
  }
  /** What was asked of the sign-in, as in `device cloud`. */
  signIns: string[] = []
  warnings: Status['warnings'] = [
    {
      kind: 'certificate',
      text: 'The certificate expires in 12 days: replace key.pem and cert.pem in the tls folder.',
    },
  ]
  /** Makes the named request fail with this sentence. */
  failing = new Map<string, string>()
  /** The names of all that was asked, in order. */
  readonly requests: string[] = []
  /** Keeps the named request waiting. */
  holding = new Map<string, Promise<void>>()
  tell: (told: Told) => Promise<void> = async () => {}
  #revision = 1
  #takeEnd: ((end: SignInEnd) => void) | undefined
  /** That came before they were waited for. */
  readonly #ends: SignInEnd[] = []
  readonly #now: number

  constructor(raw: Raw = officeSettings(), now = Date.now()) {
    this.raw = raw
    this.#now = now
    this.events = officeEvents(now)
    this.queue = officeQueue(now)
  }

  /** Ends the sign-in that is waited for, or that will be next. */
  endSignIn(end: SignInEnd): void {
    if (this.#takeEnd) this.#takeEnd(end)
    else this.#ends.push(end)
    this.#takeEnd = undefined
  }

  async ask(name: string, args: readonly never[]): Promise<unknown> {
    this.requests.push(name)
    const failure = this.failing.get(name)
    if (failure !== undefined) throw new Error(failure)
    await this.holding.get(name)
    const answer = this.#answers[name]
    if (!answer) throw new Error(`The fake bridge has no answer to ${name}.`)
    return answer(...args)
  }

  readonly #answers: Record<string, (...args: never[]) => unknown> = {
    snapshot: () => this.#snapshot(),
    keepDraft: () => undefined,
    keptDraft: () => null,
    status: () => this.#status(),
    review: (draft: string) => this.#review(JSON.parse(draft)),
    applyDraft: (
      draft: string,
      revision: string,
      passwords: Readonly<Record<string, string>> = {},
      sentence?: string,
    ) => this.#apply(this.#withPasswords(JSON.parse(draft), passwords), revision, sentence),
    explainDraft: (draft: string, asked: Case) => this.#explain(this.#parse(JSON.parse(draft)), asked),
    explain: (asked: Case) => this.#explain(this.#parse(this.raw), asked),
    whyRefused: (events: readonly Refusal[]) => events.map(event => this.#why(event)),
    audit: (source: Source) => this.#audit(this.#read(source)),
    mendDraft: (draft: string, finding: FindingName) =>
      mendedDraft(JSON.parse(draft), finding, { checks, policyFor }),
    compareSettings: (before: Source, after: Source) => ({
      ok: true,
      words: [describeChange(this.#read(before), this.#read(after))],
      senders: compareSenders(this.#parse(this.#read(before)), this.#parse(this.#read(after)), policyFor),
    }),
    compareRoutes: (before: Source, after: Source) => {
      const routes = (source: Source) => this.#parse(this.#read(source)).delivery.routes
      const messages = () => this.queue.values()
      return reroutingOf({ messages, sending: () => [] }, routes(before), routes(after))
    },
    replaySettings: (before: Source, after: Source) =>
      replay(this.events, this.#judge(this.#read(before)), this.#judge(this.#read(after))),
    previewImport: (asked: ImportAsked) =>
      previewImport(asked, { raw: this.raw, settings: this.#parse(this.raw) }, { checks, policyFor }),
    exportList: (target: ExportTarget) => this.#export(target),
    history: () => this.earlier.map(({ entry }) => entry),
    undo: () => this.#goBack(this.earlier.at(-1)?.entry.file),
    takeBack: (sentence?: string) => this.#goBack(this.earlier.at(-1)?.entry.file, sentence),
    restore: (file: string, sentence?: string) => this.#goBack(file, sentence),
    findMail: (domain: string) =>
      domain === 'office.example'
        ? { mail: 'elsewhere', submission: { host: 'mail.office.example', port: 587, tls: false } }
        : { mail: 'unknown' },
    planFirstRun: (answers: FirstAnswers, password: string) => this.#setup().planFirstRun(answers, password),
    applyFirstRun: (answers: FirstAnswers, password: string, sentence?: string) =>
      this.#setup().applyFirstRun(answers, password, sentence),
    letIn: (asked: RemoteUsers, sentence?: string) => this.#setup().letIn(asked, sentence),
    planRemoteUsers: (asked: RemoteUsers) => this.#remote().planRemoteUsers(asked),
    letRemoteUsersSend: (asked: RemoteUsers) => this.#remote().letRemoteUsersSend(asked, 'window'),
    pause: (paused: boolean) => {
      this.paused = paused
      return this.tell({ kind: 'status', status: this.#status() })
    },
    setAutostart: () => {},
    beginSignIn: (name: string, way: 'browser' | 'device') => this.#beginSignIn(name, way),
    waitForSignIn: async () => {
      const end = await new Promise<SignInEnd>(resolve => {
        this.#takeEnd = resolve
        const [early] = this.#ends.splice(0)
        if (early) resolve(early)
      })
      if (end.ok) this.standing = { kind: 'signed-in', since: this.#now, renewed: this.#now }
      await this.tell({ kind: 'status', status: this.#status() })
      return end
    },
    cancelSignIn: (id: string) => this.signIns.push(`cancel ${id}`) > 0,
    openSignInPage: (id: string) => void this.signIns.push(`open ${id}`),
    copyText: (text: string) => {
      this.copied.push(text)
    },
    setSecret: (name: string, value: string) => {
      this.secrets.set(name, value)
    },
    listBlocked: () => this.blocked,
    viewAddress: (address: string) => {
      const block = this.blocked.find(one => one.address === address)
      const nothing = { listed: 'neither', points: 0, threshold: 400, offences: [], known: [] }
      return { address, ...nothing, ...(block && { block }) }
    },
    unblock: ({ addresses }: Unblocking) => {
      this.blocked = this.blocked.filter(({ address }) => !addresses.includes(address))
      return { unblocked: addresses, left: [] }
    },
    listDkim: () => this.#dkim().listDkim(),
    addDkim: (asked: NewDkim) => this.#dkim().addDkim(asked, 'window'),
    checkDkim: async () =>
      (await this.#dkim().listDkim()).map(key => ({ ...key, ...this.inDns }) satisfies DkimChecked),
    setPassword: (name: string, password: string) => this.#setPassword(name, password),
    listQueue: ({ state, match }: QueueFilter) =>
      this.queue
        .filter(
          message =>
            (!state || message.states.some(({ kind }) => kind === state)) &&
            (!match || JSON.stringify(message).toLowerCase().includes(match.toLowerCase())),
        )
        .map(message => ({ ...message, sending: [] })),
    showMessage: (id: string) => {
      const message = this.queue.find(one => one.id === id)
      return (
        message && {
          message: { ...message, sending: [] },
          routes: ['smart host smtp.provider.example:587'],
          meanings: messageMeanings(message, this.#parse(this.raw)),
          header: this.header,
        }
      )
    },
    meanings: (asked: readonly AskedReply[]) => asked.map(one => replyMeaning(one, this.#parse(this.raw))),
    holdMessages: (selection: QueueSelection) =>
      this.#changeQueue(selection, message => ({
        ...message,
        states: [{ kind: 'held', attempts: 0, by: 'person', why: 'held by hand' }],
      })),
    releaseMessages: (selection: QueueSelection) =>
      this.#changeQueue(selection, message => ({
        ...message,
        states: [{ kind: 'waiting', attempts: 0, next: this.#now }],
      })),
    retryMessages: (selection: QueueSelection) => {
      this.retried.push(selection)
      return this.#changeQueue(selection, message => message)
    },
    removeMessages: (selection: QueueSelection) => this.#changeQueue(selection, () => undefined),
    readLog: ({ match, since = 0 }: { match?: string; since?: number }) =>
      this.events.filter(
        event =>
          event.time >= since &&
          (!match || JSON.stringify(event).toLowerCase().includes(match.toLowerCase())),
      ),
    sendTest: (to: string, from?: string) => {
      this.sent.push(`${from} ${to}`)
      return {
        id: '0KT1',
        delivered: true,
        via: 'smart host smtp.provider.example:587',
        dialogue: [
          'S: 220 smtp.provider.example ready',
          'C: EHLO mail.example.com',
          `C: RCPT TO:<${to}>`,
          'S: 250 2.1.5 OK',
        ],
        text: '250 2.0.0 OK queued as 4F1',
      }
    },
    renewCertificate: () => this.renewed,
    doctor: () => [
      { name: 'port 25', state: 'ok', text: 'Port 25 is open and answers.' },
      {
        name: 'certificate',
        state: 'warning',
        text: 'The certificate expires in 12 days: replace key.pem and cert.pem in the tls folder.',
      },
      {
        name: 'route 1',
        state: 'failed',
        text: "Mail for partner.example can't go out: 10.1.1.4:25 doesn't answer.",
        path: 'delivery.routes[0]',
      },
      ...checkSettings(this.#parse(this.raw), policyFor(this.#parse(this.raw))),
    ],
  }

  #snapshot(): Snapshot {
    return {
      status: this.#status(),
      settings: withDefaults(this.raw),
      revision: String(this.#revision),
      users: this.#users(),
      secrets: [...this.secrets.keys()],
      events: this.events,
      history: this.earlier.map(({ entry }) => entry),
      machine,
      setup: { state: this.setup, domain: 'office.example' },
      openRelaySentence: OPEN_RELAY_SENTENCE,
      app: { version: '0.1.0', platform: 'linux', secretsKept: 'key file', autostart: false },
    }
  }

  #status(): Status {
    const policy = policyFor(this.#parse(this.raw))
    const open = openRelay(policy)
    const held = this.queue.filter(({ states }) => states.some(({ kind }) => kind === 'held')).length
    return {
      running: true,
      version: '0.1.0',
      folder: '/home/office/.local/share/postern',
      pid: 4711,
      since: this.#now - 26 * 3_600_000,
      listeners:
        this.paused || !this.listening
          ? []
          : [
              { address: '0.0.0.0', port: 25, encryption: 'starttls' },
              { address: '0.0.0.0', port: 465, encryption: 'tls' },
            ],
      sessions: 2,
      hops: this.hops,
      names: this.names,
      signIns: this.#signIns(),
      queue: { messages: this.queue.length, waiting: this.queue.length - held, held },
      ...(this.setup !== 'done' && { unfinished: true }),
      ...(open && { openRelay: open.map(formatSpan) }),
      warnings: [
        ...(open ? [{ kind: 'open-relay', text: openRelayWords(open, policy) ?? '' } as const] : []),
        ...this.warnings,
        ...(this.paused ? [pausedWarning] : []),
      ],
      certificate: {
        names: this.certificateNames,
        issuer: this.certificateNames[0] ?? '',
        selfSigned: true,
        until: this.#now + 12.5 * 24 * 3_600_000,
        ...this.certificate,
      },
    }
  }

  #beginSignIn(name: string, way: 'browser' | 'device'): SignInBegun {
    this.signIns.push(`${way} ${name}`)
    const facts = { id: `round-${this.signIns.length}`, user: 'office@contoso.com', provider: 'Microsoft' }
    const until = Date.now() + 15 * 60_000
    return way === 'device'
      ? { ...facts, way, until, page: 'https://login.microsoft.com/device', code: 'HK3Q7VZTB' }
      : { ...facts, way, until, page: 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize' }
  }

  #signIns(): SignInFacts[] {
    const parsed = parseSettings(this.raw, checks)
    const routes = parsed.ok ? parsed.value.delivery.routes : []
    return routes.flatMap(({ login }, index) => {
      if (login?.method !== 'oauth2') return []
      const ways = login.provider === 'google' ? (['browser'] as const) : (['browser', 'device'] as const)
      const facts = { name: login.secret, user: login.user, provider: 'Microsoft', routes: [index], ways }
      return { ...facts, standing: this.standing }
    })
  }

  #users(): Snapshot['users'] {
    const parsed = parseSettings(this.raw, checks)
    if (!parsed.ok) return []
    return parsed.value.users.map(({ password, ...facts }) => ({
      ...facts,
      hasPassword: password !== undefined,
    }))
  }

  #review(draft: Raw): Review {
    const parsed = parseSettings(draft, checks)
    const open = parsed.ok && opensRelay(parsed.value, this.#parse(this.raw), policyFor)
    return {
      ...(open && { openRelay: open }),
      problems: parsed.ok ? [] : parsed.problems,
      words: [describeChange(withDefaults(this.raw), draft)],
      senders: parsed.ok ? compareSenders(this.#parse(this.raw), parsed.value, policyFor) : [],
    }
  }

  #parse(raw: Raw): Settings {
    const parsed = parseSettings(raw, checks)
    if (!parsed.ok) throw new Error('Mend the fields that are marked first; then this can be answered.')
    return parsed.value
  }

  #read(source: Source): Raw {
    if (source.kind === 'text') return JSON.parse(source.text)
    if (source.kind === 'draft') return JSON.parse(String(source.draft))
    const earlier = this.earlier.find(({ entry }) => source.kind === 'history' && entry.file === source.file)
    return withDefaults(earlier?.raw ?? this.raw) as Raw
  }

  #export(target: ExportTarget) {
    const settings = this.#parse(this.raw)
    const policy = policyFor(settings)
    return target.dialect === 'postfix'
      ? exportPostfix(settings, policy)
      : writeVpop3(settings, policy.machine, target.version, 'service')
  }

  #audit(raw: Raw): Audit {
    const settings = this.#parse(raw)
    return auditAnswer(settings, policyFor)
  }

  #judge(raw: Raw): Judge {
    const settings = this.#parse(raw)
    return { policy: policyFor(settings), users: settings.users }
  }

  #why(event: Refusal): Why {
    const settings = this.#parse(this.raw)
    const view = (address: string): SourceFacts => {
      const block = this.blocked.find(one => one.address === address)
      const nothing = { listed: 'neither', points: 0, threshold: 400, offences: [], known: [] } as const
      return { address, ...nothing, ...(block && { block }) }
    }
    const explain = (asked: Case) => this.#explain(settings, asked)
    return whyAnswer(event, { settings, policy: policyFor(settings), view, explain })
  }

  #explain(settings: Settings, { client, user, to }: Case): Decision {
    const address = parseClient(client)
    if (!address) throw new Error(`"${client}" is not an IP address: write one such as 203.0.113.9.`)
    const recipient = parseAddress(to)
    if (!recipient.ok)
      throw new Error(`"${to}" is not a mail address: write one such as someone@example.com.`)
    return explained(decide(policyFor(settings), address, user, recipient.address))
  }

  #withPasswords(draft: Raw, passwords: Readonly<Record<string, string>>): Raw {
    for (const [name, password] of Object.entries(passwords)) this.passwords.set(name, password)
    const users = Array.isArray(draft['users']) ? draft['users'] : []
    const list = users.map(user => (user.name in passwords ? { ...user, password: hash } : user))
    return { ...draft, users: list }
  }

  async #apply(draft: Raw, revision: string, sentence?: string): Promise<Applied> {
    if (revision !== String(this.#revision))
      return {
        ok: false,
        problems: [{ path: '', text: 'The settings were changed meanwhile: look at your changes again.' }],
      }
    const parsed = parseSettings(draft, checks)
    if (!parsed.ok) return { ok: false, problems: parsed.problems }
    return this.#guarded(draft, sentence)
  }

  #guarded(raw: Raw, sentence: string | undefined): Promise<Applied> {
    const refused = refuseOpening(this.#parse(raw), this.#parse(this.raw), 'window', policyFor)
    return refused && !saysOpenRelay(sentence) ? Promise.resolve(refused) : this.#replace(raw)
  }

  #remote() {
    return remoteAnswers(this.#parts())
  }

  #dkim() {
    const secrets = {
      get: (name: string) => this.secrets.get(name),
      names: () => [...this.secrets.keys()],
      set: async (name: string, value: string) => void this.secrets.set(name, value),
      remove: async (name: string) => this.secrets.delete(name),
    }
    const store = { current: { settings: this.#parse(this.raw) } }
    const parts = { store, secrets, context: { dnsServers: () => 'auto' as const }, now: () => this.#now }
    return dkimAnswers(parts, {
      setSettings: async (path, value) => {
        const changed = setPath(this.raw, path, value)
        const parsed = changed.ok ? parseSettings(changed.value, checks) : changed
        return parsed.ok && changed.ok
          ? this.#replace(changed.value as Raw)
          : { ok: false, problems: parsed.ok ? [] : parsed.problems }
      },
    })
  }

  #setup() {
    return setupAnswers(this.#parts())
  }

  #parts(): SetupParts {
    const { raw } = this
    const secrets = {
      names: () => [...this.secrets.keys()],
      set: async (name: string, value: string) => void this.secrets.set(name, value),
    }
    return {
      checks,
      policyFor,
      secrets,
      store: {
        current: { raw, settings: this.#parse(raw), text: JSON.stringify(raw) },
        history: async () => this.earlier.map(({ entry }) => entry),
        edit: async (change, _by, consent) => {
          const changed = change(raw)
          if (!changed.ok) return changed
          const sentence = consent?.openRelay ? OPEN_RELAY_SENTENCE : undefined
          return this.#guarded(changed.value as Raw, sentence)
        },
      },
    }
  }

  async #replace(raw: Raw): Promise<Applied> {
    const words = describeChange(withDefaults(this.raw), withDefaults(raw))
    const entry: HistoryEntry = { file: `${this.#revision}.json`, time: Date.now(), by: 'window', words }
    this.earlier.push({ raw: this.raw, entry })
    this.raw = raw
    this.#revision++
    await this.tell({
      kind: 'settings',
      settings: withDefaults(raw),
      revision: String(this.#revision),
      users: this.#users(),
    })
    return { ok: true, words }
  }

  async #goBack(file: string | undefined, sentence?: string): Promise<Applied> {
    const found = this.earlier.find(({ entry }) => entry.file === file)
    if (!found) return { ok: false, problems: [{ path: '', text: 'There is nothing to undo.' }] }
    return this.#guarded(found.raw, sentence)
  }

  async #setPassword(name: string, password: string): Promise<Applied> {
    this.passwords.set(name, password)
    const users = this.raw['users']
    const list = Array.isArray(users) ? users : []
    return this.#replace({
      ...this.raw,
      users: list.map(user => (user.name === name ? { ...user, password: hash } : user)),
    })
  }

  async #changeQueue(
    { ids, all, filter = {} }: QueueSelection,
    change: (message: Message) => Message | undefined,
  ): Promise<QueueChange> {
    const find = finderOf(filter, this.#now)
    const meant = (message: Message) => (all || ids.includes(message.id)) && find(message).size > 0
    const changed = this.queue.filter(meant).map(({ id }) => id)
    this.queue = this.queue.flatMap(message => {
      if (!meant(message)) return [message]
      const found = find(message)
      if (found.size === message.states.length) return change(message) ?? []
      const states = message.states.map((state, index) => {
        const [other] = change({ ...message, states: [state] })?.states ?? []
        return found.has(index) ? (other ?? { kind: 'removed' as const, at: this.#now }) : state
      })
      return [{ ...message, states }]
    })
    await this.tell({ kind: 'status', status: this.#status() })
    return { changed, unknown: [], sending: [], left: [] }
  }
}

const spans = (texts: readonly string[]): Span[] =>
  texts.flatMap(text => {
    const parsed = parseFrom(text)
    return parsed.ok && parsed.from.kind === 'span' ? [parsed.from.span] : []
  })

const found: Machine = { localNetworks: spans(machine.localNetworks), routers: spans(machine.routers) }

const policyFor = (settings: Settings) => compilePolicy(settings, found)
