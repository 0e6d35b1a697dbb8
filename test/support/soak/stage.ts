/** The stage of a soak: a relay in a process of its own, next hops, and whoever changes settings. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Connection, connectControl } from '../../../app/control/client.ts'
import type { Control } from '../../../app/control/control.ts'
import { controlAddressToAsk } from '../../../app/settings/folder.ts'
import { type Certificate, makeCertificate } from '../certificate.ts'
import { type Endpoint, SmtpClient } from '../client.ts'
import type { Random } from '../disk-crash.ts'
import { type Ending, inTurn } from '../ending.ts'
import { makeFolder } from '../folder.ts'
import { pick } from '../moody-hop.ts'
import { type NextHop, startNextHop } from '../next-hop.ts'
import { type Process, postern, startProcess } from '../process.ts'
import { officeWith } from '../relay.ts'
import { Ledger } from './ledger.ts'
import { hook, Vitals } from './vitals.ts'

/** Domains elsewhere, each with the next hop of the same place. */
export const domains = ['plain.example', 'secure.example', 'tls.example'] as const
export const accounts = ['support', 'webmaster', 'fred'] as const

export class Stage {
  readonly folder: string
  readonly relay: Process
  readonly hops: readonly NextHop[]
  /** All is as it should be. */
  readonly settings: object
  readonly vitals: Vitals
  readonly ledger = new Ledger()
  /** How often what happened. */
  readonly counts = new Map<string, number>()
  /** What must not happen, each a sentence. */
  readonly problems: string[] = []
  isOver = false

  constructor(folder: string, relay: Process, hops: readonly NextHop[], settings: object) {
    this.folder = folder
    this.relay = relay
    this.hops = hops
    this.settings = settings
    this.vitals = new Vitals(relay)
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  /** Where the relay listens: with STARTTLS, or with TLS from the start. */
  endpoint(tls = false): Endpoint {
    const ports = [...this.relay.output.matchAll(/^listening smtp .*:(\d+)$/gm)].map(match =>
      Number(match[1]),
    )
    return { host: '127.0.0.1', port: ports[tls ? 1 : 0] ?? assert.fail('it does not listen') }
  }

  /** Each time over a connection of its own, as commands do. */
  async ask<Value>(question: (control: Control) => Promise<Value>): Promise<Value> {
    const connection = await this.connect()
    try {
      return await question(connection.control)
    } finally {
      connection.close()
    }
  }

  async connect(): Promise<Connection> {
    return (await connectControl(await controlAddressToAsk(this.folder))) ?? assert.fail('no relay answers')
  }

  /** Takes what arrived since. */
  async collect(): Promise<void> {
    this.ledger.collect(this.hops)
    await this.ledger.empty(this.folder, accounts)
  }
}

/** Which of the hops goes for which domain. */
export function routesOf(hops: readonly NextHop[], certificate: string): readonly object[] {
  const encryptions = ['none', 'starttls-required', 'tls']
  return domains.map((domain, which) => ({
    to: [domain],
    via: 'smart-host',
    hosts: [`localhost:${hops[which]?.port}`],
    encryption: encryptions[which],
    ...(which > 0 && { trust: certificate }),
  }))
}

async function startHops(t: Ending, { key, cert }: Certificate): Promise<readonly NextHop[]> {
  const scripts = [{}, { tls: { key, cert } }, { tls: { key, cert, implicit: true } }]
  return Promise.all(scripts.map(script => startNextHop(t, script)))
}

export async function setStage(t: Ending): Promise<Stage> {
  const certificate = await makeCertificate(await makeFolder(t))
  const hops = await startHops(t, certificate)
  const folder = join(await makeFolder(t), 'data')
  const settings = officeWith({
    smtp: { ids: { window: '1m', blockTime: '1m' } },
    delivery: {
      routes: routesOf(hops, certificate.caFile),
      retry: ['1s'],
      giveUpAfter: '30d',
      warnAfter: '20d',
    },
  })
  await mkdir(folder, { mode: 0o700 })
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings))
  const [node = '', ...words] = postern('serve', '--data', folder)
  const relay = await startProcess(t, [node, '--import', hook, ...words])
  await relay.waitFor(/^ready$/m)
  return new Stage(folder, relay, hops, settings)
}

/** An address of the office, or of a stranger: there are thousands of these. */
export function officeAddress(random: Random): string {
  return `127.0.1.${2 + Math.floor(random() * 200)}`
}

export function strangeAddress(random: Random): string {
  return `127.${20 + Math.floor(random() * 20)}.${Math.floor(random() * 256)}.${pick([3, 7], random)}`
}

/** Opens a session that ends with `run`; what a relay may do to a client ends it silently. */
export async function withClient(
  stage: Stage,
  from: string,
  run: (client: SmtpClient) => Promise<void>,
  tls = false,
): Promise<void> {
  await inTurn(async ending => {
    try {
      const client = await SmtpClient.open(ending, stage.endpoint(tls), { from, tls })
      if (client.greeting.startsWith('220 ')) await run(client)
      else stage.count('turned away at the greeting')
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error)
      if (/^Nothing for/.test(sentence)) stage.problems.push(`a client at ${from}: ${sentence.slice(0, 200)}`)
      stage.count('sessions broken off')
    }
  })
}
