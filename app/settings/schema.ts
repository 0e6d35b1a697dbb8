/** The schema of settings.json: every key, its kind and its default. */
import { hostname as systemHostname } from 'node:os'
import * as z from 'zod'
import {
  acmeDirectory,
  certificateName,
  certificates,
  clientId,
  dnsServer,
  duration,
  externalAccount,
  host,
  hostname,
  ipAddress,
  issuer,
  localDomain,
  mailAddress,
  mailDomain,
  name,
  passwordHash,
  pattern,
  scope,
  selector,
  senderPattern,
  size,
  tenant,
  userName,
  wholeAddress,
  wholeNumber,
  wholePath,
  words,
} from './fields.ts'
import { canonicalHost } from './host.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const megabyte = 1024 ** 2

const user = z.strictObject({
  name: userName,
  password: z.exactOptional(passwordHash),
  addresses: z.array(mailAddress).default([]),
  enabled: z.boolean().default(true),
  forwardTo: z.array(mailAddress).default([]),
  keepCopy: z.boolean().default(true),
  sendAs: z.exactOptional(wholeAddress.nullable()),
})

const row = z.strictObject({
  action: z.enum(['allow', 'block']),
  from: z.string(),
  withoutAuthentication: z.boolean().default(false),
  mendLineEnds: z.boolean().default(false),
  users: z.array(name).default([]),
  comment: words.default(''),
  enabled: z.boolean().default(true),
})

const listener = z.strictObject({
  address: ipAddress,
  port: wholeNumber(0, 65535),
  encryption: z.enum(['none', 'starttls', 'starttls-required', 'tls']).default('starttls'),
  oldDevices: z.exactOptional(z.boolean()),
})

const oldDevices = z.strictObject({
  maxConnections: wholeNumber(1, 1000).default(10),
  maxConnectionsPerClient: wholeNumber(1, 1000).default(3),
})

const points = wholeNumber(0, 10_000)

/** Names and numbers of VPOP3's IDS/IPS, as far as they are known. */
const ids = z.strictObject({
  enabled: z.boolean().default(true),
  threshold: wholeNumber(1, 100_000).default(400),
  window: duration(minute, 7 * day).prefault('1h'),
  blockTime: duration(minute, 30 * day).prefault('30m'),
  points: z
    .strictObject({
      relayDenied: points.default(100),
      badPassword: points.default(50),
      unknownUser: points.default(50),
      unknownRecipient: points.default(50),
      protocolError: points.default(10),
      earlyTalker: points.default(50),
      tooManyConnections: points.default(5),
    })
    .prefault({}),
  neverBlock: z
    .array(z.string())
    .max(1000, 'Write at most 1000 addresses here.')
    .default(['local-networks', 'routers']),
  alwaysBlock: z.array(z.string()).max(10_000, 'Write at most 10000 addresses here.').default([]),
})

const smtp = z.strictObject({
  enabled: z.boolean().default(true),
  listeners: z.array(listener).default([{ address: '0.0.0.0', port: 25, encryption: 'starttls' }]),
  authentication: z.enum(['disabled', 'allowed', 'required']).default('allowed'),
  internalMailWithoutAuthentication: z.boolean().default(true),
  plaintextAuthentication: z.enum(['never', 'local-networks', 'always']).default('local-networks'),
  antiRelay: z.enum(['client-address', 'authenticated-users']).default('client-address'),
  useGlobalAccess: z.boolean().default(false),
  access: z.array(row).default([]),
  maxMessageSize: size(1024, 2048 * megabyte).prefault('25MB'),
  maxRecipients: wholeNumber(1, 100_000).default(100),
  maxConnections: wholeNumber(1, 10_000).default(200),
  maxConnectionsPerClient: wholeNumber(1, 10_000).default(20),
  maxConnectionsPerNetwork: wholeNumber(1, 10_000).default(60),
  reservedShare: wholeNumber(0, 90).default(25),
  idleTimeout: duration(second, hour).prefault('60s'),
  sessionTimeout: duration(second, day).prefault('1h'),
  commandTimeout: duration(second, hour).prefault('5m'),
  dataTimeout: duration(second, day).prefault('2h'),
  minDataRate: size(0, megabyte).prefault(500),
  ids: ids.prefault({}),
  oldDevices: oldDevices.prefault({}),
})

/** Which of them belong to which challenge is seen to with the contradictions. */
const acme = z.strictObject({
  directory: acmeDirectory.prefault('letsencrypt'),
  names: z.array(certificateName).max(100, 'Write at most 100 names here.').default([]),
  email: z.exactOptional(wholeAddress),
  externalAccount: z.exactOptional(externalAccount),
  externalKey: z.exactOptional(name),
  termsAgreed: z.boolean().default(false),
  challenge: z.enum(['http-01', 'dns-01']).default('http-01'),
  port: wholeNumber(1, 65535).default(80),
  dnsCommand: z.exactOptional(wholePath),
  dnsWait: duration(0, hour).prefault('30s'),
  trust: z.exactOptional(certificates),
})

const certificate = z.strictObject({
  source: z.enum(['own', 'files', 'acme']).default('own'),
  file: z.exactOptional(wholePath),
  keyFile: z.exactOptional(wholePath),
  passphrase: z.exactOptional(name),
  acme: acme.prefault({}),
})

/** Which of them belong to which method and provider is seen to with the contradictions. */
const login = z.strictObject({
  method: z.enum(['password', 'oauth2']),
  user: z.string(),
  secret: name,
  provider: z.exactOptional(z.enum(['microsoft', 'google', 'other'])),
  tenant: z.exactOptional(tenant),
  issuer: z.exactOptional(issuer),
  scopes: z.exactOptional(z.array(scope).max(20, 'Write at most 20 scopes here.')),
  clientId: z.exactOptional(clientId),
  clientSecret: z.exactOptional(name),
})

const route = z.strictObject({
  to: z.array(pattern).min(1, 'Name at least one domain here, or "*" for every domain.'),
  senders: z.array(senderPattern).default([]),
  users: z.array(name).default([]),
  via: z.enum(['smart-host', 'mx', 'lmtp', 'hold']),
  hosts: z.array(host).default([]),
  port: z.exactOptional(wholeNumber(1, 65535)),
  encryption: z
    .enum(['none', 'starttls-if-offered', 'starttls-required', 'tls'])
    .default('starttls-if-offered'),
  login: z.exactOptional(login),
  plaintextLogin: z.enum(['never', 'local-networks']).default('never'),
  trust: z.exactOptional(certificates),
  limits: z.exactOptional(
    z.strictObject({
      connections: z.exactOptional(wholeNumber(1, 1000)),
      messagesPerMinute: z.exactOptional(wholeNumber(1, 100_000)),
      recipientsPerMessage: z.exactOptional(wholeNumber(1, 10_000)),
    }),
  ),
  sendAs: z.exactOptional(wholeAddress.nullable()),
})

const dkimKey = z.strictObject({
  domain: mailDomain,
  selector,
  secret: name,
  enabled: z.boolean().default(true),
})

const alerts = z.strictObject({
  stuckAfter: duration(minute, 90 * day).prefault('4h'),
  minimumFreeDisk: size(0, 1024 ** 3 * megabyte).prefault('1GB'),
  mailTo: z.array(wholeAddress).max(20, 'Write at most 20 addresses here.').default([]),
})

const delivery = z.strictObject({
  routes: z.array(route).default([]),
  retry: z
    .array(duration(second, 7 * day))
    .min(1, 'Write at least one time here, such as "15m".')
    .max(100, 'Write at most 100 times here; the last one is repeated.')
    .prefault(['1m', '5m', '15m', '30m', '1h', '2h', '4h']),
  warnAfter: duration(minute, 30 * day).prefault('4h'),
  giveUpAfter: duration(minute, 90 * day).prefault('5d'),
  connections: wholeNumber(1, 1000).default(10),
  copyBouncesToPostmaster: z.boolean().default(false),
  dnsServers: autoOr(
    z.array(dnsServer).min(1, 'Write at least one address here, or "auto".'),
    'addresses of DNS servers such as ["192.0.2.53:53"]',
  ),
  dkim: z.array(dkimKey).max(100, 'Write at most 100 keys here.').default([]),
  alerts: alerts.prefault({}),
})

export const settingsSchema = z.strictObject({
  schema: z
    .literal(1, { error: 'Write 1 here, or install the version of Postern that wrote this file.' })
    .default(1),
  hostname: hostname.prefault(ownHostname),
  localDomains: z.array(localDomain).default([]),
  localNetworks: autoOr(z.array(z.string()), 'networks such as ["192.168.1.0/24"]'),
  routers: autoOr(z.array(z.string()), 'addresses such as ["192.168.1.1"]'),
  users: z.array(user).default([]),
  aliases: z
    .record(
      z.string(),
      z.array(mailAddress).min(1, 'Name an account or an address here, or remove the alias.'),
    )
    .default({}),
  catchAll: z.record(z.string(), mailAddress).default({}),
  globalAccess: z.array(row).default([]),
  smtp: smtp.prefault({}),
  delivery: delivery.prefault({}),
  certificate: certificate.prefault({}),
})

export type Checked = z.output<typeof settingsSchema>

function autoOr(list: z.ZodType<string[], string[]>, kind: string) {
  return z.union([z.literal('auto'), list], { error: `Write "auto", or a list of ${kind}.` }).default('auto')
}

/** What the system calls itself, as far as that can stand in a greeting. */
function ownHostname(): string {
  return canonicalHost(systemHostname().replace(/[^A-Za-z0-9.-]/g, '-')) ?? 'localhost'
}
