/** The settings as the parts of the relay take them: parsed, checked, with every default filled in. */

export type ListenerEncryption = 'none' | 'starttls' | 'starttls-required' | 'tls'
export type RouteEncryption = 'none' | 'starttls-if-offered' | 'starttls-required' | 'tls'

export interface User {
  readonly name: string
  /** `scrypt$N$r$p$salt$hash`, see password.ts; absent while none was set: such an account can't log on. */
  readonly password?: string
  readonly addresses: readonly string[]
  readonly enabled: boolean
  readonly forwardTo: readonly string[]
  /** With `forwardTo`: whether the mailbox gets a copy too. */
  readonly keepCopy: boolean
  /** The address that its mail leaves as; goes before the route's. */
  readonly sendAs?: string | null
}

/** A row of an access list, as `spec` has it; `from` is checked but still text. */
export interface AccessRow {
  readonly action: 'allow' | 'block'
  readonly from: string
  readonly withoutAuthentication: boolean
  /** Lines that end in LF alone, as old devices send them, are taken and mended. */
  readonly mendLineEnds: boolean
  /** Empty: every user. */
  readonly users: readonly string[]
  readonly comment: string
  readonly enabled: boolean
}

export interface Listener {
  readonly address: string
  /** 0 lets the system choose one. */
  readonly port: number
  readonly encryption: ListenerEncryption
  /** The lane for old devices: TLS from 1.0 on, for local networks alone, at a private address. */
  readonly oldDevices?: boolean
}

/** Of all lanes for old devices together. */
export interface OldDeviceLimits {
  readonly maxConnections: number
  readonly maxConnectionsPerClient: number
}

/** Who is blocked for what he does: VPOP3's IDS/IPS. */
export interface IdsSettings {
  readonly enabled: boolean
  /** A source with more points than these is blocked. */
  readonly threshold: number
  /** Milliseconds that an offence counts. */
  readonly window: number
  /** Milliseconds. */
  readonly blockTime: number
  /** Of each offence. */
  readonly points: {
    readonly relayDenied: number
    readonly badPassword: number
    readonly unknownUser: number
    readonly unknownRecipient: number
    readonly protocolError: number
    readonly earlyTalker: number
    readonly tooManyConnections: number
  }
  /** Addresses, networks, ranges, `local-networks` or `routers`; this list goes before the other. */
  readonly neverBlock: readonly string[]
  readonly alwaysBlock: readonly string[]
}

export interface SmtpSettings {
  readonly enabled: boolean
  readonly listeners: readonly Listener[]
  readonly authentication: 'disabled' | 'allowed' | 'required'
  readonly internalMailWithoutAuthentication: boolean
  readonly plaintextAuthentication: 'never' | 'local-networks' | 'always'
  readonly antiRelay: 'client-address' | 'authenticated-users'
  readonly useGlobalAccess: boolean
  readonly access: readonly AccessRow[]
  /** Bytes. */
  readonly maxMessageSize: number
  readonly maxRecipients: number
  readonly maxConnections: number
  readonly maxConnectionsPerClient: number
  /** From one network of strangers: an IPv4 /24 or an IPv6 /48. */
  readonly maxConnectionsPerNetwork: number
  /** Percent of `maxConnections` that strangers can't take. */
  readonly reservedShare: number
  /** Milliseconds. */
  readonly idleTimeout: number
  /** Milliseconds; a message that is coming in then goes on. */
  readonly sessionTimeout: number
  /** Milliseconds from a command's first byte to its end. */
  readonly commandTimeout: number
  /** Milliseconds for one message's content. */
  readonly dataTimeout: number
  /** Bytes a second that content must bring, on average over each `idleTimeout`. */
  readonly minDataRate: number
  readonly ids: IdsSettings
  readonly oldDevices: OldDeviceLimits
}

/** How a certificate is got from an authority (ACME, RFC 8555). */
export interface AcmeSettings {
  /** The https address of the authority's directory. */
  readonly directory: string
  /** The names it is to be for; empty: the host name. */
  readonly names: readonly string[]
  /** Whom the authority writes to. */
  readonly email?: string
  /** The id that the authority gave to an account of its own (RFC 8555 section 7.3.4). */
  readonly externalAccount?: string
  /** The name in the secret store of the key that came with it. */
  readonly externalKey?: string
  /** That a person agreed to the authority's terms of service. */
  readonly termsAgreed: boolean
  readonly challenge: 'http-01' | 'dns-01'
  /** Where the authority's question is answered, for `http-01`. */
  readonly port: number
  /** The whole path of the program that puts a record into the DNS and takes it out, for `dns-01`. */
  readonly dnsCommand?: string
  /** Milliseconds that a new record takes to be known everywhere, for `dns-01`. */
  readonly dnsWait: number
  /** A PEM file (or its text) with an authority to trust at the directory, besides the system's. */
  readonly trust?: string
}

/** Where the certificate comes from that clients are shown. */
export interface CertificateSettings {
  /** `own`: key.pem and cert.pem of the data folder, made where they are missing. */
  readonly source: 'own' | 'files' | 'acme'
  /** For `files`: the whole path of a PEM file with the chain, or of a PFX. */
  readonly file?: string
  /** The key's PEM file; in `file` where absent. */
  readonly keyFile?: string
  /** The name of an entry in the secret store. */
  readonly passphrase?: string
  readonly acme: AcmeSettings
}

export interface PasswordLogin {
  readonly method: 'password'
  readonly user: string
  /** The name of an entry in the secret store. */
  readonly secret: string
}

/** With a token (RFC 6749) that a person allowed by signing in. */
export interface OAuthLogin {
  readonly method: 'oauth2'
  readonly user: string
  /** The name of an entry in the secret store, which signing in makes. */
  readonly secret: string
  /** Absent, as `clientId`, until a person says so; mail waits for it. */
  readonly provider?: 'microsoft' | 'google' | 'other'
  /** For `microsoft`: the directory's domain or id; the domain of `user` where absent. */
  readonly tenant?: string
  /** For `other`: its address, under which it tells its endpoints. */
  readonly issuer?: string
  /** For `other`: what is asked for. */
  readonly scopes?: readonly string[]
  /** The office's registration with the provider. */
  readonly clientId?: string
  /** The name of an entry in the secret store, for registrations that have a secret. */
  readonly clientSecret?: string
}

export type Login = PasswordLogin | OAuthLogin

export interface SmartHost {
  readonly host: string
  readonly port: number
}

export interface Route {
  /** Domains, `*.domain` or `*`. */
  readonly to: readonly string[]
  /** Only mail from these: addresses, domains, `*.domain` or `*`; empty: from anybody. */
  readonly senders: readonly string[]
  /** Only mail of these accounts; empty: of any, and of clients that didn't log on. */
  readonly users: readonly string[]
  readonly via: 'smart-host' | 'mx' | 'lmtp' | 'hold'
  readonly hosts: readonly SmartHost[]
  /** Of mail exchangers, for `mx`; 25 where absent. */
  readonly port?: number
  readonly encryption: RouteEncryption
  readonly login?: Login
  /** A password may go without TLS to a next hop in a local network. */
  readonly plaintextLogin: 'never' | 'local-networks'
  /** A PEM file (or its text) with an authority, or the certificate itself, to trust beside the system's. */
  readonly trust?: string
  readonly limits?: RouteLimits
  /** The address that mail leaves as by this route. */
  readonly sendAs?: string | null
}

/** How much goes to each next hop of a route; what is absent isn't limited by the route. */
export interface RouteLimits {
  /** At a time; `delivery.connections` where absent. */
  readonly connections?: number
  readonly messagesPerMinute?: number
  /** Of one transaction; 100 where absent. */
  readonly recipientsPerMessage?: number
}

/** A key that signs mail of a domain (RFC 6376). */
export interface DkimKey {
  /** Canonical. */
  readonly domain: string
  readonly selector: string
  /** The name of the private key, a PEM, in the secret store. */
  readonly secret: string
  readonly enabled: boolean
}

/** When a person is told that something needs one. */
export interface AlertSettings {
  /** Milliseconds since a message arrived that still waits. */
  readonly stuckAfter: number
  /** Bytes that are to be free where the mail is kept. */
  readonly minimumFreeDisk: number
  /** Who is told by mail too; empty: nobody. */
  readonly mailTo: readonly string[]
}

export interface DeliverySettings {
  readonly routes: readonly Route[]
  /** Milliseconds after the 1st, 2nd, … failure; the last is repeated. Never empty. */
  readonly retry: readonly number[]
  /** Milliseconds since arrival. */
  readonly warnAfter: number
  readonly giveUpAfter: number
  /** Connections to one next hop at a time. */
  readonly connections: number
  /** The header of each message that is returned goes to the postmaster here, too. */
  readonly copyBouncesToPostmaster: boolean
  readonly dnsServers: 'auto' | readonly string[]
  readonly dkim: readonly DkimKey[]
  readonly alerts: AlertSettings
}

export interface Settings {
  readonly schema: 1
  readonly hostname: string
  readonly localDomains: readonly string[]
  readonly localNetworks: 'auto' | readonly string[]
  readonly routers: 'auto' | readonly string[]
  readonly users: readonly User[]
  readonly aliases: Readonly<Record<string, readonly string[]>>
  readonly catchAll: Readonly<Record<string, string>>
  readonly globalAccess: readonly AccessRow[]
  readonly smtp: SmtpSettings
  readonly delivery: DeliverySettings
  readonly certificate: CertificateSettings
}

/** One thing wrong with settings, and where; `path` as in `smtp.access[2].from`, empty for the whole file. */
export interface Problem {
  readonly path: string
  /** One sentence that says what to do. */
  readonly text: string
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Who makes a change, as history names them. */
export type Changer = 'command line' | 'window' | 'file'

/** A queued message's recipient that goes elsewhere now. */
export interface Reroute {
  readonly id: string
  readonly to: string
  /** In words: `smart host smtp.example:587`, `held: no route for y.example`. */
  readonly before: string
  readonly after: string
  /** It is being sent the way it went before, or is about to: what goes out so isn't sent again. */
  readonly sending?: true
}

/** What other routes do to the queue. */
export interface Rerouting {
  /** How many of them, in how many messages. */
  readonly recipients: number
  readonly messages: number
  /** The first of them. */
  readonly list: readonly Reroute[]
}

export type Applied =
  | {
      readonly ok: true
      readonly words: string
      /** Where queued mail goes elsewhere by this change. */
      readonly rerouting?: Rerouting
    }
  | {
      readonly ok: false
      readonly problems: readonly Problem[]
      /** The addresses, as ranges in text, to which the change would open the relay: it was refused for that alone. */
      readonly openRelay?: readonly string[]
      /** How many there are, where only the first are told. */
      readonly openRelayCount?: number
    }

/** What whoever changes settings says explicitly. */
export interface Consent {
  /** That anybody on the Internet may send through this server. */
  readonly openRelay?: boolean
}

export interface HistoryEntry {
  /** The name of the earlier file in `history/`. */
  readonly file: string
  /** When it was replaced, milliseconds since the epoch. */
  readonly time: number
  readonly by: Changer
  /** What the change that replaced it did, in words. */
  readonly words: string
  /** The earlier file that this change brought back, when it was an undo. */
  readonly restored?: string
  /** True for a file changed by hand that was never in effect: kept, but no undo goes back to it. */
  readonly unused?: true
}
