/** The one interface through which the command line and the window ask the relay and change it. */
import type { Case, Decision } from '../access/decision.ts'
import type { NameFacts } from '../access/name-facts.ts'
import type { HopReason } from '../delivery/hop.ts'
import type { BlockFacts, SourceFacts } from '../guard/facts.ts'
import type { Event } from '../log/event.ts'
import type { Begun as SignInBegun, SignInWay } from '../oauth/round.ts'
import type { SignInEnd, SignInFacts } from '../oauth/sign-ins.ts'
import type { Message } from '../queue/message.ts'
import type { Applied, Changer, Consent, HistoryEntry, Problem, Rerouting } from '../settings/settings.ts'
import type { CertificateFacts } from '../tls/certificate.ts'
import type { RenewalFacts } from '../tls/renewal.ts'
import type { DkimChecked, DkimFacts, NewDkim } from './dkim.ts'
import type { Exported, ExportTarget, ImportAsked, ImportPreview } from './exchange.ts'
import type { Audit, AuditRange, Comparison, FindingName, Replay, Source } from './proof.ts'
import type { AskedReply, ReplyMeaning, ReplyMend } from './reply-meanings.ts'
import type { Refusal, Why } from './why.ts'

export type { BlockFacts, OffenceFacts, SourceFacts } from '../guard/facts.ts'
export type { Begun as SignInBegun, SignInWay } from '../oauth/round.ts'
export type { SignInEnd, SignInFacts } from '../oauth/sign-ins.ts'
export type { Applied, Changer, Consent, HistoryEntry, Reroute, Rerouting } from '../settings/settings.ts'
export type {
  Dialect,
  Exported,
  ExportTarget,
  ImportAsked,
  ImportPreview,
  Remark,
} from './exchange.ts'
export type { Audit, AuditFinding, Comparison, FindingName, Flip, Replay, Source } from './proof.ts'
export type { AskedReply, ReplyMeaning, ReplyMend } from './reply-meanings.ts'
export type { Refusal, Why, WhyMend } from './why.ts'

export interface Status {
  readonly running: boolean
  readonly version: string
  readonly folder: string
  readonly pid: number
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly listeners: readonly {
    readonly address: string
    readonly port: number
    readonly encryption: string
    /** It is the lane for old devices. */
    readonly oldDevices?: true
  }[]
  readonly sessions: number
  readonly queue: QueueCounts
  /** The next hops that are down while mail waits for them. */
  readonly hops: readonly HopFacts[]
  /** While no domain or no way out stands: the first questions are not all answered. */
  readonly unfinished?: true
  /** What needs a person. */
  readonly warnings: readonly Warning[]
  /** The addresses that may send without logging on, as ranges, while this is an open relay. */
  readonly openRelay?: readonly string[]
  readonly certificate: CertificateFacts & {
    /** Why another one is in use than the settings name. */
    readonly trouble?: string
    /** Where an authority gives it. */
    readonly renewal?: RenewalFacts
  }
  /** What the host names of the access lists stand for, and since when. */
  readonly names: readonly NameFacts[]
  /** Of mail senders that sign in with OAuth2; absent where none does. */
  readonly signIns?: readonly SignInFacts[]
}

/** A next hop that is down, or silent. */
export interface HopFacts {
  /** As `host:port`, or the domain whose mail exchangers it is. */
  readonly name: string
  readonly reason: HopReason | 'silent'
  /** Milliseconds since the epoch. */
  readonly since: number
  /** When it is tried next. */
  readonly next: number
  /** What it answered, or why it can't be reached, in words that go on from its name. */
  readonly why: string
  /** Messages. */
  readonly waiting: number
}

/** Something that needs a person. */
export interface Warning {
  readonly kind: WarningKind
  /** One sentence that says what to do. */
  readonly text: string
  /** What it is about, where there may be several of its kind: each is told of once. */
  readonly about?: readonly string[]
  /** What mends it, where the kind alone doesn't say. */
  readonly mends?: readonly ReplyMend[]
}

/** Whoever shows a warning offers what mends it by its kind; texts may change. */
export type WarningKind =
  | 'open-relay'
  | 'not-running'
  | 'paused'
  | 'no-route'
  | 'held-without-route'
  | 'certificate'
  | 'host-name'
  | 'stuck-mail'
  | 'sign-in'
  | 'next-hop'
  | 'hop-down'
  | 'disk-low'
  | 'dkim-key'

export interface QueueCounts {
  readonly messages: number
  readonly waiting: number
  readonly held: number
}

/** Which messages, and of each the recipients that are found by it; what is absent doesn't count. */
export interface QueueFilter {
  /** Only recipients in this state. */
  readonly state?: 'waiting' | 'held'
  /** Part of an address, an id, a client or an account; without case. */
  readonly match?: string
  /** The sender: an address, a domain, `*.domain`, `*`, or `<>` for the empty reverse-path. */
  readonly from?: string
  /** Only these recipients: an address, a domain, `*.domain` or `*`. */
  readonly to?: string
  /** Milliseconds since it arrived, at least. */
  readonly olderThan?: number
  /** Only what waits for this next hop to come up, by its name. */
  readonly hop?: string
  /** Only recipients whose last reply, or the reason they are held for, has this text; without case. */
  readonly reply?: string
  /** Only these messages, by id. */
  readonly ids?: readonly string[]
  /** At most this many; 1,000 where absent. */
  readonly limit?: number
}

export interface QueueDetail {
  readonly message: QueuedMessage
  /** For each recipient, where it goes now: `smart host smtp.example:587`, `mailbox support`, `held: no route`. */
  readonly routes: readonly string[]
  /** What each recipient's last reply means; null where there is none that refuses or postpones. */
  readonly meanings: readonly (ReplyMeaning | null)[]
  /** The message's own header, at most 64 KiB. */
  readonly header: string
}

/** Which messages an operation takes: ids, or with `all` every one; with `filter`, of those what it finds. */
export interface QueueSelection {
  readonly ids: readonly string[]
  readonly all?: boolean
  /** Its `limit` doesn't count: an operation takes all it means. */
  readonly filter?: QueueFilter
}

export type QueuedMessage = Message & {
  /** The recipients that are being sent at this moment, as indexes. */
  readonly sending: readonly number[]
  /**
   * For each recipient, what it waits for though it is due: `waits for the limit of 30 messages a minute to
   * smtp.example:587`; null for nothing of that kind. Absent where that is so for all of them.
   */
  readonly waits?: readonly (string | null)[]
}

export interface QueueChange {
  /** Ids that were changed. */
  readonly changed: readonly string[]
  /** Those of them that are being sent right now: what this attempt delivers is delivered. */
  readonly sending: readonly string[]
  /** Ids that stay as they were, and why, as in `it isn't held`. */
  readonly left: readonly { readonly id: string; readonly why: string }[]
  /** Ids that are not in the queue. */
  readonly unknown: readonly string[]
}

export interface UserFacts {
  readonly name: string
  readonly addresses: readonly string[]
  readonly enabled: boolean
  readonly hasPassword: boolean
  readonly forwardTo: readonly string[]
  readonly keepCopy: boolean
}

export interface LogQuery {
  /** Milliseconds since the epoch. */
  readonly since?: number
  /** Text the event's JSON must contain, without case. */
  readonly match?: string
  /** The newest so many; 1,000 where absent. */
  readonly limit?: number
}

export interface Check {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'failed'
  /** One sentence; says what to do unless `ok`. */
  readonly text: string
  /** The setting it is about, where a person mends it; as problems name it. */
  readonly path?: string
  /** What mends it, or tries it, on the command line. */
  readonly command?: string
}

export interface SentTest {
  readonly id: string
  readonly delivered: boolean
  /** Where it went: the next hop, or the mailbox. */
  readonly via: string
  /** The dialogue with the next hop, a line each, `C: ` and `S: `; secrets left out. */
  readonly dialogue: readonly string[]
  /** The outcome in one sentence. */
  readonly text: string
  /** What the first refusal means, where there is one. */
  readonly meaning?: ReplyMeaning
}

/** What became of getting a certificate. */
export type CertificateRenewed =
  | { readonly ok: true; readonly facts: CertificateFacts }
  | { readonly ok: false; readonly text: string }

/** An account to make. */
export interface NewUser {
  readonly name: string
  readonly addresses: readonly string[]
  readonly password: string
}

/** What is asked for when remote users are to send. */
export interface RemoteUsers {
  /** The accounts that may send from the Internet, by name. */
  readonly users: readonly string[]
  /** Every account may, whoever is named. */
  readonly everyUser?: boolean
  /** An account that is made first, and may too. */
  readonly newUser?: NewUser
  /** Whether the office must log on too; else it goes on as before. */
  readonly officeLogsOn: boolean
}

/** What a procedure would make of the settings, or what keeps it from that. */
export type Plan =
  | {
      readonly ok: true
      /** As they would be, defaults filled in. */
      readonly settings: unknown
      /** A line for each difference. */
      readonly words: readonly string[]
      /** What else needs a person, each a sentence. */
      readonly notes: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Which sources are to be unblocked: these addresses, or with `all` every one. */
export interface Unblocking {
  readonly addresses: readonly string[]
  readonly all?: boolean
}

export interface Unblocked {
  /** As they were blocked: an address, or an IPv6 network of 64 bits. */
  readonly unblocked: readonly string[]
  /** Those that were not blocked. */
  readonly left: readonly string[]
}

export interface Control {
  status(): Promise<Status>

  /** The settings file's value at `path` (`smtp.access[0].from`), defaults filled in; all of it for an empty path, undefined for none. */
  getSettings(path: string): Promise<unknown>
  setSettings(path: string, value: unknown, by: Changer, consent?: Consent): Promise<Applied>
  /** Replaces the whole file. */
  importSettings(text: string, by: Changer, consent?: Consent): Promise<Applied>
  checkSettings(text: string): Promise<readonly Problem[]>
  history(): Promise<readonly HistoryEntry[]>
  /** Brings the newest earlier file back, byte for byte. */
  undo(by: Changer, consent?: Consent): Promise<Applied>
  /** The text of an earlier file that the history lists; undefined where there is none of this name. */
  readEarlier(file: string): Promise<string | undefined>
  /** Brings an earlier file that the history lists back, byte for byte; a change like any other. */
  restoreEarlier(file: string, by: Changer, consent?: Consent): Promise<Applied>

  /** What "Let remote users send" would change; nothing is changed. */
  planRemoteUsers(asked: RemoteUsers): Promise<Plan>
  /** One change, undone as one. */
  letRemoteUsersSend(asked: RemoteUsers, by: Changer, consent?: Consent): Promise<Applied>

  listUsers(): Promise<readonly UserFacts[]>
  addUser(
    name: string,
    addresses: readonly string[],
    password: string | undefined,
    by: Changer,
  ): Promise<Applied>
  removeUser(name: string, by: Changer): Promise<Applied>
  setPassword(name: string, password: string, by: Changer): Promise<Applied>

  listSecrets(): Promise<readonly string[]>
  setSecret(name: string, value: string): Promise<void>
  /** False when there was none. */
  removeSecret(name: string): Promise<boolean>

  /**
   * What a person is to do to sign in with OAuth2 for the secret of this name; a sign-in that was begun before ends.
   * Rejects with a sentence.
   */
  beginSignIn(name: string, way: SignInWay): Promise<SignInBegun>
  /** Resolves when the person has signed in, or it was too late. */
  waitForSignIn(id: string): Promise<SignInEnd>
  /** False when it was over already. */
  cancelSignIn(id: string): Promise<boolean>
  /** The keys that sign mail, and what the DNS must have for them. */
  listDkim(): Promise<readonly DkimFacts[]>
  /** Makes or imports a key; the private one goes into the secret store. */
  addDkim(asked: NewDkim, by: Changer): Promise<Applied>
  /** Asks the DNS about each. */
  checkDkim(): Promise<readonly DkimChecked[]>
  /** The private key stays in the secret store. */
  removeDkim(domain: string, selector: string, by: Changer): Promise<Applied>

  /** Gets a certificate from the authority now, due or not; its sentence says why that failed. */
  renewCertificate(): Promise<CertificateRenewed>
  /** Who is blocked now for what he did, whose block ends last first. */
  listBlocked(): Promise<readonly BlockFacts[]>
  /** What is known of an address: what led to its block, or may lead to one. Rejects with a sentence where it is none. */
  viewAddress(address: string): Promise<SourceFacts>
  /** What they did is forgotten. Rejects with a sentence where one is no address, and then nothing is changed. */
  unblock(asked: Unblocking, by: Changer): Promise<Unblocked>

  explain(asked: Case): Promise<Decision>
  /** Why they were refused, in their order: by which list, row or setting, and what mends it. At most 1,000. */
  whyRefused(events: readonly Refusal[]): Promise<readonly Why[]>

  /** Who can send by these settings, whether that makes an open relay, and what is hardly meant. */
  audit(source: Source): Promise<Audit>
  /** Of an audit that told only the first ranges: some more, from a place in the order that counts from 0; none at the end. */
  auditRanges(source: Source, from: number): Promise<readonly AuditRange[]>
  /** Makes the change that mends a finding about the settings in force; refused where it is there no more. */
  mend(finding: FindingName, by: Changer, consent?: Consent): Promise<Applied>
  /** What the first settings differ in from the second: in words, and in who can send. */
  compareSettings(before: Source, after: Source): Promise<Comparison>
  /** Where mail that is queued now goes by the first settings, and by the second, where that differs. */
  compareRoutes(before: Source, after: Source): Promise<Rerouting>
  /** Which of the last 1,000 decisions on recipients the second settings take otherwise than the first. */
  replaySettings(before: Source, after: Source): Promise<Replay>

  /** What importing another server's list would do. Rejects with a sentence where it can't be understood at all. */
  previewImport(asked: ImportAsked): Promise<ImportPreview>
  /** Refused while the preview has problems. */
  importList(asked: ImportAsked, by: Changer): Promise<Applied>
  exportList(target: ExportTarget): Promise<Exported>

  listQueue(filter: QueueFilter): Promise<readonly QueuedMessage[]>
  /** The ids of what `listQueue` would answer with: of very many messages, to be asked for some at a time. */
  findMessages(filter: QueueFilter): Promise<readonly string[]>
  /** Undefined when there is no such message. */
  showMessage(id: string): Promise<QueueDetail | undefined>
  /** What replies mean, in their order; null for one that refuses and postpones nothing. */
  meanings(asked: readonly AskedReply[]): Promise<readonly (ReplyMeaning | null)[]>
  holdMessages(selection: QueueSelection): Promise<QueueChange>
  releaseMessages(selection: QueueSelection): Promise<QueueChange>
  retryMessages(selection: QueueSelection): Promise<QueueChange>
  removeMessages(selection: QueueSelection): Promise<QueueChange>

  readLog(query: LogQuery): Promise<readonly Event[]>

  /**
   * Sends a test message through the queue and waits for the outcome of its first attempt, at most 60 s. `from` is the
   * postmaster here where absent.
   */
  sendTest(to: string, from?: string): Promise<SentTest>
  doctor(): Promise<readonly Check[]>
}
