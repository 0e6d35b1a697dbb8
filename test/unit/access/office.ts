/** The office of the document: its users, machine and list, as a ground that the tests vary. */
import assert from 'node:assert/strict'
import { decide, explained } from '../../../app/access/decide.ts'
import type { Decision } from '../../../app/access/decision.ts'
import type { Machine } from '../../../app/access/machine.ts'
import { type Client, parseClient, parseFrom, type Span } from '../../../app/access/network.ts'
import { compilePolicy, type Policy } from '../../../app/access/policy.ts'
import { type Address, parseAddress } from '../../../app/mail/address.ts'
import type { AccessRow, Settings, SmtpSettings, User } from '../../../app/settings/settings.ts'

/** A row as a person says it: `allow any - fred bob`, `allow 10.0.0.0/8 noauth`, `off block routers`. */
export function row(words: string): AccessRow {
  const [, off, action, from = '', noauth, users] =
    /^(off )?(allow|block) (.+?)( noauth)?(?: - ([\w ]+))?$/.exec(words) ?? []
  assert.ok(action === 'allow' || action === 'block', words)
  return {
    action,
    from,
    withoutAuthentication: noauth !== undefined,
    mendLineEnds: false,
    users: users?.split(' ') ?? [],
    comment: '',
    enabled: off === undefined,
  }
}

/** Can log on. */
export function user(name: string, change: Partial<User> = {}): User {
  const addresses = [`${name}@example.com`]
  return { name, password: 'set', addresses, enabled: true, forwardTo: [], keepCopy: true, ...change }
}

export interface Change extends Partial<Omit<Settings, 'smtp'>> {
  readonly smtp?: Partial<SmtpSettings>
}

/** The document's own scenario. */
export function office({ smtp, ...rest }: Change = {}): Settings {
  return {
    schema: 1,
    hostname: 'mail.example.com',
    localDomains: ['example.com'],
    localNetworks: 'auto',
    routers: 'auto',
    users: [user('support'), user('webmaster'), user('fred')],
    aliases: {},
    catchAll: {},
    globalAccess: [],
    certificate: {
      source: 'own',
      acme: {
        directory: 'https://acme.example/directory',
        names: [],
        termsAgreed: false,
        challenge: 'http-01',
        port: 80,
        dnsWait: 30_000,
      },
    },
    ...rest,
    smtp: {
      enabled: true,
      listeners: [{ address: '0.0.0.0', port: 25, encryption: 'starttls' }],
      authentication: 'required',
      internalMailWithoutAuthentication: true,
      plaintextAuthentication: 'local-networks',
      antiRelay: 'client-address',
      useGlobalAccess: false,
      access: ['block routers', 'allow local-networks noauth', 'allow any - support webmaster'].map(row),
      maxMessageSize: 25_000_000,
      maxRecipients: 100,
      maxConnections: 200,
      maxConnectionsPerClient: 20,
      maxConnectionsPerNetwork: 60,
      reservedShare: 25,
      idleTimeout: 60_000,
      oldDevices: { maxConnections: 10, maxConnectionsPerClient: 3 },
      sessionTimeout: 3_600_000,
      commandTimeout: 300_000,
      dataTimeout: 7_200_000,
      minDataRate: 500,
      ids: {
        enabled: true,
        threshold: 400,
        window: 3_600_000,
        blockTime: 1_800_000,
        points: {
          relayDenied: 100,
          badPassword: 50,
          unknownUser: 50,
          unknownRecipient: 50,
          protocolError: 10,
          earlyTalker: 50,
          tooManyConnections: 5,
        },
        neverBlock: ['local-networks', 'routers'],
        alwaysBlock: [],
      },
      ...smtp,
    },
    delivery: {
      routes: [],
      retry: [60_000],
      warnAfter: 14_400_000,
      giveUpAfter: 432_000_000,
      copyBouncesToPostmaster: false,
      connections: 10,
      dnsServers: 'auto',
      dkim: [],
      alerts: { stuckAfter: 14_400_000, minimumFreeDisk: 0, mailTo: [] },
    },
  }
}

/** 192.168.1.10/24 behind the router 192.168.1.1. */
export const machine: Machine = {
  localNetworks: ['127.0.0.0/8', '::1', '192.168.1.0/24', 'fe80::/64'].map(span),
  routers: ['192.168.1.1', 'fe80::1'].map(span),
}

export function policyOf(change: Change = {}): Policy {
  return compilePolicy(office(change), machine)
}

export function span(text: string): Span {
  const parsed = parseFrom(text)
  assert.ok(parsed.ok && parsed.from.kind === 'span', text)
  return parsed.from.span
}

export function client(text: string): Client {
  const parsed = parseClient(text)
  assert.ok(parsed, text)
  return parsed
}

export function address(text: string): Address {
  const parsed = parseAddress(text)
  assert.ok(parsed.ok, text)
  return parsed.address
}

export function decided(policy: Policy, from: string, account: string | undefined, to: string): Decision {
  return explained(decide(policy, client(from), account, to === 'postmaster' ? to : address(to)))
}

/** `250 service 2`, `550 5.7.1 service -`: reply, list and row of a decision. */
export function brief({ reply, list, row: number }: Decision): string {
  const status = reply.code === 250 ? '' : ` ${reply.status}`
  return `${reply.code}${status}${list === null ? '' : ` ${list} ${number ?? '-'}`}`
}

/** Fails with every line that is decided otherwise: `client user recipient -> brief`, `-` for no user. */
export function check(policy: Policy, table: string): void {
  const lines = table
    .trim()
    .split('\n')
    .map(line => line.trim())
  const actual = lines.map(line => {
    const [from = '', account = '', to = ''] = line.split(/\s+/)
    const decision = decided(policy, from, account === '-' ? undefined : account, to)
    return `${line.slice(0, line.indexOf('->'))}-> ${brief(decision)}`
  })
  assert.deepEqual(actual, lines)
}
