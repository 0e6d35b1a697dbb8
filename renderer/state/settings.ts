/** The settings as the window edits them: as they stand in the file, every default filled in. */
import type { Requests, Snapshot } from '../../main/bridge.ts'

type Answer<Name extends keyof Requests> = Awaited<ReturnType<Requests[Name]>>

export type Status = Snapshot['status']
export type Warning = Status['warnings'][number]
export type Event = Snapshot['events'][number]
export type HistoryEntry = Snapshot['history'][number]
export type Machine = Snapshot['machine']
export type Decision = Answer<'explain'>
export type Refusal = Parameters<Requests['whyRefused']>[0][number]
export type Why = Answer<'whyRefused'>[number]
export type WhyMend = Why['mends'][number]
export type Message = Answer<'listQueue'>[number]
export type QueueDetail = NonNullable<Answer<'showMessage'>>
export type ReplyMeaning = NonNullable<Answer<'meanings'>[number]>
export type ReplyMend = ReplyMeaning['mends'][number]
export type QueueChange = Answer<'holdMessages'>
export type QueueSelection = Parameters<Requests['holdMessages']>[0]
export type QueueAction = 'holdMessages' | 'releaseMessages' | 'retryMessages' | 'removeMessages'
export type Audit = Answer<'audit'>
export type MapLine = Audit['lines'][number]
export type Finding = Audit['findings'][number]
export type SenderChange = Answer<'review'>['senders'][number]
export type Flip = Answer<'replaySettings'>['flips'][number]
export type Check = Answer<'doctor'>[number]
export type SignInFacts = NonNullable<Status['signIns']>[number]
export type SignInBegun = Answer<'beginSignIn'>
export type SignInWay = SignInBegun['way']
export type SentTest = Answer<'sendTest'>
export type Applied = Answer<'applyDraft'>
export type Block = Answer<'listBlocked'>[number]
export type Source = Answer<'viewAddress'>
export type DkimFacts = Answer<'listDkim'>[number]
export type DkimChecked = Answer<'checkDkim'>[number]
export type ImportAsked = Parameters<Requests['previewImport']>[0]
export type Imported = Answer<'previewImport'>
export type ExportTarget = Parameters<Requests['exportList']>[0]
export type Problem = Answer<'review'>['problems'][number]

export interface AccessRow {
  readonly action: 'allow' | 'block'
  readonly from: string
  readonly withoutAuthentication: boolean
  readonly mendLineEnds: boolean
  readonly users: readonly string[]
  readonly comment: string
  readonly enabled: boolean
}

export interface ListenerDraft {
  readonly address: string
  readonly port: number
  readonly encryption: 'none' | 'starttls' | 'starttls-required' | 'tls'
  readonly oldDevices?: boolean
}

export interface UserDraft {
  readonly name: string
  readonly password?: string
  readonly addresses: readonly string[]
  readonly enabled: boolean
  readonly forwardTo: readonly string[]
  readonly keepCopy: boolean
  readonly sendAs?: string | null
}

export interface LoginDraft {
  readonly method: 'password' | 'oauth2'
  readonly user: string
  readonly secret: string
  readonly provider?: 'microsoft' | 'google' | 'other'
  readonly tenant?: string
  readonly issuer?: string
  readonly scopes?: readonly string[]
  readonly clientId?: string
  readonly clientSecret?: string
}

export interface RouteDraft {
  readonly to: readonly string[]
  readonly via: 'smart-host' | 'mx' | 'lmtp' | 'hold'
  readonly senders?: readonly string[]
  readonly users?: readonly string[]
  readonly hosts: readonly string[]
  readonly port?: number
  readonly encryption: 'none' | 'starttls-if-offered' | 'starttls-required' | 'tls'
  readonly login?: LoginDraft
  readonly plaintextLogin: 'never' | 'local-networks'
  readonly trust?: string
  readonly limits?: {
    readonly connections?: number
    readonly messagesPerMinute?: number
    readonly recipientsPerMessage?: number
  }
  readonly sendAs?: string | null
}

export interface DkimDraft {
  readonly domain: string
  readonly selector: string
  readonly secret: string
  readonly enabled: boolean
}

export interface SmtpDraft {
  readonly enabled: boolean
  readonly listeners: readonly ListenerDraft[]
  readonly authentication: 'disabled' | 'allowed' | 'required'
  readonly internalMailWithoutAuthentication: boolean
  readonly plaintextAuthentication: 'never' | 'local-networks' | 'always'
  readonly antiRelay: 'client-address' | 'authenticated-users'
  readonly useGlobalAccess: boolean
  readonly access: readonly AccessRow[]
  readonly maxMessageSize: string | number
  readonly maxRecipients: number
  readonly maxConnections: number
  readonly maxConnectionsPerClient: number
  readonly maxConnectionsPerNetwork: number
  readonly reservedShare: number
  readonly idleTimeout: string
  readonly sessionTimeout: string
  readonly commandTimeout: string
  readonly dataTimeout: string
  readonly minDataRate: string | number
  readonly ids: {
    readonly enabled: boolean
    readonly threshold: number
    readonly window: string
    readonly blockTime: string
    readonly points: Readonly<Record<Source['offences'][number]['kind'], number>>
    readonly neverBlock: readonly string[]
    readonly alwaysBlock: readonly string[]
  }
  readonly oldDevices: { readonly maxConnections: number; readonly maxConnectionsPerClient: number }
}

export interface CertificateDraft {
  readonly source: 'own' | 'files' | 'acme'
  readonly file?: string
  readonly keyFile?: string
  readonly passphrase?: string
  readonly acme: {
    readonly directory: string
    readonly names: readonly string[]
    readonly email?: string
    readonly externalAccount?: string
    readonly externalKey?: string
    readonly termsAgreed: boolean
    readonly challenge: 'http-01' | 'dns-01'
    readonly port: number
    readonly dnsCommand?: string
    readonly dnsWait: string
    readonly trust?: string
  }
}

export interface DeliveryDraft {
  readonly routes: readonly RouteDraft[]
  readonly retry: readonly string[]
  readonly warnAfter: string
  readonly giveUpAfter: string
  readonly connections: number
  readonly copyBouncesToPostmaster: boolean
  readonly dnsServers: 'auto' | readonly string[]
  readonly dkim: readonly DkimDraft[]
}

export interface SettingsDraft {
  readonly hostname: string
  readonly localDomains: readonly string[]
  readonly localNetworks: 'auto' | readonly string[]
  readonly routers: 'auto' | readonly string[]
  readonly users: readonly UserDraft[]
  readonly aliases: Readonly<Record<string, readonly string[]>>
  readonly catchAll: Readonly<Record<string, string>>
  readonly globalAccess: readonly AccessRow[]
  readonly certificate: CertificateDraft
  readonly smtp: SmtpDraft
  readonly delivery: DeliveryDraft
}
