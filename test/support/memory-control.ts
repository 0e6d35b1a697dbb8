/** A Control that keeps everything in memory, for the tests of the command line and of the control socket. */
import type { Case, Decision } from '../../app/access/decision.ts'
import type {
  Applied,
  AskedReply,
  Audit,
  BlockFacts,
  CertificateRenewed,
  Changer,
  Check,
  Comparison,
  Control,
  Exported,
  ExportTarget,
  FindingName,
  HistoryEntry,
  ImportAsked,
  ImportPreview,
  LogQuery,
  Plan,
  QueueChange,
  QueueDetail,
  QueuedMessage,
  QueueFilter,
  QueueSelection,
  Refusal,
  RemoteUsers,
  Replay,
  ReplyMeaning,
  Rerouting,
  SentTest,
  SignInBegun,
  SignInEnd,
  SignInWay,
  Source,
  SourceFacts,
  Status,
  Unblocked,
  Unblocking,
  UserFacts,
  Why,
} from '../../app/control/control.ts'
import type { DkimChecked, DkimFacts, NewDkim } from '../../app/control/dkim.ts'
import { messageMeanings, replyMeaning, type SendingSettings } from '../../app/control/reply-meanings.ts'
import { whyKindOf } from '../../app/control/why-kind.ts'
import type { Event } from '../../app/log/event.ts'
import type { Message, RecipientState } from '../../app/queue/message.ts'
import { isPending } from '../../app/queue/message.ts'
import type { Problem } from '../../app/settings/settings.ts'

/** One mail sender for everything. */
export const SENDING: SendingSettings = {
  hostname: 'mail.example.com',
  delivery: {
    routes: [
      {
        to: ['*'],
        senders: [],
        users: [],
        via: 'smart-host',
        hosts: [{ host: 'smtp.example', port: 587 }],
        encryption: 'starttls-required',
        plaintextLogin: 'never',
      },
    ],
  },
}

export class MemoryControl implements Control {
  settings: Record<string, unknown> = { hostname: 'mail.example.com', smtp: { maxRecipients: 100 } }
  earlier: { text: string; entry: HistoryEntry }[] = []
  users = new Map<string, { addresses: readonly string[]; password: string | undefined }>()
  secrets = new Map<string, string>()
  dkim: DkimFacts[] = []
  /** Recipients of every message that are being sent. */
  sending: readonly number[] = []
  /** What every operation leaves as it was. */
  left: QueueChange['left'] = []
  queue: Message[] = []
  events: Event[] = []
  checks: Check[] = [{ name: 'disk', state: 'ok', text: '12 GB are free.' }]
  sent: SentTest = {
    id: 'T1',
    delivered: true,
    via: 'smart host smtp.example:587',
    dialogue: ['S: 220 smtp.example ready', 'C: EHLO mail.example.com'],
    text: 'smtp.example took the message.',
  }
  decision: Decision = {
    verdict: 'accept',
    reply: { code: 250, status: '2.1.5', text: 'OK' },
    list: 'service',
    row: 2,
    steps: ['The recipient is external.', 'Row 2 allows the client.'],
  }
  /** All of them, where the audit tells only the first. */
  moreRanges: Audit['ranges'] = []
  audited: Audit = {
    openRelay: false,
    ranges: [
      { first: '0.0.0.0', last: '255.255.255.255', relay: 'after-login', users: ['support'] },
      { first: '::', last: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', relay: 'never', users: null },
    ],
    lines: [],
    internalLines: [],
    findings: [],
  }
  blocked: readonly BlockFacts[] = []
  viewed: SourceFacts = { address: '', listed: 'neither', points: 0, threshold: 400, offences: [], known: [] }
  comparison: Comparison = { ok: true, words: [], senders: [] }
  replayed: Replay = { tried: 0, flips: [] }
  rerouting: Rerouting = { recipients: 0, messages: 0, list: [] }
  sources: Source[] = []
  mended: FindingName[] = []
  signInEnd: SignInEnd = { ok: true }
  asked: Case[] = []
  changers: Changer[] = []
  queries: LogQuery[] = []
  readonly #listeners = new Set<(event: Event) => void>()

  readonly onEvent = (listener: (event: Event) => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get listening(): number {
    return this.#listeners.size
  }

  emit(event: Event): void {
    this.events.push(event)
    for (const listener of this.#listeners) listener(event)
  }

  async planRemoteUsers({ users }: RemoteUsers): Promise<Plan> {
    if (users.length === 0) return { ok: false, problems: [{ path: 'users', text: 'Choose somebody.' }] }
    return { ok: true, settings: this.settings, words: [`lets ${users.join()} in`], notes: ['A note.'] }
  }

  async letRemoteUsersSend({ users }: RemoteUsers, by: Changer): Promise<Applied> {
    this.changers.push(by)
    return { ok: true, words: `let ${users.join()} in` }
  }

  async status(): Promise<Status> {
    const states = this.queue.flatMap(message => message.states)
    const count = (kind: RecipientState['kind']) => states.filter(state => state.kind === kind).length
    return {
      running: true,
      version: '0.1.0',
      folder: '/nowhere',
      names: [],
      pid: 1,
      since: 0,
      listeners: [],
      sessions: 0,
      hops: [],
      queue: { messages: this.queue.length, waiting: count('waiting'), held: count('held') },
      warnings: [],
      certificate: { names: ['localhost'], issuer: 'localhost', selfSigned: true, until: 0 },
    }
  }

  async getSettings(path: string): Promise<unknown> {
    if (path === '') return this.settings
    let value: unknown = this.settings
    for (const key of path.split('.')) {
      if (typeof value !== 'object' || value === null) return undefined
      value = Reflect.get(value, key)
    }
    return value
  }

  async setSettings(path: string, value: unknown, by: Changer): Promise<Applied> {
    if (path === 'smtp.maxRecipients' && typeof value !== 'number') {
      return { ok: false, problems: [{ path, text: 'This must be a number.' }] }
    }
    return this.#replace({ ...this.settings, [path]: value }, `${path} is changed.`, by)
  }

  async importSettings(text: string, by: Changer): Promise<Applied> {
    const problems = await this.checkSettings(text)
    if (problems.length > 0) return { ok: false, problems }
    return this.#replace(JSON.parse(text), 'The settings are imported.', by)
  }

  async checkSettings(text: string): Promise<readonly Problem[]> {
    try {
      const value: unknown = JSON.parse(text)
      const hostname = typeof value === 'object' && value !== null && 'hostname' in value
      return hostname ? [] : [{ path: 'hostname', text: 'Give the name of this server.' }]
    } catch {
      return [{ path: '', text: 'This is not JSON.' }]
    }
  }

  async history(): Promise<readonly HistoryEntry[]> {
    return this.earlier.map(({ entry }) => entry)
  }

  async undo(by: Changer): Promise<Applied> {
    this.changers.push(by)
    const last = this.earlier.shift()
    if (!last) return { ok: false, problems: [{ path: '', text: 'There is no earlier file.' }] }
    this.settings = JSON.parse(last.text)
    return { ok: true, words: 'The earlier settings are back.' }
  }

  async readEarlier(file: string): Promise<string | undefined> {
    return this.earlier.find(({ entry }) => entry.file === file)?.text
  }

  async restoreEarlier(file: string, by: Changer): Promise<Applied> {
    this.changers.push(by)
    const text = await this.readEarlier(file)
    if (text === undefined) return { ok: false, problems: [{ path: '', text: 'This is no earlier file.' }] }
    this.settings = JSON.parse(text)
    return { ok: true, words: 'restored' }
  }

  async previewImport(_asked: ImportAsked): Promise<ImportPreview> {
    throw new Error('It can be none of the lists; say which it is.')
  }

  async importList(asked: ImportAsked, by: Changer): Promise<Applied> {
    this.changers.push(by)
    return { ok: true, words: `${asked.files.length} files are imported.` }
  }

  async exportList(_target: ExportTarget): Promise<Exported> {
    return { ok: false, problems: [{ path: 'smtp.access[0].from', text: 'It can not be written.' }] }
  }

  async listUsers(): Promise<readonly UserFacts[]> {
    return [...this.users].map(([name, { addresses, password }]) => ({
      name,
      addresses,
      enabled: true,
      hasPassword: password !== undefined,
      forwardTo: [],
      keepCopy: true,
    }))
  }

  async addUser(name: string, addresses: readonly string[], password: string | undefined, by: Changer) {
    if (this.users.has(name)) return refused('users', `There is already an account ${name}.`)
    this.users.set(name, { addresses, password })
    return this.#applied(`The account ${name} is made.`, by)
  }

  async removeUser(name: string, by: Changer): Promise<Applied> {
    if (!this.users.delete(name)) return refused('users', `There is no account ${name}.`)
    return this.#applied(`The account ${name} is removed.`, by)
  }

  async setPassword(name: string, password: string, by: Changer): Promise<Applied> {
    const user = this.users.get(name)
    if (!user) return refused('users', `There is no account ${name}.`)
    user.password = password
    return this.#applied(`The password of ${name} is changed.`, by)
  }

  async listSecrets(): Promise<readonly string[]> {
    return [...this.secrets.keys()]
  }

  async setSecret(name: string, value: string): Promise<void> {
    if (name === 'broken') throw new Error('The secret store is locked.\n    at somewhere (secret.ts:1)')
    this.secrets.set(name, value)
  }

  async removeSecret(name: string): Promise<boolean> {
    return this.secrets.delete(name)
  }

  async beginSignIn(name: string, way: SignInWay): Promise<SignInBegun> {
    const facts = { id: name, user: 'office@example.com', provider: 'Microsoft', until: 600_000 }
    const page = 'https://login.example/device'
    return way === 'browser' ? { ...facts, page, way } : { ...facts, page, way, code: 'ABCD-EFGH' }
  }

  async waitForSignIn(): Promise<SignInEnd> {
    return this.signInEnd
  }

  async cancelSignIn(): Promise<boolean> {
    return true
  }

  async listDkim(): Promise<readonly DkimFacts[]> {
    return this.dkim
  }

  async addDkim({ domain, selector = 'mail' }: NewDkim, by: Changer): Promise<Applied> {
    this.dkim.push({ domain, selector, enabled: true, secret: `dkim-${selector}` })
    return this.#applied(`The key ${selector} is made.`, by)
  }

  async checkDkim(): Promise<readonly DkimChecked[]> {
    return this.dkim.map(key => ({ ...key, state: 'no-key', text: 'The key is missing.' }))
  }

  async removeDkim(domain: string, selector: string, by: Changer): Promise<Applied> {
    this.dkim = this.dkim.filter(key => key.domain !== domain || key.selector !== selector)
    return this.#applied(`The key ${selector} is removed.`, by)
  }

  renewed: CertificateRenewed = { ok: false, text: 'Choose an authority for the certificate first.' }

  async renewCertificate(): Promise<CertificateRenewed> {
    return this.renewed
  }

  async auditRanges(_source: Source, from: number): Promise<Audit['ranges']> {
    return this.moreRanges.slice(from)
  }

  async audit(source: Source): Promise<Audit> {
    this.sources.push(source)
    return this.audited
  }

  async mend(finding: FindingName, by: Changer): Promise<Applied> {
    this.mended.push(finding)
    this.changers.push(by)
    return { ok: true, words: 'smtp.access[2]: removed' }
  }

  async compareSettings(before: Source, after: Source): Promise<Comparison> {
    this.sources.push(before, after)
    return this.comparison
  }

  async compareRoutes(): Promise<Rerouting> {
    return this.rerouting
  }

  async replaySettings(before: Source, after: Source): Promise<Replay> {
    this.sources.push(before, after)
    return this.replayed
  }

  async listBlocked(): Promise<readonly BlockFacts[]> {
    return this.blocked
  }

  async viewAddress(address: string): Promise<SourceFacts> {
    const block = this.blocked.find(one => one.address === address)
    return { ...this.viewed, address, ...(block && { block }) }
  }

  async unblock({ addresses, all }: Unblocking, by: Changer): Promise<Unblocked> {
    this.changers.push(by)
    const wanted = all ? this.blocked.map(({ address }) => address) : addresses
    const unblocked = wanted.filter(address => this.blocked.some(one => one.address === address))
    this.blocked = this.blocked.filter(({ address }) => !unblocked.includes(address))
    return { unblocked, left: wanted.filter(address => !unblocked.includes(address)) }
  }

  async explain(asked: Case): Promise<Decision> {
    this.asked.push(asked)
    return this.decision
  }

  async whyRefused(events: readonly Refusal[]): Promise<readonly Why[]> {
    return events.map(event => ({
      kind: whyKindOf(event),
      means: 'This happened.',
      cause: 'By this row.',
      todo: 'Do this.',
      mends: [],
    }))
  }

  async listQueue({ state, match, ids, limit = 1000 }: QueueFilter): Promise<readonly QueuedMessage[]> {
    return this.queue
      .filter(({ id }) => ids === undefined || ids.includes(id))
      .filter(message => state === undefined || message.states.some(({ kind }) => kind === state))
      .filter(message => match === undefined || JSON.stringify(message).includes(match))
      .slice(0, limit)
      .map(message => ({ ...message, sending: this.sending }))
  }

  async findMessages(filter: QueueFilter): Promise<readonly string[]> {
    return (await this.listQueue(filter)).map(({ id }) => id)
  }

  async showMessage(id: string): Promise<QueueDetail | undefined> {
    const message = this.queue.find(found => found.id === id)
    if (!message) return undefined
    return {
      message: { ...message, sending: this.sending },
      routes: message.states.map(() => 'smart host smtp.example:587'),
      meanings: messageMeanings(message, SENDING),
      header: 'Subject: \u001b[31mred\u001b[0m\r\nFrom: a@example.com\r\n',
    }
  }

  async meanings(asked: readonly AskedReply[]): Promise<(ReplyMeaning | null)[]> {
    return asked.map(one => replyMeaning(one, SENDING))
  }

  async holdMessages(selection: QueueSelection): Promise<QueueChange> {
    return this.#change(selection, () => ({ kind: 'held', attempts: 0, by: 'person', why: 'held by hand' }))
  }

  async releaseMessages(selection: QueueSelection): Promise<QueueChange> {
    return this.#change(selection, () => ({ kind: 'waiting', attempts: 0, next: 0 }))
  }

  async retryMessages(selection: QueueSelection): Promise<QueueChange> {
    return this.#change(selection, state => state)
  }

  async removeMessages(selection: QueueSelection): Promise<QueueChange> {
    const change = this.#change(selection, () => ({ kind: 'removed', at: 0 }))
    this.queue = this.queue.filter(({ states }) => states.some(isPending))
    return change
  }

  async readLog(query: LogQuery): Promise<readonly Event[]> {
    this.queries.push(query)
    const { since = 0, match = '', limit = 1000 } = query
    return this.events
      .filter(event => event.time >= since && JSON.stringify(event).includes(match))
      .slice(-limit)
  }

  async sendTest(): Promise<SentTest> {
    return this.sent
  }

  async doctor(): Promise<readonly Check[]> {
    return this.checks
  }

  #change({ ids, all }: QueueSelection, to: (state: RecipientState) => RecipientState): QueueChange {
    const wanted = all ? this.queue.map(({ id }) => id) : ids
    const changed = wanted.filter(id => this.queue.some(message => message.id === id))
    this.queue = this.queue.map(message =>
      changed.includes(message.id) ? { ...message, states: message.states.map(to) } : message,
    )
    const unknown = wanted.filter(id => !changed.includes(id))
    return { changed, unknown, sending: this.sending.length > 0 ? changed : [], left: this.left }
  }

  #replace(next: Record<string, unknown>, words: string, by: Changer): Applied {
    const entry = { file: `${this.earlier.length}.json`, time: 0, by, words }
    this.earlier.unshift({ text: JSON.stringify(this.settings), entry })
    this.settings = next
    return this.#applied(words, by)
  }

  #applied(words: string, by: Changer): Applied {
    this.changers.push(by)
    return { ok: true, words }
  }
}

function refused(path: string, text: string): Applied {
  return { ok: false, problems: [{ path, text }] }
}

/** A message in the queue with one recipient for each state. */
export function queued(
  id: string,
  states: readonly RecipientState[],
  reversePath = 'a@example.com',
): Message {
  return {
    id,
    received: 1_700_000_000_000,
    size: 12_345,
    envelope: {
      reversePath,
      recipients: states.map((_, at) => ({ address: `to${at}@elsewhere.example` })),
      body: '7bit',
      smtpUtf8: false,
    },
    origin: { client: '192.168.1.50' },
    states,
    warned: false,
  }
}
